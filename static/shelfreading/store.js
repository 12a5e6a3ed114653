// What the device keeps, in IndexedDB: events that wait for the server, sessions' lists, and small
// facts. The database gives each event its sequence number, so that the order of reading holds
// over tabs, reloads and wrong clocks. The device's name lives in the same database: where a
// browser forgets the one, it forgets the other too, and no number is ever given twice.
import { openDB } from "../vendor/idb/index.js";

const LISTS_KEPT = 6; // a list of 50,000 copies takes some three megabytes
const PAUSES = [100, 500, 2000]; // milliseconds before a failed write is tried again

// crypto.randomUUID wants https, which a library's own network may lack.
export const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

// A database, opened when it is wanted and again when it was lost. Each write locks all stores, so
// that there is one at a time in all tabs: Chromium, killed while two write to different stores of
// one database, finds it corrupt at the next start and deletes it. That is why what is large and
// can be had again has a database of its own, and holds up no event.
const openBase = (name, stores, upgrade) => {
  let opening = null;
  const database = () => {
    opening ??= openDB(name, 1, {
      upgrade,
      // A newer page wants to change the database: this one lets go and opens it again.
      blocking(now, wanted, event) {
        event.target.close();
        opening = null;
      },
      terminated() {
        opening = null;
      },
    });
    opening.catch(() => {
      opening = null;
    });
    return opening;
  };
  const write = async (durability, work) => {
    const transaction = (await database()).transaction(stores, "readwrite", { durability });
    const [result] = await Promise.all([work(transaction), transaction.done]);
    return result;
  };
  return { database, write };
};

const queue = openBase("rafkhan", ["events", "facts"], (db) => {
  const events = db.createObjectStore("events", { keyPath: "seq", autoIncrement: true });
  events.createIndex("session", "session");
  db.createObjectStore("facts");
});
const shelf = openBase("rafkhan-shelf", ["lists", "facts"], (db) => {
  db.createObjectStore("lists", { keyPath: "session" });
  db.createObjectStore("facts");
});

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

// Done means: on the disk. A flat battery takes nothing back.
const writeForSure = async (work) => {
  for (const time of PAUSES) {
    try {
      return await queue.write("strict", work);
    } catch (error) {
      console.warn("a write failed and is tried again", error);
      await pause(time);
    }
  }
  return queue.write("strict", work);
};

// Where the browser keeps nothing (a private window, a full disk), events live as long as the
// page, under a name and numbers of their own.
const volatile = { device: newId(), seq: 0, events: new Map() };

const keptDevice = () =>
  writeForSure(async (transaction) => {
    const facts = transaction.objectStore("facts");
    const known = await facts.get("device");
    const device = known ?? newId();
    if (!known) await facts.put(device, "device");
    return device;
  });

const forgetOldLists = async (transaction) => {
  const lists = transaction.objectStore("lists");
  const facts = transaction.objectStore("facts");
  const aged = [];
  for (const session of await lists.getAllKeys()) {
    aged.push([(await facts.get(`list-${session}`))?.asOf ?? "", session]);
  }
  aged.sort(([first], [second]) => (first < second ? 1 : -1));
  for (const [, session] of aged.slice(LISTS_KEPT)) {
    await lists.delete(session);
    await facts.delete(`list-${session}`);
    await facts.delete(`read-${session}`);
  }
};

const makeStore = async () => {
  const store = { isSafe: true, device: volatile.device };

  const unsafe = (error) => {
    store.isSafe = false;
    console.warn("nothing can be kept on this device", error);
  };

  // What can be had again is no reason to doubt the events.
  const tryTo = async (work, otherwise) => {
    try {
      return await work();
    } catch (error) {
      console.warn("not kept on this device", error);
      return otherwise;
    }
  };

  const read = async (work, otherwise) => {
    try {
      return await work(await queue.database());
    } catch (error) {
      unsafe(error);
      return otherwise;
    }
  };

  const lost = (session) => [...volatile.events.values()].filter((one) => one.session === session);

  // The event with its number, once it is on the disk.
  store.addEvent = async (event) => {
    try {
      const kept = { ...event, device: store.device };
      const seq = await writeForSure((transaction) => transaction.objectStore("events").add(kept));
      return { ...kept, seq };
    } catch (error) {
      unsafe(error);
      const held = { ...event, device: volatile.device, seq: ++volatile.seq };
      volatile.events.set(held.id, held);
      return held;
    }
  };

  // A session's waiting events in the order they were made, the first `most` of them.
  store.events = async (session, most) => {
    const kept = await read((db) => db.getAllFromIndex("events", "session", session, most), []);
    return [...kept, ...lost(session)].slice(0, most);
  };

  store.count = async (session) =>
    (await read((db) => db.countFromIndex("events", "session", session), 0)) +
    lost(session).length;

  store.removeEvents = async (events) => {
    const kept = events.filter((event) => !volatile.events.delete(event.id));
    if (!kept.length) return;
    // Not strict: what comes back after a crash is sent again, and counts once.
    await tryTo(() =>
      queue.write("relaxed", (transaction) => {
        const events = transaction.objectStore("events");
        return Promise.all(kept.map((event) => events.delete(event.seq)));
      }),
    );
  };

  // Sessions of which something waits here, whichever page is open.
  store.sessionsWaiting = () =>
    read(async (db) => {
      const found = [];
      const bySession = db.transaction("events").store.index("session");
      let cursor = await bySession.openKeyCursor(null, "nextunique");
      for (; cursor; cursor = await cursor.continue()) found.push(cursor.key);
      return found;
    }, []);

  store.fact = (name) => tryTo(async () => (await shelf.database()).get("facts", name));
  store.keepFact = (name, value) =>
    tryTo(() => shelf.write("relaxed", (its) => its.objectStore("facts").put(value, name)));

  // A list is kept as the server sent it, and apart from it what is asked for alone: `about`.
  store.list = (session) => tryTo(async () => (await shelf.database()).get("lists", session));
  store.keepList = (session, bytes, about) =>
    tryTo(() =>
      shelf.write("relaxed", async (transaction) => {
        await transaction.objectStore("lists").put({ session, bytes });
        await transaction.objectStore("facts").put(about, `list-${session}`);
        await forgetOldLists(transaction);
      }),
    );

  // The browser may clear what pages keep when its disk fills up, unless it said it won't. Some
  // ask the person, so the question is put once.
  store.askToPersist = async () => {
    if (!navigator.storage?.persist || (await store.fact("asked-to-persist"))) return;
    await store.keepFact("asked-to-persist", true);
    if (!(await navigator.storage.persisted())) await navigator.storage.persist();
  };

  try {
    store.device = await keptDevice();
  } catch (error) {
    unsafe(error);
  }
  return store;
};

let made = null;

// The one store of this page.
export const openStore = () => (made ??= makeStore());

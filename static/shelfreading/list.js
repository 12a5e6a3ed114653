// The session's list on the device: opens at once from what is kept here, and is brought up to
// date behind the person's back. Positions count from 0 in shelf order.
import { openStore } from "./store.js";

const STALE = 15 * 60_000; // milliseconds after which a list is asked for again
const SAVE_AFTER = 1000;
const PATIENCE = 120_000;

const NOTHING = {
  as_of: null, version: "", cursor: null, name: "", library: "", names: [], title: [], codes: [],
  calls: [], numbers: [], copies: [], sections: [], section: [], status: "", lent: [], ranks: [],
  runs: [], stretches: [], read: [], others: { codes: [], title: [], section: [], calls: [] },
  commands: [], fates: {},
};

const runsOf = (isRead) => {
  const runs = [];
  for (let position = 0; position < isRead.length; position += 1) {
    if (!isRead[position]) continue;
    const last = runs.at(-1);
    if (last && last[1] === position - 1) last[1] = position;
    else runs.push([position, position]);
  }
  return runs;
};

const fill = (isRead, runs) => {
  for (const [first, last] of runs) isRead.fill(1, first, last + 1);
};

const readIn = (columns) => {
  const isRead = new Uint8Array(columns.codes.length);
  fill(isRead, columns.read);
  return isRead;
};

// What is looked up by code, and what was read, beside the columns as they came.
const prepare = (columns) => ({
  columns,
  isRead: readIn(columns),
  at: new Map(columns.codes.map((code, position) => [code, position])),
  otherAt: new Map(columns.others.codes.map((code, index) => [code, index])),
  lent: new Set(columns.lent),
});

// `onChange()` is called when another list, its age, or what was read has changed.
export const openList = async ({ session: name, url, onChange = () => {} }) => {
  const session = Number(name);
  const store = await openStore();
  let asOf = null;
  let version = "";
  let now = prepare(NOTHING);
  let marked = new Set(); // read since the last list was asked for
  let saving = null;
  let refreshing = null;

  const columnsOf = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

  const openKept = async () => {
    const about = await store.fact(`list-${session}`);
    const kept = about && (await store.list(session));
    if (!kept) return;
    try {
      now = prepare(columnsOf(kept.bytes));
    } catch (error) {
      console.warn("the list kept here is of another make", error);
      return;
    }
    ({ asOf, version } = about);
    fill(now.isRead, (await store.fact(`read-${session}`)) ?? []);
  };

  const saveRead = () => {
    saving ??= setTimeout(() => {
      saving = null;
      store.keepFact(`read-${session}`, runsOf(now.isRead));
    }, SAVE_AFTER);
  };

  const markRead = (positions) => {
    for (const position of positions) {
      if (!(position >= 0 && position < now.isRead.length)) continue;
      now.isRead[position] = 1;
      marked.add(position);
    }
    saveRead();
    onChange();
  };

  // Where something waited here when the server was asked, it can't know all that was read; else
  // its word holds, and ours from since then.
  const takeItsWord = (columns, waited) => {
    const own = waited ? now.isRead : [];
    now = columns === now.columns ? { ...now, isRead: readIn(columns) } : prepare(columns);
    own.forEach((wasRead, position) => wasRead && (now.isRead[position] = 1));
    for (const position of marked) now.isRead[position] = 1;
    saveRead();
  };

  const fetchList = async () => {
    const headers = version ? { "If-None-Match": `"${version}"` } : {};
    // By the clock here, whatever it shows: the list's age is told by it too.
    const asked = new Date().toISOString();
    marked = new Set();
    const waited = await store.count(session);
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(url, { headers, signal, cache: "no-store", redirect: "error" });
    if (response.status === 304) {
      takeItsWord(now.columns, waited);
      const about = await store.fact(`list-${session}`);
      await store.keepFact(`list-${session}`, { ...about, asOf: asked });
    } else if (response.ok) {
      const bytes = new Uint8Array(await response.arrayBuffer());
      const columns = columnsOf(bytes);
      takeItsWord(columns, waited);
      ({ version } = columns);
      await store.keepList(session, bytes, { asOf: asked, version, cursor: columns.cursor });
    } else {
      return false;
    }
    asOf = asked;
    onChange();
    return true;
  };

  // True when the list is the server's newest; false where it can't be had now, and the list
  // here stays as it is.
  const refresh = () => {
    refreshing ??= fetchList()
      .catch(() => false)
      .finally(() => {
        refreshing = null;
      });
    return refreshing;
  };

  const isStale = () => !asOf || Date.now() - Date.parse(asOf) > STALE;
  window.addEventListener("online", () => isStale() && refresh());
  setInterval(() => navigator.onLine && isStale() && refresh(), STALE / 15);

  await openKept();
  if (asOf) refresh();
  else await refresh();

  return {
    // When this list was asked for, by the clock here; null while there is none on the device.
    get asOf() {
      return asOf && new Date(asOf);
    },
    get size() {
      return now.columns.codes.length;
    },
    get name() {
      return now.columns.name;
    },
    get library() {
      return now.columns.library;
    },
    // [first, last, label] of each stretch.
    get stretches() {
      return now.columns.stretches;
    },
    // [code, kind, value, label] of each command of the card.
    get commands() {
      return now.columns.commands;
    },
    get fates() {
      return now.columns.fates;
    },
    // The position of a clean code, -1 where the list has none such.
    find: (code) => now.at.get(code) ?? -1,
    // The library's own copy off these shelves with a clean code, or null.
    other(code) {
      const index = now.otherAt.get(code);
      if (index === undefined) return null;
      const { names, sections, others } = now.columns;
      return {
        title: names[others.title[index]],
        section: sections[others.section[index]],
        call: others.calls[index],
      };
    },
    code: (position) => now.columns.codes[position],
    title: (position) => now.columns.names[now.columns.title[position]],
    call: (position) => now.columns.calls[position],
    number: (position) => now.columns.numbers[position],
    copy: (position) => now.columns.copies[position],
    section: (position) => now.columns.sections[now.columns.section[position]],
    // a available, b at the binder, w weeded, m missing, u unreturned.
    status: (position) => now.columns.status[position],
    isLent: (position) => now.lent.has(position),
    rank: (position) => now.columns.ranks[position],
    run: (position) => now.columns.runs[position],
    isRead: (position) => now.isRead[position] === 1,
    markRead,
    refresh,
  };
};

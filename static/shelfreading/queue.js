// The device's own queue: an event is written here before anything is shown, goes out in order,
// and leaves only on the server's word. It outlives a reload, a closed tab and a flat battery.
// Each event has a key of its own, so that two tabs never overwrite each other's.

const BATCH = 100;
const SLOWEST = 30_000;

const pad = (number) => String(number).padStart(16, "0");

// crypto.randomUUID wants https, which a library's own network may lack.
const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);

// Where the browser keeps nothing, events live as long as the page, and the page says so.
const memory = new Map();
const store = {
  isSafe: true,
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      store.isSafe = false;
      memory.set(key, value);
    }
  },
  get(key) {
    try {
      return localStorage.getItem(key) ?? memory.get(key) ?? null;
    } catch {
      return memory.get(key) ?? null;
    }
  },
  remove(key) {
    memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      store.isSafe = false;
    }
  },
  keys(prefix) {
    let kept = [];
    try {
      kept = Object.keys(localStorage);
    } catch {
      store.isSafe = false;
    }
    return [...new Set([...kept, ...memory.keys()])].filter((key) => key.startsWith(prefix)).sort();
  },
};

const deviceId = () => {
  let id = store.get("rafkhan-device");
  if (!id) {
    id = newId();
    store.set("rafkhan-device", id);
  }
  return id;
};

const nextSeq = () => {
  const seq = Number(store.get("rafkhan-seq") ?? 0) + 1;
  store.set("rafkhan-seq", String(seq));
  return seq;
};

// onAnswers(answers), onChange({unsent, problem, status, isSafe, refused}) are called as things come.
export const openQueue = ({ session, url, onAnswers = () => {}, onChange = () => {} }) => {
  const prefix = `rafkhan-event-${session}-`;
  const state = { problem: "", status: 0, refused: [] };
  let isSending = false;
  let wait = 0;
  let timer = null;

  const keys = () => store.keys(prefix);
  const changed = () =>
    onChange({ ...state, unsent: keys().length, isSafe: store.isSafe });

  const add = (event) => {
    const seq = nextSeq();
    const whole = {
      id: newId(),
      device: deviceId(),
      seq,
      at: new Date().toISOString(),
      ...event,
    };
    store.set(`${prefix}${pad(seq)}-${whole.id}`, JSON.stringify(whole));
    changed();
    send();
    return whole;
  };

  const pending = () => keys().map((key) => JSON.parse(store.get(key)));

  const retry = () => {
    wait = Math.min(SLOWEST, wait ? wait * 2 : 1000);
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };

  const failed = (status, problem) => {
    Object.assign(state, { status, problem });
    changed();
    retry();
  };

  const post = async (batch) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") ?? "" },
      body: JSON.stringify({ events: batch }),
      redirect: "error",
    });
    const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    return { status: response.status, body: isJson ? await response.json() : {} };
  };

  const send = async () => {
    if (isSending) return;
    const names = keys().slice(0, BATCH);
    if (!names.length) return;
    isSending = true;
    const batch = names.map((name) => JSON.parse(store.get(name)));
    try {
      const { status, body } = await post(batch);
      if (status !== 200) {
        failed(status, body.reason ?? "سرور نپذیرفت؛ دوباره فرستاده می‌شود.");
        return;
      }
      const refused = body.refused.map((entry) => batch[entry.index].id);
      const settled = new Set([...body.kept, ...refused]);
      names.forEach((name, index) => {
        if (settled.has(batch[index].id)) store.remove(name);
      });
      state.refused.push(...body.refused);
      Object.assign(state, { status: 0, problem: "" });
      wait = 0;
      onAnswers(body.answers);
      changed();
    } catch {
      failed(0, "ارتباط با سرور برقرار نیست؛ خوانده‌ها روی همین دستگاه می‌ماند و خودبه‌خود فرستاده می‌شود.");
      return;
    } finally {
      isSending = false;
    }
    send();
  };

  window.addEventListener("online", () => {
    wait = 0;
    send();
  });
  // Another tab of the same session may have added or sent some.
  window.addEventListener("storage", (event) => {
    if (event.key?.startsWith(prefix)) changed();
  });
  changed();
  send();
  return { add, pending };
};

const persian = new Intl.NumberFormat("fa-IR");

// The banner of pages that don't scan: shown only while something waits.
export const bannerOf = (box) => (now) => {
  const parts = [];
  if (now.unsent) parts.push(`ارسال‌نشده: ${persian.format(now.unsent)}`);
  if (now.problem) parts.push(now.problem);
  if (!now.isSafe) parts.push("این مرورگر چیزی نگه نمی‌دارد؛ تا فرستاده شدن همه، صفحه را نبندید.");
  if (now.refused.length) parts.push(`پذیرفته نشد: ${now.refused.at(-1).reason}`);
  box.hidden = parts.length === 0;
  box.classList.toggle("is-trouble", Boolean(now.problem) || !now.isSafe);
  box.textContent = parts.join(" — ");
};

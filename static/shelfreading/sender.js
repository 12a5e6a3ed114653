// Brings a session's waiting events to the server: in order, in batches, again and again until the
// server names each of them. One request at a time, in one tab at a time.
const BATCH = 100;
const MOST_TEXT = 400_000; // letters in one request; the server takes two and a half megabytes
const GATHER = 300; // milliseconds in which fast scans come together in one request
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const RIGHTS_WAIT = 300_000; // where rights have ended
const BEAT = 20_000; // milliseconds between signs of life
const PATIENCE = 30_000; // for one answer

const TROUBLE = {
  0: "ارتباط با سرور برقرار نیست؛ خوانده‌ها روی همین دستگاه می‌ماند و خودبه‌خود فرستاده می‌شود.",
  401: "از برنامه بیرون رفته‌اید؛ خوانده‌ها روی همین دستگاه می‌ماند. دوباره وارد شوید تا فرستاده شود.",
  403: "شما دیگر حق خواندن این قفسه‌ها را ندارید؛ خوانده‌ها روی همین دستگاه مانده است. به مسئول کتابخانه خبر دهید.",
  404: "این رف‌خوانی دیگر در دسترس شما نیست؛ خوانده‌ها روی همین دستگاه مانده است. به مسئول کتابخانه خبر دهید.",
};
const NO_ANSWER =
  "سرور پاسخ درستی نداد؛ خوانده‌ها روی همین دستگاه می‌ماند و خودبه‌خود دوباره فرستاده می‌شود.";
const NOT_TAKEN = "یکی از خوانده‌ها پذیرفته نشد و روی همین دستگاه مانده است؛ به مسئول سامانه خبر دهید.";

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);

const post = async (url, body, options = {}) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") ?? "" },
    body: JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
    ...options,
  });
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  return { status: response.status, body: isJson ? await response.json() : null };
};

// Other tabs wait here, where the browser has such locks; without them both send, and what comes
// twice counts once. A tab that is put to sleep holds up nobody for long.
const alone = async (name, work) => {
  if (!navigator.locks) return work();
  let hasBegun = false;
  const signal = AbortSignal.timeout(2 * PATIENCE);
  try {
    return await navigator.locks.request(name, { signal }, () => {
      hasBegun = true;
      return work();
    });
  } catch (error) {
    if (hasBegun) throw error;
    return work();
  }
};

// The first events that fit in one request; one alone always does.
const fitting = (events) => {
  let text = 0;
  const tooMuch = events.findIndex((event) => (text += JSON.stringify(event).length) > MOST_TEXT);
  return tooMuch < 0 ? events : events.slice(0, Math.max(1, tooMuch));
};

// `beats`: show signs of life even when nothing waits. `onReply(body, events)` hears the server's
// answers, `onTrouble({status, problem})` why it gives none, '' when all is well again.
export const openSender = ({ store, session, url, beats, onReply, onTrouble }) => {
  const aside = new Set(); // ids of events that the server can't take, even alone
  let since = null;
  let limit = BATCH;
  let wait = 0;
  let timer = null;
  let unsent = 0;
  let isRunning = false;
  let isAsked = false;
  let isGathering = false;

  const calm = () => onTrouble({ status: 0, problem: aside.size ? NOT_TAKEN : "" });

  const failed = (status, problem) => {
    wait = Math.min(LONGEST_WAIT, wait ? wait * 2 : FIRST_WAIT);
    if (problem === TROUBLE[403] || problem === TROUBLE[404]) wait = RIGHTS_WAIT;
    onTrouble({ status, problem });
    return false;
  };

  // Too large, or no request at all to the server: somewhere in it is an entry that breaks it.
  const narrow = (batch, status) => {
    if (batch.length > 1) {
      limit = Math.ceil(batch.length / 2);
      return true;
    }
    if (batch.length) aside.add(batch[0].id);
    limit = BATCH;
    return failed(status, batch.length ? NOT_TAKEN : NO_ANSWER);
  };

  const refusedBy = async ({ status, body }, batch) => {
    if (status === 413 || (status === 400 && body)) return narrow(batch, status);
    // Not the view's own answer: the form's token is gone, and the page brings a new one.
    if (status === 403 && !body) await fetch(new URL("..", new URL(url, location.href)));
    const isOurs = status === 404 || (body && status in TROUBLE);
    return failed(status, isOurs ? TROUBLE[status] : NO_ANSWER);
  };

  const settle = async (batch, body) => {
    const named = new Set([...body.kept, ...body.refused.map((entry) => entry.id)]);
    const settled = batch.filter((event) => named.has(event.id));
    await store.removeEvents(settled);
    unsent -= settled.length;
    return settled.length;
  };

  // One request. True where another may follow at once.
  const exchange = async (isBeat) => {
    unsent = await store.count(session);
    const waiting = await store.events(session, limit + aside.size);
    const batch = fitting(waiting.filter((event) => !aside.has(event.id)).slice(0, limit));
    if (!batch.length && !(beats && isBeat)) {
      wait = 0;
      calm();
      return false;
    }
    // What happened elsewhere is asked for from where the list on this device ends.
    since ??= (await store.fact(`list-${session}`))?.cursor ?? null;
    const word = { device: store.device, unsent: unsent - batch.length, since, events: batch };
    let reply;
    try {
      reply = await post(url, word);
    } catch {
      return failed(0, TROUBLE[0]);
    }
    if (reply.status !== 200) return refusedBy(reply, batch);
    if (!Array.isArray(reply.body?.kept)) return failed(0, NO_ANSWER);
    const settled = await settle(batch, reply.body);
    onReply(reply.body);
    if (batch.length && !settled) return failed(0, NO_ANSWER);
    if (since !== null) since = reply.body.news?.cursor ?? since;
    wait = 0;
    limit = Math.min(BATCH, limit * 2);
    calm();
    return batch.length > 0;
  };

  const drain = async (isBeat) => {
    try {
      for (let goesOn = true, beat = isBeat; goesOn; beat = false) goesOn = await exchange(beat);
    } catch (error) {
      console.error(error);
      failed(0, NO_ANSWER);
    }
  };

  const rest = () => {
    clearTimeout(timer);
    if (wait) timer = setTimeout(run, wait * (0.5 + Math.random() / 2), true);
    else if (beats) timer = setTimeout(run, BEAT, true);
  };

  const run = async (isBeat) => {
    isAsked = true;
    if (isRunning) return;
    isRunning = true;
    isGathering = false;
    clearTimeout(timer);
    while (isAsked) {
      isAsked = false;
      await alone(`rafkhan-send-${session}`, () => drain(isBeat));
      if (wait) break;
    }
    isRunning = false;
    rest();
  };

  return {
    // Something new waits: it goes out now, or with the next try where the last one failed.
    wake() {
      if (isRunning) isAsked = true;
      if (wait || isRunning || isGathering) return;
      isGathering = true;
      clearTimeout(timer);
      timer = setTimeout(run, GATHER, false);
    },
    // There is reason to believe that it works again, or that somebody wants to know.
    sendNow() {
      wait = 0;
      return run(true);
    },
    // Another tab reached the server.
    heard() {
      if (isRunning || isGathering) return;
      wait = 0;
      calm();
      rest();
    },
    // The page is being left: the last that the server hears of it.
    leave() {
      clearTimeout(timer);
      const word = { device: store.device, unsent, since, leaves: true, events: [] };
      if (beats) post(url, word, { keepalive: true, signal: null }).catch(() => {});
    },
  };
};

// The device's queue of one session: an event is on the disk before anything is shown, goes out in
// order, and leaves only on the server's word for that very event. It outlives a reload, a closed
// tab, a killed browser, a flat battery and a log-in that has run out.
import { openSender } from "./sender.js";
import { newId, openStore } from "./store.js";

// `onChange({unsent, problem, status, isSafe, refused, isLate})`, `onAnswers(answers)` and
// `onNews(news)` are called as things come, in every tab of the session. A page that doesn't read
// (`beats: false`) only sends what waits.
export const openQueue = ({
  session: name,
  url,
  beats = true,
  onAnswers = () => {},
  onChange = () => {},
  onNews = () => {},
}) => {
  const session = Number(name);
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`rafkhan-${session}`) : null;
  const state = { problem: "", status: 0, refused: [], isLate: false };
  let unsent = 0;
  let isCounting = false;
  let isStale = false;

  const tell = () => ready(({ store }) => onChange({ ...state, unsent, isSafe: store.isSafe }));

  // Counts what waits, in this tab's and others' doing.
  const recount = async () => {
    isStale = true;
    if (isCounting) return;
    isCounting = true;
    const { store } = await opened;
    while (isStale) {
      isStale = false;
      unsent = await store.count(session);
    }
    isCounting = false;
    tell();
  };

  const hear = (reply) => {
    state.refused.push(...reply.refused);
    state.isLate = reply.is_late ?? false;
    if (reply.answers?.length) onAnswers(reply.answers);
    if (reply.news) onNews(reply.news);
    recount();
  };

  const opened = openStore().then((store) => {
    const sender = openSender({
      store,
      session,
      url,
      beats,
      onReply(reply) {
        hear(reply);
        channel?.postMessage({ reply });
      },
      onTrouble(trouble) {
        if (trouble.problem === state.problem && trouble.status === state.status) return;
        Object.assign(state, trouble);
        tell();
      },
    });
    return { store, sender };
  });

  const ready = async (work) => work(await opened);

  // The whole event, resolved once it is durable; called one after another they keep their order.
  const add = async (event) => {
    const made = { id: newId(), session, at: new Date().toISOString(), ...event };
    const { store, sender } = await opened;
    const kept = await store.addEvent(made);
    // Counted here without asking the database, which has the next scan to write.
    unsent += 1;
    tell();
    channel?.postMessage({ added: true });
    sender.wake();
    return kept;
  };

  // What waits here, in the order it was made.
  const pending = () => ready(({ store }) => store.events(session));
  const sendNow = () => ready(({ sender }) => sender.sendNow());

  channel?.addEventListener("message", ({ data }) => {
    if (!data.reply) return recount();
    hear(data.reply);
    ready(({ sender }) => sender.heard());
  });
  window.addEventListener("online", sendNow);
  window.addEventListener("focus", sendNow);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") sendNow();
  });
  window.addEventListener("pagehide", () => ready(({ sender }) => sender.leave()));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sendNow();
  });

  ready(async ({ store, sender }) => {
    recount();
    sender.sendNow();
    if (beats) store.askToPersist();
    // What another session left on this device has no page of its own open: it goes from here.
    await store.keepFact(`url-${session}`, url);
    for (const other of await store.sessionsWaiting()) {
      const address = other === session ? null : await store.fact(`url-${other}`);
      if (address) forgotten(store, other, address);
    }
  });
  return { add, pending, sendNow };
};

const forgotten = (store, session, url) => {
  const quiet = () => {};
  const its = { store, session, url, beats: false, onReply: quiet, onTrouble: quiet };
  openSender(its).sendNow();
};

const persian = new Intl.NumberFormat("fa-IR");

// A link for whose log-in has run out: this very page in a new tab, by way of the log-in page.
export const loginLink = () => {
  const link = document.createElement("a");
  link.className = "alert-link";
  link.href = location.href;
  link.target = "_blank";
  link.textContent = "ورود دوباره";
  return link;
};

// The banner of pages that don't scan: shown only while something waits.
export const bannerOf = (box) => (now) => {
  const parts = [];
  if (now.unsent) parts.push(`ارسال‌نشده: ${persian.format(now.unsent)}`);
  if (now.problem) parts.push(now.problem);
  if (!now.isSafe) parts.push("این مرورگر چیزی نگه نمی‌دارد؛ تا فرستاده شدن همه، صفحه را نبندید.");
  if (now.isLate) parts.push("این رف‌خوانی پایان یافته است؛ آنچه می‌رسد جدا نگه داشته می‌شود.");
  if (now.refused.length) parts.push(`پذیرفته نشد: ${now.refused.at(-1).reason}`);
  box.hidden = parts.length === 0;
  box.classList.toggle("is-trouble", Boolean(now.problem) || !now.isSafe);
  box.textContent = parts.join(" — ");
  if (now.status === 401) box.append(" ", loginLink());
};

// The scanning page: a code is on the disk of this device before it sounds, and its answer comes
// from the list on this device; the server's own answer follows and may correct it.
import { answerOf, astray, cleanCode, isAstray, openOnce, STATES } from "./answers.js";
import { wireCamera } from "./camera.js";
import { MARK, NO_BARCODE, openDoings, SCAN, SHELF_END, UNDO } from "./commands.js";
import { openList } from "./list.js";
import { keepPage } from "./offline.js";
import { loginLink, openQueue } from "./queue.js";
import { openNumberField } from "./scan_number.js";
import { drawLook, drawOrder, drawSounds, listenToPanels, showPanel, tellLook } from "./scan_panels.js";
import { openPicture } from "./scan_picture.js";
import { openTop } from "./scan_top.js";
import { number } from "./scan_view.js";
import { play } from "./sounds.js";
import { newId, openStore } from "./store.js";
import { listen } from "./wedge.js";

const KEPT = 1000; // things remembered over a reload: a shelf, and what can be undone
const SAVED_AFTER = 500; // milliseconds
const [PRESENT, SOUGHT] = ["present", "sought"];
const BOOKS = new Set([SCAN, NO_BARCODE]);

const root = document.querySelector("#scan");
const { session } = root.dataset;
const at = (selector) => document.querySelector(selector);

const doings = openDoings(); // each with its id, code, position in the list (or -1) and answer
const { standing } = doings;
const byId = new Map();
const seen = new Map(); // how often a book was read here
const takenBack = new Set(); // positions read here and undone
const ticks = new Map(); // the second look's words, by position
let list = null;
let numbers = null; // positions by registration number
let queueNow = null; // what the queue said last and nobody has seen
const top = openTop(root);

const wasRead = (position) => list.isRead(position) && !takenBack.has(position);
const keyOf = ({ code, position, id }) => (position >= 0 ? position : code || id);
// Of the three books of the list that were read before this one.
const lastSections = (doing) => {
  const sections = [];
  for (let index = standing.length - 1; index >= 0 && sections.length < 3; index -= 1) {
    const { kind, position } = standing[index];
    if (standing[index] !== doing && BOOKS.has(kind) && position >= 0) sections.unshift(list.section(position));
  }
  return sections;
};

// What is known of a code before it counts as read.
const answerFor = (doing) => {
  const { code, position } = doing;
  if (!list) return { state: "", sound: "kept", label: "ثبت شد", note: "پاسخ پس از رسیدن فهرست می‌آید.", code };
  const known = position >= 0 && wasRead(position) && !ticks.has(position);
  const answer = answerOf(list, code, position, seen.has(keyOf(doing)) || known);
  if (doing.kind === NO_BARCODE && position < 0) {
    answer.note = "این شمارهٔ ثبت در فهرست این دستگاه نیست؛ کتاب را کنار بگذارید.";
  }
  if (answer.state !== "present") return answer;
  const sections = lastSections(doing);
  const section = list.section(position);
  return isAstray(sections, section) ? astray(answer, section, sections.at(-1)) : answer;
};

const bookIn = (doing) => {
  const key = keyOf(doing);
  seen.set(key, (seen.get(key) ?? 0) + 1);
  if (doing.position < 0) return;
  takenBack.delete(doing.position);
  list?.markRead([doing.position]);
  tellLook(doing.position, PRESENT);
};
const bookOut = (doing) => {
  const key = keyOf(doing);
  const times = seen.get(key) - 1;
  if (times) seen.set(key, times);
  else seen.delete(key);
  if (times || doing.position < 0 || doing.answer?.state === "repeated") return;
  takenBack.add(doing.position);
  tellLook(doing.position, ticks.get(doing.position));
};

// ── what is shown ──

const stretchShown = () => {
  const last = standing.findLast((doing) => BOOKS.has(doing.kind) && doing.position >= 0);
  if (list) top.showStretch(list, wasRead, last ? last.position : -1);
};
const picture = openPicture({
  isUndone: (doing) => doing.kind !== UNDO && !standing.includes(doing),
  onDraw: () => {
    if (queueNow) top.showQueue(queueNow, loginLink);
    queueNow = null;
    if ("open" in root.dataset) stretchShown();
  },
});
const { flash } = picture;

// Into the queue, and when it is durable onto the page and into the ear.
const keep = async (doing, event, sound, since) => {
  byId.set(doing.id, doing);
  if (event) await queue.add({ id: doing.id, ...event });
  play(sound, { since, flash });
  picture.show(doing);
  remember();
};

// ── what is read and said ──

const isNew = openOnce();
const readBook = (doing, event, since) => {
  doing.answer = answerFor(doing);
  bookIn(doing);
  return keep(doing, event, doing.answer.sound, since);
};

const scanned = (raw, since) => {
  const code = cleanCode(raw);
  if (!isNew(code || raw, since)) return;
  const command = card.get(code);
  if (command) return commanded(command, since);
  field.close(since);
  const position = list && code ? list.find(code) : -1;
  const doing = Object.assign(doings.say(null, raw), { id: newId(), code, position });
  readBook(doing, { kind: SCAN, raw }, since);
};

const titleOf = (doing) => {
  if (!doing) return "";
  if (doing.answer?.title) return `«${doing.answer.title}»`;
  return doing.kind === NO_BARCODE ? "کتاب بی‌بارکد" : `کد ${doing.code}`;
};
const NAMES = { [SHELF_END]: "پایان قفسه", [PRESENT]: "پیدا شد", [SOUGHT]: "نبود" };

const commanded = (command, since) => {
  field.close(since);
  const doing = Object.assign(doings.say(command), { id: newId(), code: "", position: -1 });
  const { about } = doing;
  const isIdle = (command.kind === UNDO || command.kind === MARK) && !(about && !about.isIdle);
  if (isIdle) {
    doing.isIdle = true;
    const why = command.kind === UNDO ? "چیزی برای برگرداندن نیست." : "نخست کتاب را بخوانید، سپس این فرمان را.";
    doing.done = { label: command.label, about: why, isIdle };
    return keep(doing, null, "nothing", since);
  }
  if (command.kind === UNDO) return undone(doing, since);
  const event = { kind: command.kind, raw: command.value };
  if (command.kind === MARK) {
    doing.done = { label: command.label, about: `برای ${titleOf(about)}` };
    event.about = about.id;
  } else if (command.kind === NO_BARCODE) {
    doing.done = { label: "کتاب بی‌بارکد", about: "جای آن میان دو همسایه‌اش ثبت شد." };
    bookIn(doing);
    field.open(doing);
  } else {
    const walk = walkBefore(doing);
    doing.done = { label: "پایان قفسه", about: `${number(walk.length)} کتاب در این قفسه خوانده شد.` };
    if (list) {
      drawOrder(list, walk);
      showPanel("order");
    }
  }
  return keep(doing, event, "kept", since);
};

// Positions of the shelf that this "end of shelf" ends, in the order walked, none twice.
const walkBefore = (end) => {
  const behind = standing.indexOf(end);
  const begin = standing.findLastIndex((one, index) => index < behind && one.kind === SHELF_END) + 1;
  const books = standing.slice(begin, behind).filter((one) => BOOKS.has(one.kind));
  return [...new Set(books.map((one) => one.position).filter((position) => position >= 0))];
};

const takeBack = (doing) => {
  picture.strike(doing);
  if (BOOKS.has(doing.kind)) bookOut(doing);
  else if (doing.kind === SHELF_END) showPanel("");
  else if (doing.position >= 0) {
    ticks.delete(doing.position);
    takenBack.add(doing.position);
    tellLook(doing.position, "");
  }
};
const undone = (doing, since) => {
  const { about } = doing;
  takeBack(about);
  const what = BOOKS.has(about.kind) ? titleOf(about) : (about.done?.label ?? NAMES[about.kind]);
  doing.done = { label: "برگردانده شد", about: what };
  return keep(doing, { kind: UNDO, about: about.id }, "kept", since);
};

// A word of the second look: found, or not there.
const ticked = (position, kind, since) => {
  if (ticks.get(position) === kind) return;
  const doing = Object.assign(doings.add(kind, ""), { id: newId(), code: "", position });
  ticks.set(position, kind);
  takenBack.delete(position);
  list.markRead([position]);
  tellLook(position, kind);
  doing.done = { label: NAMES[kind], about: `«${list.title(position)}»` };
  keep(doing, { kind, copy: list.copy(position) }, "kept", since);
};

// ── a book without a barcode ──

const positionOfNumber = (typed) => {
  if (!list) return -1;
  if (numbers?.size !== list.size) {
    numbers = new Map(Array.from({ length: list.size }, (_, place) => [list.number(place), place]));
  }
  return numbers.get(typed) ?? -1;
};
// A reader so slow that it seemed a person: a barcode came into the field for the number.
const isBook = (typed) => {
  const code = cleanCode(typed);
  if (!list || !code || positionOfNumber(code) >= 0) return false;
  return card.has(code) || list.find(code) >= 0 || Boolean(list.other(code));
};
const field = openNumberField({
  isBook,
  onBook: (typed, since) => take(typed, since),
  onNumber: (book, typed, since) => numbered(book, typed, since),
});
// The book with its number takes the place of the one without, between the same neighbours.
const numbered = (book, typed, since) => {
  doings.withdraw(book);
  takeBack(book);
  const position = positionOfNumber(typed);
  const code = position >= 0 ? list.code(position) : `ثبت ${typed}`;
  const doing = Object.assign(doings.add(NO_BARCODE, typed), { id: newId(), code, position });
  readBook(doing, { kind: NO_BARCODE, raw: typed }, since);
  queue.add({ kind: UNDO, about: book.id });
};

// ── what the server says ──

const correct = (answer) => {
  const doing = byId.get(answer.id);
  if (!doing || !standing.includes(doing)) return;
  // Of a book without barcode and number the server knows no more than this page.
  if (doing.kind === NO_BARCODE && !doing.value) return;
  const was = doing.answer ?? {};
  if (was.state === "misplaced" && answer.state === "present") return;
  const { state, label, note } = answer;
  doing.answer = {
    ...STATES[state], state, label, note, code: doing.code || answer.code,
    title: answer.title || was.title, call: answer.call_number || was.call,
    number: answer.registration_number || was.number,
  };
  picture.again(doing);
  remember();
  if (was.state !== state && picture.isLast(doing)) play(STATES[state].sound, { flash });
};

const queue = openQueue({
  session,
  url: root.dataset.url,
  onAnswers: (answers) => answers.forEach(correct),
  onChange: (now) => {
    queueNow = now;
    picture.soon();
  },
  onNews: (news) => {
    for (const position of news.read ?? []) takenBack.delete(position);
    if (list && news.read?.length) list.markRead(news.read);
    top.busy = news.busy ?? [];
    picture.soon();
  },
});

// ── what outlives a reload ──

// A book of the list has its answer from there.
const rowOf = ({ id, kind, value, about, code, position, answer, done, isIdle }) => ({
  id, kind, value, about: about?.id ?? null, code, position, done, isIdle,
  answer: position >= 0 && answer ? { state: answer.state } : answer,
});
let remembering = null;
const remember = () => {
  remembering ??= setTimeout(async () => {
    remembering = null;
    const rows = standing.slice(-KEPT).map(rowOf);
    (await openStore()).keepFact(`done-${session}`, { rows, takenBack: [...takenBack] });
  }, SAVED_AFTER);
};

const restoreOne = ({ kind, value, about, ...rest }) => {
  const doing = Object.assign(doings.add(kind, value, byId.get(about) ?? null), rest);
  const { id, position, answer } = rest;
  if (answer) doing.answer = { ...STATES[answer.state], code: doing.code, ...answer };
  byId.set(id, doing);
  if (BOOKS.has(kind)) bookIn(doing);
  else if (position >= 0) ticks.set(position, kind);
  return doing;
};
// What waits in the queue and was not yet remembered: the browser was killed in between.
const restoreWaiting = (event) => {
  if (byId.has(event.id)) return;
  if (event.kind === UNDO) {
    const about = byId.get(event.about);
    if (!about || !standing.includes(about)) return;
    doings.withdraw(about);
    takeBack(about);
    return;
  }
  const { id, kind, raw = "", about = null } = event;
  const code = kind === SCAN ? cleanCode(raw) : kind === NO_BARCODE && raw ? `ثبت ${raw}` : "";
  const done = BOOKS.has(kind) ? null : { label: NAMES[kind] ?? labelOf(kind, raw), about: titleOf(byId.get(about)) };
  const untold = kind === NO_BARCODE && !raw ? { label: "کتاب بی‌بارکد", about: "" } : null;
  restoreOne({ id, kind, value: raw, about, code, position: -1, done: done ?? untold });
};
const labelOf = (kind, value) =>
  [...card.values()].find((one) => one.kind === kind && one.value === value)?.label ?? "";

// With the list at hand: positions and answers of what was read without it.
const settle = () => {
  for (const doing of standing) {
    if (!BOOKS.has(doing.kind) || doing.done) continue;
    const isRepeated = doing.answer?.state === "repeated";
    if (doing.position < 0) {
      const position = doing.kind === SCAN ? list.find(doing.code) : positionOfNumber(doing.value);
      if (position >= 0) {
        bookOut(doing);
        doing.position = position;
        bookIn(doing);
      }
    } else {
      list.markRead([doing.position]);
    }
    const isTold = doing.position >= 0 ? doing.answer?.title : doing.answer?.state;
    if (!isTold) doing.answer = answerOf(list, doing.code, doing.position, isRepeated);
    picture.again(doing);
  }
};

// ── the page's own parts ──

const card = new Map();

const openPage = () => {
  for (const button of document.querySelectorAll("[data-command]")) {
    const { command: code, kind, value } = button.dataset;
    const command = { code, kind, value, label: button.textContent.trim() };
    card.set(code, command);
    button.addEventListener("click", (event) => {
      at("#marks").hidden = true;
      at("#mark-toggle").setAttribute("aria-expanded", "false");
      commanded(command, event.timeStamp);
    });
  }
  at("#mark-toggle").addEventListener("click", () => {
    at("#marks").hidden = !at("#marks").hidden;
    at("#mark-toggle").setAttribute("aria-expanded", String(!at("#marks").hidden));
  });
  at("#scan-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const { code } = event.target.elements;
    const raw = code.value;
    code.value = "";
    if (raw.trim()) take(raw, event.timeStamp);
  });
  const look = () => drawLook({ list, wasRead, ticks, onTick: ticked });
  listenToPanels({ look });
  drawSounds(flash);
};

const early = []; // codes read while the page was still remembering
let isReady = false;
const take = (raw, since) => (isReady ? scanned(raw, since) : early.push([raw, since]));

const remembered = async () => {
  const store = await openStore();
  const kept = await store.fact(`done-${session}`);
  for (const position of kept?.takenBack ?? []) takenBack.add(position);
  for (const row of kept?.rows ?? []) restoreOne(row);
  for (const event of await queue.pending()) restoreWaiting(event);
  for (const doing of standing) if (!doing.done) doing.answer ??= answerFor(doing);
  picture.restore(standing);
  isReady = true;
  for (const [raw, since] of early.splice(0)) scanned(raw, since);
};

const bringList = async () => {
  let opened = null;
  const onChange = () => {
    picture.soon();
    if (!opened?.asOf) return; // nothing is on the device yet
    top.showAge(opened.asOf);
    if (list) return;
    list = opened;
    settle();
  };
  opened = await openList({ session, url: root.dataset.list, onChange });
  onChange();
};

if ("open" in root.dataset) {
  openPage();
  listen(take);
  wireCamera(root.dataset.wasm, take);
  at("#refresh").addEventListener("click", () => top.refresh(() => list && list.refresh()));
  remembered().then(bringList);
  keepPage().then(({ why }) => top.showKept(why));
}

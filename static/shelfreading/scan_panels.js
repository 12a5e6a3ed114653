// The panels beside the scanning: none of them is modal, and a scan is taken whichever is open.
import { doubtfulRuns, fewestMoves } from "./order.js";
import { book, callNumber, element, icon, moveLine, number, registration } from "./scan_view.js";
import { notSeen } from "./secondlook.js";
import { PATTERNS, play, setSilent, SIGNS, silent } from "./sounds.js";

const SHOWN = 60; // books of the second look drawn at once

const panels = [...document.querySelectorAll(".scan-panel")];
const openers = [...document.querySelectorAll("button[data-panel]")];

const isShown = (name) => document.querySelector(`#panel-${name}`)?.hidden === false;

// One panel at a time, so that the last answer stays near; `name` "" closes them all.
export const showPanel = (name) => {
  if (isShown(name) || (!name && panels.every((panel) => panel.hidden))) return;
  for (const panel of panels) panel.hidden = panel.id !== `panel-${name}`;
  for (const opener of openers) {
    opener.setAttribute("aria-expanded", String(opener.dataset.panel === name));
  }
  document.querySelector(`#panel-${name}`)?.scrollIntoView({ block: "nearest" });
};

// onOpen: what to do as a panel opens, by its name.
export const listenToPanels = (onOpen) => {
  for (const opener of openers) {
    opener.addEventListener("click", () => {
      const { panel } = opener.dataset;
      if (isShown(panel)) return showPanel("");
      onOpen[panel]?.();
      showPanel(panel);
    });
  }
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => {
      const name = button.closest(".scan-panel").id.slice("panel-".length);
      showPanel("");
      openers.find((opener) => opener.dataset.panel === name)?.focus();
    });
  }
};

export const drawSounds = (flash) => {
  const items = Object.entries({ ...PATTERNS, ...SIGNS }).map(([name, pattern]) => {
    const button = element("button", "btn btn-quiet", icon("play"), pattern.name);
    button.type = "button";
    button.dataset.sound = name;
    button.addEventListener("click", () => play(name, { flash }));
    return element("li", "", button);
  });
  document.querySelector("#sounds").replaceChildren(...items);
  const box = document.querySelector("#silent");
  box.checked = silent();
  box.addEventListener("change", () => {
    setSilent(box.checked);
    play("fine", { flash });
  });
};

const bookAt = (list, position) =>
  position === null || position === undefined
    ? null
    : { title: list.title(position), call: list.call(position), number: list.number(position) };

// The shelf just read: what is out of order, from where it is taken and between which two it goes.
export const drawOrder = (list, walk) => {
  const box = document.querySelector("#order");
  const read = `${number(walk.length)} کتاب از این فهرست خوانده شد.`;
  const [rank, run] = [(position) => list.rank(position), (position) => list.run(position)];
  const moves = fewestMoves([walk], rank, run);
  if (!moves.length) {
    const fine = element("p", "scan-fine", icon("check"), "این قفسه به ترتیب است.");
    box.replaceChildren(element("p", "", read), ...(walk.length > 1 ? [fine] : []));
    return;
  }
  const moved = moves.reduce((sum, move) => sum + move.items.length, 0);
  const fewest = `کمترین جابه‌جایی: ${number(moves.length)} بار، ${number(moved)} کتاب.`;
  const parts = [element("p", "", `${read} ${fewest}`)];
  if (doubtfulRuns(walk, moves, run).length) {
    parts.push(
      element(
        "p", "alert alert-warning",
        "بیشتر کتاب‌های این قفسه بیرون از ترتیب می‌نماید؛ شاید قاعدهٔ چینش این کتابخانه جز این باشد. پیش از جابه‌جا کردن، شمارهٔ راهنمای چند کتاب را ببینید.",
      ),
    );
  }
  const place = new Map(walk.map((position, index) => [position, index]));
  const lines = moves.map(({ items, after, before }) =>
    moveLine({
      books: items.map((position) => bookAt(list, position)),
      stoodAfter: bookAt(list, walk[place.get(items[0]) - 1]),
      stoodBefore: bookAt(list, walk[place.get(items.at(-1)) + 1]),
      after: bookAt(list, after),
      before: bookAt(list, before),
    }),
  );
  box.replaceChildren(...parts, element("ol", "scan-moves", ...lines));
};

// The second look. `ticks` holds what was said of a position here: "present" or "sought";
// onTick(position, kind) says it.
export const drawLook = ({ list, wasRead, ticks, onTick }) => {
  const box = document.querySelector("#look");
  if (!list) {
    box.replaceChildren(element("p", "text-soft", "فهرست هنوز به این دستگاه نرسیده است."));
    return;
  }
  // What is said here stays in view until the panel is opened anew.
  const groups = notSeen(list, (position) => wasRead(position) && !ticks.has(position));
  const all = groups.reduce((sum, group) => sum + group.books.length, 0);
  if (!all) {
    box.replaceChildren(
      element("p", "text-soft", "در قفسه‌هایی که خوانده شده است کتابِ نادیده‌ای نیست. قفسه‌ای که بیشترش هنوز خوانده نشده، اینجا نمی‌آید."),
    );
    return;
  }
  const lead = element(
    "p", "", `${number(all)} کتاب در قفسه‌های خوانده‌شده دیده نشده است. همین راه را بروید؛ کتابی را که یافتید بخوانید یا علامت بزنید.`,
  );
  const parts = [];
  let drawn = 0;
  for (const { label, books } of groups) {
    const some = books.slice(0, SHOWN - drawn);
    if (!some.length) break;
    drawn += some.length;
    const lines = some.map((one) => lookLine(list, one, ticks, onTick));
    parts.push(element("h3", "scan-look-name", label), element("ol", "scan-look", ...lines));
  }
  if (drawn < all) {
    parts.push(element("p", "text-soft", `${number(all - drawn)} کتاب دیگر پس از این‌ها می‌آید؛ نگاه دوم را ببندید و باز کنید.`));
  }
  box.replaceChildren(lead, ...parts);
};

const TICKS = { present: ["check", "پیدا شد"], sought: ["cross", "نبود"] };

const lookLine = (list, { position, after, before }, ticks, onTick) => {
  const line = element("li", "scan-look-line");
  line.dataset.position = position;
  const title = element("strong", "", list.title(position));
  const where = element("span", "scan-where", callNumber(list.call(position)), " ", registration(list.number(position)));
  const near = element("dl", "scan-to");
  for (const [words, place] of [["پس از", after], ["پیش از", before]]) {
    if (place === null) continue;
    const its = element("dd", "", book(bookAt(list, place)));
    near.append(element("div", "scan-near", element("dt", "", words), its));
  }
  const keys = element("span", "scan-look-keys");
  for (const [kind, [shape, word]] of Object.entries(TICKS)) {
    const button = element("button", "btn btn-quiet", icon(shape), word);
    button.append(element("span", "visually-hidden", ` — ${list.title(position)}`));
    button.type = "button";
    button.dataset.tick = kind;
    button.addEventListener("click", (event) => onTick(position, kind, event.timeStamp));
    keys.append(button);
  }
  line.append(title, where, near, keys);
  showTick(line, ticks.get(position));
  return line;
};

const showTick = (line, said) => {
  line.dataset.said = said ?? "";
  for (const button of line.querySelectorAll("[data-tick]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tick === said));
  }
};

// What was said or scanned of a position shows on its line, where there is one.
export const tellLook = (position, said) => {
  const line = document.querySelector(`.scan-look-line[data-position="${position}"]`);
  if (line) showTick(line, said);
};

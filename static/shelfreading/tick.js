// Ticking the shelf list: each tick goes out at once as an event of its own; the form that saves
// a whole page is for browsers without JavaScript.
import { bannerOf, openQueue } from "./queue.js";

const form = document.querySelector("#ticks");
const rows = [...document.querySelectorAll(".shelf-row")];
const byCopy = new Map(rows.map((row) => [row.dataset.copy, row]));
const ticks = new Map(rows.map((row) => [row, JSON.parse(row.dataset.ticks)]));
const done = []; // rows in the order they were ticked here, for undo
let current = -1;

const readCount = document.querySelector("#read-count");
const isRead = (row) => Boolean(row.dataset.tick) || "scanned" in row.dataset;
const readElsewhere = Number(readCount.dataset.count) - rows.filter(isRead).length;
const persian = new Intl.NumberFormat("fa-IR");

const box = (row, kind) => row.querySelector(`input[name=${kind}]`);

const show = (row) => {
  const kind = ticks.get(row).at(-1)?.[1] ?? "";
  row.dataset.tick = kind;
  for (const name of ["present", "absent"]) box(row, name).checked = name === kind;
  readCount.textContent = persian.format(readElsewhere + rows.filter(isRead).length);
};

const remember = (event) => {
  const row = byCopy.get(String(event.copy));
  if (event.kind !== "undo") {
    if (row) ticks.get(row).push([event.id, event.kind]);
    return row;
  }
  const undone = rows.find((one) => ticks.get(one).some(([id]) => id === event.about));
  if (undone) ticks.set(undone, ticks.get(undone).filter(([id]) => id !== event.about));
  return undone;
};

const queue = openQueue({
  session: form.dataset.session,
  url: form.dataset.url,
  onChange: bannerOf(document.querySelector("#unsent")),
});
// One after another: what is taken back must be on the disk, as must what is shown.
let turn = Promise.resolve();
const inTurn = (work) => {
  turn = turn.then(work).catch(console.error);
};

// What waits on this device is not in the page that the server made.
const showWaiting = async () => {
  for (const event of await queue.pending()) {
    const known = [...ticks.values()].some((list) => list.some(([id]) => id === event.id));
    const row = known ? null : remember(event);
    if (row) show(row);
  }
};

const undoLast = async (row) => {
  const last = ticks.get(row).at(-1);
  if (!last) return;
  remember(await queue.add({ kind: "undo", about: last[0] }));
  show(row);
};

const tick = (row, kind) =>
  inTurn(async () => {
    if (row.dataset.tick === kind) return;
    remember(await queue.add({ kind, copy: Number(row.dataset.copy) }));
    done.push(row);
    show(row);
  });

const clear = (row) =>
  inTurn(async () => {
    while (ticks.get(row).length) await undoLast(row);
  });

const takeBack = () =>
  inTurn(async () => {
    const row = done.pop();
    if (!row) return;
    await undoLast(row);
    go(rows.indexOf(row));
  });

const go = (index) => {
  if (!rows[index]) return;
  rows[current]?.removeAttribute("aria-current");
  current = index;
  rows[current].setAttribute("aria-current", "true");
  rows[current].scrollIntoView({ block: "nearest" });
};

const turnPage = (way) => {
  const link = document.querySelector(`.pages a[rel=${way}]`);
  if (link) location.assign(link.href);
};

form.addEventListener("change", (event) => {
  const row = event.target.closest(".shelf-row");
  if (!row) return;
  go(rows.indexOf(row));
  if (event.target.checked) tick(row, event.target.name);
  else clear(row);
});
// Saved already, tick by tick.
form.addEventListener("submit", (event) => event.preventDefault());

const KEYS = {
  ArrowDown: () => go(current + 1),
  KeyJ: () => go(current + 1),
  ArrowUp: () => go(Math.max(0, current - 1)),
  KeyK: () => go(Math.max(0, current - 1)),
  Space: () => markAndGo("present"),
  Enter: () => markAndGo("present"),
  NumpadEnter: () => markAndGo("present"),
  KeyX: () => markAndGo("absent"),
  Delete: () => markAndGo("absent"),
  KeyU: takeBack,
  PageDown: () => turnPage("next"),
  PageUp: () => turnPage("prev"),
};

const markAndGo = (kind) => {
  if (current < 0) return go(0);
  tick(rows[current], kind);
  if (current + 1 < rows.length) go(current + 1);
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target;
  const types = target.matches("input:not([type=checkbox]), textarea, select");
  const acts = target.matches("a, button, summary") && ["Enter", "Space"].includes(event.code);
  const key = KEYS[event.code];
  if (types || acts || !key) return;
  event.preventDefault();
  key();
});

const asked = rows.findIndex((row) => `#${row.id}` === location.hash);
const start = () => (asked >= 0 ? asked : Math.max(0, rows.findIndex((row) => !isRead(row))));
go(start());
inTurn(async () => {
  const first = current;
  await showWaiting();
  if (current === first) go(start());
});

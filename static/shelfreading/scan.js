// The scanning page: every code is in the device's queue before it is shown.
import { openQueue } from "./queue.js";
import { play, soundIsOn, switchSound } from "./sounds.js";
import { listen } from "./wedge.js";

const TWICE = 500; // milliseconds in which the same code is one scan
const SHOWN = 200; // lines kept on the page
// The book stands where it belongs; everything else wants a hand.
const FINE = new Set(["present", "found", "back_from_binder", "repeated"]);
const SVG = "http://www.w3.org/2000/svg";

const root = document.querySelector("#scan");
const list = document.querySelector("#list");
const last = document.querySelector("#last");
const undo = document.querySelector("#undo");
const sound = document.querySelector("#sound");
const count = document.querySelector("#unsent-count");
const mark = document.querySelector("#unsent-mark");
const why = document.querySelector("#unsent-why");
const lines = new Map();
const scans = []; // ids of this page's scans that stand, the newest last
const persian = new Intl.NumberFormat("fa-IR");

const element = (name, className, text = "") => {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
};

const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${root.dataset.sprite}#${name}`);
  svg.append(use);
  return svg;
};

const code = (text, className = "code") => {
  const node = element("bdi", className, text);
  node.dir = "ltr";
  return node;
};

// A call number, each part isolated as components/call_number.html does.
const callNumber = (text) => {
  const node = element("span", "code call-number");
  const latin = /[A-Za-z]/.test(text);
  const parts = latin && /^[\x20-\x7e]*$/.test(text) ? [text] : text.split(/\s+/);
  parts.forEach((part, index) => {
    if (index) node.append(" ");
    node.append(element("bdi", "", latin ? part : inPersian(part)));
  });
  return node;
};
const inPersian = (text) => text.replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);

const fill = (node, answer) => {
  node.className = `${node.dataset.base} finding-${answer.state}`;
  const badge = element("span", "mark");
  badge.classList.add(`finding-${answer.state}`);
  badge.append(icon(answer.state), answer.label);
  const title = answer.title ? element("strong", "scan-title", answer.title) : code(answer.code, "code scan-title");
  node.replaceChildren(badge, title);
  if (answer.call_number) node.append(callNumber(answer.call_number));
  if (answer.title) node.append(code(answer.code));
  node.append(element("span", "scan-note", answer.note));
};

const showNew = (event) => {
  const line = element("li", "scan-line");
  line.dataset.base = "scan-line";
  line.dataset.event = event.id;
  line.append(element("span", "mark tone-quiet", "در راه"), code(event.raw, "code scan-title"));
  list.prepend(line);
  lines.set(event.id, line);
  while (list.children.length > SHOWN) {
    lines.delete(list.lastElementChild.dataset.event);
    list.lastElementChild.remove();
  }
};

const showAnswers = (answers) => {
  for (const answer of answers) {
    const line = lines.get(answer.id);
    if (line) fill(line, answer);
  }
  const newest = answers.at(-1);
  if (!newest) return;
  last.dataset.base = "scan-last";
  fill(last, newest);
  play(answers.every((answer) => FINE.has(answer.state)) ? "fine" : "hand");
};

const showQueue = (now) => {
  count.textContent = persian.format(now.unsent);
  mark.className = `mark ${now.problem || !now.isSafe ? "tone-late" : now.unsent ? "tone-call" : "tone-ok"}`;
  const parts = [now.problem];
  if (!now.isSafe) parts.push("این مرورگر چیزی نگه نمی‌دارد؛ تا فرستاده شدن همه، صفحه را نبندید.");
  if (now.refused.length) parts.push(`پذیرفته نشد: ${now.refused.at(-1).reason}`);
  why.textContent = parts.filter(Boolean).join(" ");
  if (now.status === 401) {
    const login = element("a", "alert-link", "ورود دوباره");
    login.href = root.dataset.login;
    login.target = "_blank";
    why.append(" ", login);
  }
};

const queue = openQueue({
  session: root.dataset.session,
  url: root.dataset.url,
  onAnswers: showAnswers,
  onChange: showQueue,
});

if ("open" in root.dataset) {
  let before = { code: "", at: -Infinity };
  const scanned = async (raw) => {
    const at = performance.now();
    if (raw === before.code && at - before.at < TWICE) return;
    before = { code: raw, at };
    const event = await queue.add({ kind: "scan", raw });
    scans.push(event.id);
    undo.disabled = false;
    showNew(event);
  };
  listen(scanned);

  const form = document.querySelector("#scan-form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const raw = form.elements.code.value;
    form.elements.code.value = "";
    if (raw.trim()) scanned(raw);
  });

  undo.addEventListener("click", () => {
    const undone = scans.pop();
    undo.disabled = scans.length === 0;
    queue.add({ kind: "undo", about: undone });
    const line = lines.get(undone);
    if (line) {
      line.className = "scan-line is-undone";
      line.querySelector(".mark").replaceWith(element("span", "mark tone-quiet", "برگردانده شد"));
    }
    lines.delete(undone);
  });

  const showSound = (isOn) => {
    sound.setAttribute("aria-pressed", String(isOn));
    sound.textContent = isOn ? "صدا: روشن" : "صدا: خاموش";
  };
  sound.addEventListener("click", () => showSound(switchSound()));
  showSound(soundIsOn());
  for (const event of await queue.pending()) if (event.kind === "scan") showNew(event);
}

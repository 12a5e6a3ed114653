// How a book, an answer and a line look: small pieces of page, and no thinking.
import { persianDigits } from "./answers.js";

const SVG = "http://www.w3.org/2000/svg";
const { sprite } = document.querySelector("#scan").dataset;
const persian = new Intl.NumberFormat("fa-IR");

export const number = (value) => persian.format(value);

export const element = (name, className = "", ...inside) => {
  const node = document.createElement(name);
  node.className = className;
  node.append(...inside);
  return node;
};

// The icons are taken into the page once: one that is named in another file is read anew, and
// needs a network, for each line that shows it.
const bringIcons = async () => {
  const text = await (await fetch(sprite)).text();
  const { documentElement } = new DOMParser().parseFromString(text, "image/svg+xml");
  const icons = document.importNode(documentElement, true);
  for (const symbol of icons.querySelectorAll("symbol")) symbol.id = `icon-${symbol.id}`;
  icons.setAttribute("class", "visually-hidden");
  icons.setAttribute("aria-hidden", "true");
  document.body.append(icons);
};
bringIcons().catch((error) => console.warn("no icons", error));

export const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
};

// As long as a code can be: the page shows its beginning.
const SHOWN = 60;
export const code = (text, className = "code") => {
  const node = element("bdi", className, text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  node.dir = "ltr";
  return node;
};

// A call number, each part isolated as components/call_number.html does.
export const callNumber = (text) => {
  const node = element("span", "code call-number");
  const latin = /[A-Za-z]/.test(text);
  const parts = latin && /^[\x20-\x7e]*$/.test(text) ? [text] : text.split(/\s+/);
  parts.forEach((part, index) => {
    if (index) node.append(" ");
    node.append(element("bdi", "", latin ? part : persianDigits(part)));
  });
  return node;
};

export const registration = (text) =>
  element("span", "text-nowrap", "ثبت ", code(persianDigits(text)));

// A book in a list of work: title, and below it where it stands and its number.
export const book = ({ title, call, number: registered }) => {
  const small = element("small", "");
  if (call) small.append(callNumber(call), " ");
  if (registered) small.append(registration(registered));
  return element("span", "scan-book", element("strong", "", title), small);
};

export const badge = (state, label) => {
  const node = element("span", `mark finding-${state}`, icon(state), label);
  return node;
};

// An answer into its place: the large one, or a line of the list.
export const showAnswer = (node, answer) => {
  node.className = `${node.dataset.base} finding-${answer.state}`;
  const what = answer.title
    ? element("strong", "scan-title", answer.title)
    : code(answer.code || "بی‌کد", "code scan-title");
  node.replaceChildren(badge(answer.state, answer.label), what);
  const where = element("span", "scan-where");
  if (answer.call) where.append(callNumber(answer.call), " ");
  if (answer.number) where.append(registration(answer.number), " ");
  if (answer.title && answer.code) where.append(code(answer.code));
  if (where.hasChildNodes()) node.append(where);
  if (answer.note) node.append(element("span", "scan-note", answer.note));
};

// A command's own line: what was done, and to which book.
export const showDone = (node, { label, about, isIdle }) => {
  node.className = `${node.dataset.base} ${isIdle ? "tone-late" : "tone-quiet"} is-command`;
  node.replaceChildren(element("span", "mark", icon(isIdle ? "warning" : "check"), label));
  if (about) node.append(element("span", "scan-note", about));
};

// A block of books that moves: from between which two, to between which two.
export const moveLine = ({ books, stoodAfter, stoodBefore, after, before }) => {
  const near = (words, one, end) =>
    element("div", "scan-near", element("dt", "", words), element("dd", "", one ? book(one) : end));
  const [first, last] = ["آغاز این قفسه", "پایان این قفسه"];
  const what = element("div", "scan-books", ...books.map(book));
  if (books.length > 1) what.prepend(element("p", "text-soft", `این ${number(books.length)} کتاب با هم`));
  const from = element("dl", "scan-from", near("اکنون پس از", stoodAfter, first), near("و پیش از", stoodBefore, last));
  const to = element("dl", "scan-to", near("جایش پس از", after, first), near("و پیش از", before, last));
  return element("li", "scan-move", what, from, to);
};

// Cards typed one after another. A card goes into a queue and is sent in its turn; typing never
// waits for an answer. What the server doesn't take comes back as a form of its own, with its text,
// and disturbs nothing. Queue and returned cards outlive a reload of the page.
import { completeTitles } from "./card_titles.js";
import { newId } from "./store.js";

const LINES = 12;
const PAUSE = 3000; // milliseconds before a card that was not heard is sent again
const TRIES = 20; // after a minute a card that breaks the server is put aside

const main = document.querySelector("form[data-cards]");
const lines = document.querySelector("#card-lines");
const returned = document.querySelector("#cards-returned");
const waits = document.querySelector("#cards-waiting");
const count = document.querySelector("#cards-count");
const blank = main.cloneNode(true);
const persian = new Intl.NumberFormat("fa-IR");

const KEPT = `cards ${location.pathname}`;
const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '{"queue": [], "back": []}');
const { queue, back } = kept; // cards that wait; cards that came back, each with its answer
const keep = () => sessionStorage.setItem(KEPT, JSON.stringify(kept));
let busy = false;
let tries = 0;
let trouble = "";

const steps = (form) => [...form.querySelectorAll("[data-step]")];

const go = (field) => {
  field.focus();
  field.select();
};

const tell = () => {
  const waiting = queue.length ? `در صف: ${persian.format(queue.length)} کارت. ` : "";
  waits.textContent = trouble ? `${trouble} ${waiting}` : waiting;
  waits.classList.toggle("is-trouble", Boolean(trouble));
};

// --- the last cards -----------------------------------------------------------------

const lineOf = (id) => lines.querySelector(`[data-card="${id}"]`);

const showWaiting = (card) => {
  const line = document.createElement("li");
  line.className = "card-line is-waiting";
  line.dataset.card = card.id;
  for (const text of [card.registration_number, card.title ?? card.member_name, "", "در صف"]) {
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
  }
  lines.prepend(line);
  document.querySelector("#no-cards")?.remove();
  for (const old of [...lines.children].slice(LINES)) {
    if (!old.classList.contains("is-waiting")) old.remove();
  }
};

// --- sending ------------------------------------------------------------------------

const post = (card) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(card)) data.set(name, value);
  data.set("csrfmiddlewaretoken", main.elements.csrfmiddlewaretoken.value);
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  const headers = { Accept: "application/json" };
  if (cookie) headers["X-CSRFToken"] = cookie; // it changes when one logs in again in another tab
  return fetch(main.action, { method: "POST", body: data, headers });
};

const taken = (card, answer) => {
  const holder = document.createElement("template");
  holder.innerHTML = answer.line;
  lineOf(card.id)?.replaceWith(holder.content.firstElementChild);
  if (count && !card.same) {
    count.dataset.count = Number(count.dataset.count) + 1;
    count.textContent = persian.format(count.dataset.count);
  }
};

const putBack = (card, answer) => {
  lineOf(card.id)?.remove();
  back.push({ card, answer });
  showBack({ card, answer });
};

const done = (act) => {
  const card = queue.shift();
  tries = 0;
  trouble = "";
  act(card);
  keep();
  tell();
};

const answered = async (response) => {
  if (response.status === 500 && ++tries >= TRIES) {
    const reason = "سرور این کارت را نگرفت؛ آن را بررسی کنید و دوباره بفرستید.";
    return { taken: false, reason };
  }
  const isJson = response.headers.get("content-type")?.includes("json");
  if (response.redirected || response.status === 403) {
    throw new Error("از برنامه بیرون افتاده‌اید؛ در زبانه‌ای دیگر وارد شوید تا کارت‌ها فرستاده شود.");
  }
  if (!response.ok || !isJson) throw new Error("سرور پاسخ نداد؛ کارت‌ها نگه داشته شده است و دوباره فرستاده می‌شود.");
  return response.json();
};

const send = async () => {
  if (busy || !queue.length) return;
  busy = true;
  try {
    let response;
    try {
      response = await post(queue[0]);
    } catch {
      throw new Error("ارتباط با سرور برقرار نیست؛ کارت‌ها نگه داشته شده است و دوباره فرستاده می‌شود.");
    }
    const answer = await answered(response);
    done((card) => (answer.taken ? taken : putBack)(card, answer));
    busy = false;
    send();
  } catch (error) {
    busy = false;
    trouble = error.message;
    tell();
    setTimeout(send, PAUSE);
  }
};

// --- cards that came back -----------------------------------------------------------

const forget = (form) => {
  back.splice(back.findIndex(({ card }) => card.id === form.dataset.card), 1);
  keep();
  form.remove();
  returned.hidden = !back.length;
  go(steps(main)[0]);
};

const act = (words, css, work) => {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: `btn ${css}`, textContent: words });
  button.addEventListener("click", work);
  return button;
};

const showBack = ({ card, answer }) => {
  const form = blank.cloneNode(true);
  form.id = `card-${card.id}`;
  form.dataset.card = card.id;
  form.querySelector(".card-keys")?.remove();
  for (const node of form.querySelectorAll("[id]")) node.id = `${node.id}-${card.id}`;
  for (const label of form.querySelectorAll("label")) label.htmlFor += `-${card.id}`;
  for (const node of form.querySelectorAll("[autofocus], .field-error, .alert, [name=same]")) {
    if (node.autofocus) node.autofocus = false;
    else node.remove();
  }
  for (const [name, value] of Object.entries(card)) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = true;
    else if (field) field.value = value;
  }
  const reason = document.createElement("p");
  reason.className = "card-reason";
  reason.textContent = answer.reason;
  form.prepend(reason);
  const acts = form.querySelector(".card-acts");
  if (answer.same) {
    acts.prepend(
      act("همان نسخه علامت بخورد", "btn-quiet", () => {
        const same = { ...card, same: "1" };
        forget(form);
        enqueue(same);
      }),
    );
  }
  if (answer.copy) {
    const link = document.createElement("a");
    Object.assign(link, { className: "btn btn-quiet", textContent: "دیدن آن نسخه", target: "_blank" });
    link.href = answer.copy;
    acts.append(link);
  }
  acts.append(act("کنار گذاشتن کارت", "btn-quiet", () => forget(form)));
  acts.querySelector(".btn-primary").classList.replace("btn-primary", "btn-quiet");
  returned.append(form);
  returned.hidden = false;
  prepare(form);
};

// --- typing -------------------------------------------------------------------------

const following = (number) => {
  const digits = number.trim().replace(/[۰-۹٠-٩]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩".indexOf(digit) % 10);
  if (!/^[0-9]{1,30}$/.test(digits)) return "";
  const next = String(BigInt(digits) + 1n).padStart(digits.length, "0");
  return next.replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);
};

const read = (form) => {
  const card = Object.fromEntries(new FormData(form));
  delete card.csrfmiddlewaretoken;
  card.id ||= newId();
  return card;
};

// Words stay for the next card, to be typed over; the number goes up, the strike is lifted.
const makeReady = (form) => {
  for (const name of (form.dataset.clears ?? "").split(" ").filter(Boolean)) {
    form.elements[name].value = "";
  }
  const number = form.dataset.follows && form.elements[form.dataset.follows];
  if (number) number.value = following(number.value);
  if (form.elements.id) form.elements.id.value = newId();
  if (form.elements.absent) form.elements.absent.checked = false;
  showStrike(form);
  go(steps(form)[0]);
};

const enqueue = (card) => {
  queue.push(card);
  keep();
  showWaiting(card);
  tell();
  send();
};

const save = (form) => {
  const empty = steps(form).find((field) => field.required && !field.value.trim());
  if (empty) {
    go(empty);
    empty.classList.add("is-invalid");
    return;
  }
  const card = read(form);
  if (form === main) makeReady(form);
  else forget(form);
  enqueue(card);
};

const showStrike = (form) => form.classList.toggle("is-struck", form.elements.absent?.checked ?? false);

const prepare = (form) => {
  if (form.dataset.titles) completeTitles(form, () => go(steps(form).at(-1)));
  showStrike(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form);
  });
  form.addEventListener("change", () => showStrike(form));
  form.addEventListener("input", (event) => event.target.classList.remove("is-invalid"));
  form.addEventListener("focusin", (event) => event.target.matches("[data-step]") && event.target.select());
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "F2" && form.elements.absent) {
      event.preventDefault();
      form.elements.absent.checked = !form.elements.absent.checked;
      showStrike(form);
    }
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    if (event.repeat) return; // a key held down makes no second card
    const next = steps(form)[steps(form).indexOf(event.target) + 1];
    if (event.shiftKey || !next || !event.target.matches("[data-step]")) save(form);
    else go(next);
  });
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "F9") return;
  event.preventDefault();
  const first = returned.querySelector("form");
  go(steps(first && !first.contains(document.activeElement) ? first : main)[0]);
});
window.addEventListener("beforeunload", (event) => {
  if (queue.length) event.preventDefault();
});

prepare(main);
for (const one of back) showBack(one);
for (const card of queue) showWaiting(card);
go(steps(main)[0]);
tell();
send();

// The desk without waiting: codes go into a queue and are sent one after another, so that none is
// lost while the last is on its way. Without JavaScript the form does the same, a page at a time.
const TWICE = 500; // milliseconds within which a reader's doubled code counts once

const queue = [];
let busy = false;
let last = { code: "", at: -Infinity };

const form = () => document.getElementById("scan");
const field = () => form().elements.code;

const tell = (text) => {
  const line = form().querySelector("[data-waits]");
  line.hidden = !text;
  line.textContent = text;
};

const show = (html, address) => {
  const typed = field().value;
  const main = new DOMParser().parseFromString(html, "text/html").getElementById("main");
  if (!main || !main.querySelector("#scan")) {
    window.location.assign(address); // signed out, or an error's own page
    return false;
  }
  document.getElementById("main").replaceWith(document.adoptNode(main));
  window.history.replaceState(null, "", address);
  // A name or number that wasn't found stays to be put right, unless something new was typed.
  if (typed || queue.length) field().value = typed;
  field().focus();
  if (!typed) field().select();
  return true;
};

const send = async () => {
  if (busy || !queue.length) return;
  busy = true;
  const data = new FormData(form());
  data.set("code", queue[0]);
  try {
    const answer = await fetch(form().action, { method: "POST", body: data });
    const html = await answer.text();
    queue.shift();
    if (!show(html, answer.redirected ? answer.url : form().action)) return;
    tell(queue.length ? `در صف: ${queue.length.toLocaleString("fa-IR")}` : "");
    busy = false;
    send();
  } catch {
    busy = false;
    tell("فرستاده نشد؛ تا چند ثانیهٔ دیگر دوباره فرستاده می‌شود.");
    setTimeout(send, 3000);
  }
};

document.addEventListener("submit", (event) => {
  if (event.target.id !== "scan") return;
  event.preventDefault();
  const code = field().value.trim();
  field().value = "";
  if (!code) return;
  const now = performance.now();
  if (code === last.code && now - last.at < TWICE) return;
  last = { code, at: now };
  queue.push(code);
  send();
});

// A reader types wherever the focus is: its keys go to the field.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (event.key === " " || event.target.matches?.("input, textarea, select")) return;
  field().focus();
});

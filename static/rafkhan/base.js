// What every page gains when JavaScript runs; without it nothing here is missed.

// An open menu closes when one presses Escape or touches elsewhere.
const openMenus = () => document.querySelectorAll("details[data-light-dismiss][open]");
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Filters that are not in force lie folded where there is little room.
if (window.matchMedia("(max-width: 47.99em)").matches) {
  for (const box of document.querySelectorAll("details[data-fold-narrow]")) box.open = false;
}

// A form that writes is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Codes can be copied. The clipboard interface needs https, which a library's network may lack;
// selecting and the older command work there too.
const selectText = (node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
};
const copyOut = async (button) => {
  const text = button.dataset.copy;
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const holder = document.createElement("textarea");
  holder.value = text;
  holder.className = "visually-hidden";
  document.body.append(holder);
  holder.select();
  const done = document.execCommand("copy");
  holder.remove();
  if (!done) throw new Error("copy refused");
};
const showCopyButtons = (root) => {
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const said = button.querySelector("[aria-live]");
  try {
    await copyOut(button);
    said.textContent = "رونوشت برداشته شد";
    button.classList.add("is-done");
  } catch {
    selectText(button.previousElementSibling);
    said.textContent = "رونوشت برداشته نشد؛ متن انتخاب شد، آن را با صفحه‌کلید بردارید";
  }
  setTimeout(() => {
    said.textContent = "";
    button.classList.remove("is-done");
  }, 2500);
});

// A file field speaks the browser's language; it gets a Persian face that also takes a dropped file.
const persianNumber = new Intl.NumberFormat("fa-IR", { maximumFractionDigits: 1 });
const describe = (file) => {
  const megabytes = file.size / 1048576;
  return megabytes >= 1
    ? `${file.name} (${persianNumber.format(megabytes)} مگابایت)`
    : `${file.name} (${persianNumber.format(Math.ceil(file.size / 1024))} کیلوبایت)`;
};
const giveFace = (input) => {
  const face = document.createElement("label");
  face.className = "file-face";
  face.htmlFor = input.id;
  const button = document.createElement("span");
  button.className = "btn btn-quiet";
  button.textContent = "برگزیدن فایل";
  const name = document.createElement("bdi");
  name.className = "file-name";
  name.setAttribute("aria-live", "polite");
  face.append(button, name);
  const tell = () => {
    name.classList.toggle("is-chosen", input.files.length > 0);
    name.textContent = input.files.length
      ? [...input.files].map(describe).join("، ")
      : "هنوز فایلی برگزیده نشده است؛ می‌توانید آن را اینجا رها کنید.";
  };
  input.classList.add("visually-hidden", "file-input");
  input.after(face);
  input.addEventListener("change", tell);
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    face.addEventListener(kind, (event) => {
      event.preventDefault();
      face.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  tell();
};

const enhance = (root) => {
  showCopyButtons(root);
  for (const input of root.querySelectorAll("input[type=file].form-control:not(.file-input)")) {
    giveFace(input);
  }
};
enhance(document);
document.addEventListener("htmx:load", (event) => enhance(event.target));

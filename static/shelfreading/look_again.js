// A tick of the second look changes its row at once, and the page stays where it is. Without this
// module the same buttons send the form, and the page comes back.
const form = document.querySelector("form[data-looks]");

const show = (row, look) => {
  const before = row.dataset.look;
  row.dataset.look = look;
  for (const part of row.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(look);
  }
  const step = (look === "open") - (before === "open");
  for (const place of document.querySelectorAll("[data-left]")) {
    place.dataset.left = Number(place.dataset.left) + step;
    place.textContent = Number(place.dataset.left).toLocaleString("fa-IR");
  }
};

const send = async (button) => {
  const row = button.closest(".look");
  const said = row.querySelector(".look-said");
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set(button.name, button.value);
  said.hidden = true;
  row.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.reason);
    show(row, told.look);
    row.querySelector("button:not([hidden])").focus({ preventScroll: true });
  } catch (error) {
    const isOwn = error instanceof Error && !(error instanceof TypeError || error instanceof SyntaxError);
    said.textContent = isOwn ? error.message : "ثبت نشد؛ شبکه را ببینید و دوباره بزنید.";
    said.hidden = false;
  }
  row.removeAttribute("aria-busy");
};

form?.addEventListener("submit", (event) => {
  if (!event.submitter?.name.startsWith("one_")) return;
  event.preventDefault();
  if (!event.submitter.closest(".look").hasAttribute("aria-busy")) send(event.submitter);
});

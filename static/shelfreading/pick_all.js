// «همهٔ این صفحه» shows what it does: every row's box follows it, and it follows them.
// Without this module the box still counts: the server takes all rows of the page.
for (const form of document.querySelectorAll("form[data-pick-all]")) {
  const all = form.querySelector("input[name=page_all]");
  const boxes = [...form.querySelectorAll("input[name=key]")];
  if (!all) continue;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) {
    box.addEventListener("change", () => {
      all.checked = boxes.every((each) => each.checked);
    });
  }
}

// Known titles under the field, while one types. Arrows choose, Enter takes; nothing is taken that
// was not chosen, except a title that was typed in full.
const PAUSE = 120; // milliseconds of rest before the server is asked
const LEAST = 2; // letters

const same = (one, other) =>
  one.trim().replace(/[\s\u200c]/g, "") === other.trim().replace(/[\s\u200c]/g, "");

// `onTake(form)` is called once a chosen title's author and call number stand in the form.
export const completeTitles = (form, onTake) => {
  const field = form.elements.title;
  const list = document.createElement("ul");
  list.className = "known-titles";
  list.id = `${field.id}-known`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "عنوان‌های شناخته");
  field.closest(".card-title").append(list);
  for (const [name, value] of [
    ["role", "combobox"],
    ["aria-autocomplete", "list"],
    ["aria-controls", list.id],
    ["aria-expanded", "false"],
  ]) {
    field.setAttribute(name, value);
  }
  let titles = [];
  let chosen = -1;
  let timer = 0;
  let asking = null;

  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    const item = list.children[chosen];
    item?.scrollIntoView({ block: "nearest" });
    if (item) field.setAttribute("aria-activedescendant", item.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const show = (found) => {
    titles = found;
    list.replaceChildren(
      ...titles.map((title, at) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        item.textContent = title.title;
        const more = document.createElement("small");
        more.textContent = [title.author, title.call_number].filter(Boolean).join("، ");
        item.append(more);
        return item;
      }),
    );
    list.hidden = !titles.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    show([]);
  };

  const fill = (title) => {
    field.value = title.title;
    form.elements.author.value = title.author;
    form.elements.call_number.value = title.call_number;
  };

  const take = (title) => {
    fill(title);
    close();
    onTake(form);
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const words = field.value;
    try {
      const url = `${form.dataset.titles}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(url, { signal: asking.signal });
      if (!answer.ok) return;
      const found = await answer.json();
      if (field.value === words && document.activeElement === field) show(found.titles);
    } catch {
      // Without an answer one types the title in full.
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.trim().length < LEAST) return close();
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const item = event.target.closest("li");
    if (item) take(titles[[...list.children].indexOf(item)]);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose((chosen + step + titles.length + (chosen < 0 && step < 0 ? 1 : 0)) % titles.length);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter") {
      const typed = titles.find((title) => same(title.title, field.value));
      if (chosen >= 0) {
        event.preventDefault();
        event.stopPropagation();
        take(titles[chosen]);
      } else if (typed) fill(typed);
    }
  });
};

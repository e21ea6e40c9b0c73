// Suggest names while somebody types into a search field: a combobox with a list (WAI-ARIA 1.2).
// The field works without this; Enter without a choice searches as before.
import { copying } from "./copy.js";

const PAUSE = 120; // milliseconds

for (const field of document.querySelectorAll("input[data-suggest]")) suggestFor(field);
copying(); // on every page

function suggestFor(field) {
  const list = document.createElement("ul");
  list.id = `${field.id}-suggestions`;
  list.className = "suggested";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0]?.textContent ?? field.getAttribute("aria-label") ?? "");
  field.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
    field.setAttribute(name, value);

  let timer = 0;
  let asked = new AbortController();
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (place + list.children.length + 1) % (list.children.length + 1); // one place past the end: the field itself
    if (active === list.children.length) active = -1;
    const option = list.children[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };
  // Lead to what was chosen; a field of a form takes it up instead.
  const take = (option) => {
    if (!("fill" in field.dataset)) return location.assign(option.dataset.address);
    field.value = option.firstChild.textContent;
    close();
  };
  const show = ([, names, kinds, addresses]) => {
    list.replaceChildren(...names.map((name, place) => option(`${list.id}-${place}`, name, kinds[place], addresses[place])));
    active = -1;
    list.hidden = names.length === 0;
    field.setAttribute("aria-expanded", String(names.length > 0));
    field.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    asked.abort();
    if (!field.value.trim()) return close();
    asked = new AbortController();
    const address = new URL(field.dataset.suggest, location.href);
    address.searchParams.set("q", field.value.slice(0, 200));
    address.searchParams.set("lang", document.documentElement.lang);
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (answer.ok && document.activeElement === field) show(await answer.json());
    } catch {
      close(); // aborted, or the network is away: the field works as it is
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("blur", () => {
    clearTimeout(timer);
    asked.abort();
    close();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) ask();
    else if (event.key === "ArrowDown" && !list.hidden) choose(active + 1);
    else if (event.key === "ArrowUp" && !list.hidden) choose(active < 0 ? list.children.length - 1 : active - 1);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && active >= 0) take(list.children[active]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}

function option(id, name, kind, address) {
  const item = document.createElement("li");
  const small = document.createElement("small");
  item.id = id;
  if (address) item.dataset.address = new URL(address).pathname + new URL(address).search;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  small.textContent = kind;
  item.append(name, " ", small);
  return item;
}

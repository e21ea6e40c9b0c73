// Keep the last questions that were asked in this browser, and nowhere else.
const KEY = "m4sd.queries";
const MOST = 30;

export function remember(form, editor) {
  const box = document.querySelector("details[data-history]");
  if (!box) return;
  const asked = kept();
  const text = form.querySelector("textarea").value.trim();
  if (form.dataset.count !== undefined && text) {
    const others = asked.filter((each) => each.text !== text);
    asked.splice(0, asked.length, { text, count: Number(form.dataset.count), when: Date.now() }, ...others);
    keep(asked.slice(0, MOST));
  }
  show(box, asked.slice(0, MOST), editor);
  box.querySelector("button").addEventListener("click", () => {
    keep([]);
    show(box, [], editor);
  });
}

function show(box, asked, editor) {
  box.hidden = asked.length === 0;
  const rows = asked.map(({ text, count, when }) => {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "past";
    button.textContent = text.replace(/^\s*(#|PREFIX).*$/gim, "").replace(/\s+/g, " ").trim().slice(0, 120);
    button.addEventListener("click", () => editor.set(text));
    const about = document.createElement("small");
    about.textContent = `${count} · ${new Date(when).toLocaleString(document.documentElement.lang)}`;
    row.append(button, " ", about);
    return row;
  });
  box.querySelector("ol").replaceChildren(...rows);
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return []; // storage is switched off, or holds what is not ours
  }
}

function keep(asked) {
  try {
    localStorage.setItem(KEY, JSON.stringify(asked));
  } catch {
    // storage is switched off or full: nothing is remembered
  }
}

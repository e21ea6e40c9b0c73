// Take a question of the library into the editor, instead of going to a page with it.
export function questions(editor) {
  for (const link of document.querySelectorAll("a[data-rq]")) {
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const found = await fetch(link.dataset.rq).catch(() => null);
      // Its head says to the library what it is; to the reader, the question is enough.
      if (found?.ok) editor.set((await found.text()).replace(/^(?:# .*\n)*#\n/, `# ${link.textContent}\n`));
      else window.location.assign(link.href);
    });
  }
  const filter = document.querySelector("input[data-filter]");
  filter?.addEventListener("input", () => {
    const wanted = fold(filter.value);
    for (const item of document.querySelectorAll(filter.dataset.filter)) {
      item.hidden = !fold(item.textContent).includes(wanted);
    }
  });
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

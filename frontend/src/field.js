// Put an editor in the place of the text field, which stays in the form and is what is sent.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lineNumbers, keymap } from "@codemirror/view";
import { Prec } from "@codemirror/state";
import { EditorView, minimalSetup } from "codemirror";
import { sparql } from "codemirror-lang-sparql";
import { completions } from "./complete.js";
import { marked } from "./mark.js";
import { colours, looks } from "./looks.js";

const LONG = 6000; // characters that an address may hold, whatever stands between us and the reader

// Write over a selection ourselves: Chromium would put an element with an inline style in its place, which the content
// security policy forbids.
const overwriting = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || empty) return false;
    const insert = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
    const taken = view.state.facet(EditorView.inputHandler).some((take) => take(view, from, to, event.data, insert));
    if (!taken) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

// Return the editor: `get` and `set` its text, `focus` it, `send` the form.
export function enhance(form) {
  const field = form.querySelector("textarea");
  const box = document.createElement("div");
  box.className = "editor";
  field.before(box);
  // In a shadow tree the editor's styles are sheets, not elements, which the content security policy forbids.
  const root = box.attachShadow({ mode: "open" });
  const send = () => {
    form.method = field.value.length > LONG ? "post" : "get";
    form.requestSubmit();
    return true;
  };
  const view = new EditorView({
    doc: field.value,
    parent: root,
    root,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: send }])),
      minimalSetup, // Tab is left to the browser: it leads out of the editor
      lineNumbers(),
      bracketMatching(),
      closeBrackets(),
      sparql(),
      autocompletion({ override: [completions(form.dataset)], icons: false, maxRenderedOptions: 40 }),
      keymap.of([...closeBracketsKeymap, ...completionKeymap]),
      syntaxHighlighting(colours),
      looks,
      overwriting,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": field.labels[0].textContent, "aria-multiline": "true" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) field.value = update.state.doc.toString();
      }),
    ],
  });
  field.hidden = true;
  field.required = false; // a hidden field could not say that it is wanted
  field.labels[0].addEventListener("click", () => view.focus());
  form.addEventListener("submit", () => {
    form.method = field.value.length > LONG ? "post" : "get";
  });
  for (const hint of document.querySelectorAll("[data-with-editor]")) hint.hidden = false;
  marked(view, field.dataset);
  return {
    get: () => view.state.doc.toString(),
    set(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      view.focus();
    },
    focus: () => view.focus(),
  };
}

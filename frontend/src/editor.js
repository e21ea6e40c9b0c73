// Make the query page comfortable. Everything on it works without this too.
import { enhance } from "./field.js";
import { questions } from "./questions.js";
import { remember } from "./history.js";

const form = document.querySelector("form[data-editor]");

if (form) {
  const editor = enhance(form);
  questions(editor);
  remember(form, editor);
}

// Mark where the server found an error: it says at which line and column.
import { setDiagnostics } from "@codemirror/lint";

export function marked(view, { line, column, error }) {
  if (!line) return;
  const doc = view.state.doc;
  const row = doc.line(Math.min(Number(line), doc.lines));
  const from = Math.min(row.from + Math.max(Number(column) - 1, 0), row.to);
  const rest = doc.sliceString(from, row.to).match(/^[\w:.?$-]+/)?.[0].length ?? 1;
  const to = Math.min(from + rest, doc.length);
  view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message: error }]));
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  view.focus();
}

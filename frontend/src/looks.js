// The editor's looks: the page's own colours, which follow light and dark by themselves.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.integer, tags.float, tags.annotation], color: "var(--warm)" },
  { tag: tags.variableName, fontWeight: "600" },
  { tag: tags.comment, color: "color-mix(in srgb, var(--ink) 75%, var(--paper))", fontStyle: "italic" },
  { tag: tags.url, textDecoration: "underline" },
]);

export const looks = EditorView.theme({
  "&": { border: "1px solid var(--edge)", borderRadius: "0.4rem", background: "var(--paper)", color: "var(--ink)" },
  "&.cm-focused": { outline: "3px solid var(--warm)", outlineOffset: "2px" },
  ".cm-scroller": { font: "var(--code)", minHeight: "14rem", maxHeight: "65vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { background: "var(--soft)", color: "color-mix(in srgb, var(--ink) 80%, var(--paper))", border: "0" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 30%, transparent) !important",
  },
  "&.cm-focused .cm-matchingBracket": { background: "color-mix(in srgb, var(--warm) 30%, transparent)" },
  ".cm-tooltip": { background: "var(--paper)", color: "var(--ink)", border: "1px solid var(--edge)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: "var(--code)", maxHeight: "18rem", maxWidth: "min(95vw, 46rem)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.15rem 0.5rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { fontFamily: "system-ui, sans-serif", fontStyle: "normal", marginInlineStart: "1rem" },
  ".cm-completionMatchedText": { textDecoration: "none" },
  ".cm-diagnostic-error": { borderLeftColor: "#a3262a" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy #d0383d 2px" },
});

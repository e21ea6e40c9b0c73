// Complete what is written from this graph's own words: classes, properties, prefixes, and things by their label.
import { syntaxTree } from "@codemirror/language";

const KEYWORDS = (
  "SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH VALUES BIND PREFIX ASK CONSTRUCT DESCRIBE FROM NAMED " +
  "ORDER GROUP HAVING LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR LANG LANGMATCHES STR " +
  "STRSTARTS CONTAINS REGEX BOUND COALESCE EXISTS DATATYPE YEAR"
).split(" ");
const MOST = 40;
const KINDS = { class: "class", property: "property", thing: "constant" };

// Return a source of completions; `about` names where the words are, and which language its reader reads.
export function completions(about) {
  const own = fetch(about.terms).then((found) => (found.ok ? found.json() : { prefixes: {}, terms: [] }));
  own.catch(() => {}); // without the network, the editor is a plain one
  return async (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return { from: variable.from, options: variables(context, variable.text) };
    const word = context.matchBefore(/[\p{L}\d][\p{L}\d-]*(?::[\p{L}\d._-]*)?|:/u);
    if (!word || (word.text.length < 2 && !context.explicit) || silent(context)) return null;
    const known = await own.catch(() => ({ prefixes: {}, terms: [] }));
    const options = [...within(known, word.text, about.lang), ...(await things(about, word.text, context))];
    return { from: word.from, options: options.slice(0, MOST), filter: false };
  };
}

function silent(context) {
  const node = syntaxTree(context.state).resolveInner(context.pos, -1).name;
  return ["Comment", "String", "IriRef"].includes(node);
}

function variables(context, asked) {
  const names = new Set(context.state.doc.toString().match(/[?$]\w+/g));
  names.delete(asked);
  return [...names].sort().map((label) => ({ label, type: "variable" }));
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

// The words of the ontology, those first that begin with what is written.
function within(known, text, lang) {
  const wanted = plain(text);
  const found = [];
  for (const term of known.terms) {
    const local = plain(term.name.slice(term.name.indexOf(":") + 1));
    const labels = [term.en, term.fr].map((each) => plain(each ?? ""));
    const rank = [plain(term.name).startsWith(wanted), local.startsWith(wanted), labels.some((l) => l.startsWith(wanted)),
      labels.some((l) => l.includes(wanted))].indexOf(true);
    if (rank >= 0) found.push([rank, -term.uses, option(term.name, term.kind, term[lang] ?? term.en)]);
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const prefixes = Object.keys(known.prefixes).filter((each) => `${each}:`.startsWith(text) && !text.includes(":"));
  const keywords = KEYWORDS.filter((each) => text.length > 1 && each.startsWith(text.toUpperCase()));
  return [
    ...keywords.map((label) => ({ label, type: "keyword" })),
    ...prefixes.map((each) => ({ label: `${each}:`, type: "namespace", detail: known.prefixes[each] })),
    ...found.map(([, , each]) => each),
  ];
}

async function things(about, text, context) {
  if (text.length < 3) return [];
  const address = `${about.terms}${about.terms.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`;
  const stop = new AbortController();
  context.addEventListener("abort", () => stop.abort());
  try {
    const found = await fetch(address, { signal: stop.signal });
    return found.ok ? (await found.json()).terms.map((each) => option(each.name, "thing", each.label)) : [];
  } catch {
    return []; // the reader went on writing, or the network is away
  }
}

function option(name, kind, detail) {
  return { label: name, type: KINDS[kind] ?? kind, detail: detail ?? "" };
}

-- The index: what is shown of things, their names as they are looked for, and who is found under which facet.
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, code TEXT NOT NULL);
-- One row for each language of ours: the best name, the language that it is in, and a few words on the thing.
CREATE TABLE label (
    lang TEXT, thing INTEGER, text TEXT NOT NULL, spoken TEXT NOT NULL, note TEXT NOT NULL, note_spoken TEXT NOT NULL,
    sort TEXT NOT NULL, PRIMARY KEY (lang, thing)
) WITHOUT ROWID;
CREATE TABLE name (
    key TEXT, weight INTEGER, thing INTEGER, lang TEXT, text TEXT, PRIMARY KEY (key, weight, thing, lang, text)
) WITHOUT ROWID;
CREATE INDEX name_of ON name (thing);
CREATE TABLE facet (name TEXT, value TEXT, thing INTEGER, PRIMARY KEY (name, value, thing)) WITHOUT ROWID;
CREATE INDEX facet_of ON facet (thing);
-- What `facet` holds, by value, ready to be counted: the numbers of the things, four bytes each.
CREATE TABLE value (name TEXT, value TEXT, iri TEXT NOT NULL, ids BLOB, PRIMARY KEY (name, value)) WITHOUT ROWID;
-- All things in the order of a list: by kind, then by name in a language.
CREATE TABLE listing (lang TEXT PRIMARY KEY, ids BLOB NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (
    name, code, other, text, tokenize = "unicode61 remove_diacritics 0", prefix = '1 2 3'
);
PRAGMA user_version = 3;

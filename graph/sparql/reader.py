"""Read the outline of a query.

This is no parser: the engine is. It takes any text, in linear time, and makes what it can of what is no SPARQL.
"""

from typing import Final

from graph.sparql.outline import Block, Formula, Group, Outline, Part, Select, Triple, Union, Values
from graph.sparql.tokens import Token, tokens

_FORMS: Final = frozenset({"SELECT", "CONSTRUCT", "ASK", "DESCRIBE"})
_GROUPS: Final = frozenset({"OPTIONAL", "MINUS", "GRAPH", "SERVICE", "LATERAL", "WHERE"})
_OPERATORS: Final = frozenset("|&!=<>+-*/")
_END: Final = Token("end", "", -1)


def outline(text: str) -> Outline:
    """Return the outline of a query, whose nesting must be capped."""
    reader = _Reader(list(tokens(text)))
    query = reader.query()
    return Outline(query, tuple(reader.patterns), tuple(reader.operators))


class _Reader:
    """Read tokens one after the other; every loop takes one or ends."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens, self._at = found, 0
        self._triples: list[Triple] = []
        self.patterns: list[int] = []
        self.operators: list[int] = []

    def _next(self, ahead: int = 0) -> Token:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else _END

    def _word(self) -> str:
        token = self._next()
        return token.text.upper() if token.kind == "word" else ""

    def _is(self, *texts: str) -> bool:
        return self._next().kind == "mark" and self._next().text in texts

    def _ends(self) -> bool:
        return self._next() is _END

    def _take(self) -> Token:
        token = self._next()
        self._at += 1
        return token

    def _end(self) -> int:
        """Return where the token taken last ends."""
        last = self._tokens[min(self._at, len(self._tokens)) - 1] if self._tokens and self._at else Token("", "", 0)
        return last.start + len(last.text)

    def query(self) -> Select:
        """Read a query behind its prologue, or a subquery."""
        while not self._ends() and self._word() not in _FORMS:
            self._take()
        start = max(self._next().start, 0)
        form = self._word()
        head = self._until("WHERE", "FROM", "{") if self._take() is not _END else ()
        if form == "CONSTRUCT" and self._is("{"):
            self._skip("{", "}")
        dataset = self._until("WHERE", "{")
        first = max(self._next().start, 0)
        self._at += self._word() == "WHERE"
        where = self._group("WHERE", None, first)
        return Select(form, head, dataset, where, self._until("}"), start, self._end())

    def _until(self, *stops: str) -> tuple[Token, ...]:
        """Take tokens up to a keyword or mark, outside all brackets."""
        found: list[Token] = []
        while not self._ends() and self._word() not in stops and not self._is(*stops):
            if self._is("("):
                found += self._expression([])
            elif self._is("{"):  # of VALUES at the end
                found += self._skip("{", "}")
            else:
                found.append(self._take())
        return tuple(found)

    def _group(self, keyword: str, name: Token | None = None, start: int | None = None) -> Group:
        opens = max(self._next().start, 0)
        start = opens if start is None else start
        if not self._is("{"):
            return Group(keyword, (), name, start, opens, opens)
        self._take()
        parts: list[Part] = []
        while not self._ends() and not self._is("}"):
            before = self._at
            part = self._part()
            if part is not None:
                parts.append(part)
            elif self._at == before:
                self._take()  # no SPARQL
        self._take()
        return Group(keyword, tuple(parts), name, start, opens, self._end())

    def _part(self) -> Part | None:
        word = self._word()
        if word == "SELECT":
            return self.query()
        if self._is("{") and not self._annotates():
            return self._union()
        if word in ("FILTER", "BIND"):
            return self._formula()
        if word == "VALUES":
            return self._values()
        if word in _GROUPS:
            return self._keyword_group()
        return self._block()

    def _keyword_group(self) -> Group:
        start, name = self._next().start, None
        keyword = self._take().text.upper()
        while keyword in ("GRAPH", "SERVICE") and not self._ends() and not self._is("{", "}"):
            name = self._take()
        return self._group(keyword, name, start)

    def _union(self) -> Part:
        start, branches = self._next().start, [self._group("")]
        while self._word() == "UNION":
            self._take()
            branches.append(self._group("UNION"))
        return Union(tuple(branches), start, self._end()) if len(branches) > 1 else branches[0]

    def _formula(self) -> Formula:
        keyword = self._take()
        self.operators.append(keyword.start)
        taken: list[Token] = []
        nested: list[Group] = []
        while not self._ends() and not self._is("(", "{", "}", "."):
            taken.append(self._take())
        if self._is("("):
            taken += self._expression(nested)
        elif self._is("{"):
            nested.append(self._group("EXISTS"))
        return Formula(keyword.text.upper(), tuple(taken), tuple(nested), keyword.start, self._end())

    def _expression(self, nested: list[Group]) -> list[Token]:
        """Take what is in round brackets, with them, and the groups of EXISTS in it apart."""
        taken, depth = [self._take()], 1
        while depth and not self._ends():
            if self._is("{"):
                nested.append(self._group("EXISTS"))
                continue
            token = self._take()
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
            if token.kind == "mark" and token.text in _OPERATORS and self._operates(taken[-1], token):
                self.operators.append(token.start)
            taken.append(token)
        return taken

    def _operates(self, before: Token, token: Token) -> bool:
        """Return whether a mark counts: the second of `||` does not, nor does the sign of a number in a list."""
        if token.text in "|&=" and before.text in ("|", "&", "!", "<", ">") and before.start == token.start - 1:
            return False
        return not (token.text in "+-" and before.text in ("(", ",") and self._next().kind == "number")

    def _values(self) -> Values:
        start = self._take().start
        names: list[str] = []
        while not self._ends() and not self._is("{", "}"):
            token = self._take()
            names += [token.text[1:]] if token.kind == "variable" else []
        data = self._skip("{", "}") if self._is("{") else []
        partial = any(token.text.upper() == "UNDEF" for token in data)
        return Values(tuple(names), partial, start, self._end())

    def _skip(self, left: str, right: str) -> list[Token]:
        taken, depth = [self._take()], 1
        while depth and not self._ends():
            token = self._take()
            depth += {left: 1, right: -1}.get(token.text, 0) if token.kind == "mark" else 0
            taken.append(token)
        return taken

    def _block(self) -> Block | None:
        start, self._triples = self._next().start, []
        while not self._block_ends():
            if self._is(".", ";", ","):
                self._take()
                continue
            before = self._at
            self._properties(self._node())
            if self._at == before:
                self._take()  # no SPARQL
        found = tuple(self._triples)
        return Block(found, start, self._end()) if found else None

    def _block_ends(self) -> bool:
        word = self._word()
        return self._ends() or self._is("{", "}") or word in _GROUPS or word in ("FILTER", "BIND", "VALUES", "UNION")

    def _properties(self, subject: Token) -> None:
        """Read the properties of a subject, up to the end of its statement or bracket."""
        while True:
            while self._is(";"):
                self._take()
            path = self._path()
            if not path:
                return
            self._objects(subject, path)

    def _objects(self, subject: Token, path: tuple[Token, ...]) -> None:
        start = subject.start if subject.kind != "node" else path[0].start
        while True:
            found = self._node()
            self._note(Triple(subject, path, found, max(start, 0), self._end()))
            if self._annotates():
                self._take()
                self._take()
                self._properties(found)
                while not self._ends() and self._take().text != "}":
                    pass
            if not self._is(","):
                return
            self._take()

    def _note(self, triple: Triple) -> None:
        self._triples.append(triple)
        self.patterns.append(triple.start)

    def _annotates(self) -> bool:
        bar = self._next(1)
        return self._is("{") and bar.kind == "mark" and bar.text == "|" and bar.start == self._next().start + 1

    def _node(self) -> Token:
        """Read a subject or an object."""
        token = self._next()
        if self._is("["):
            self._take()
            node = Token("node", "[", token.start)
            self._properties(node)
            self._at += self._is("]")
            return node
        if self._is("("):
            return self._list()
        if self._is("<") and self._next(1).text == "<":
            return self._triple_term()
        if self._is("+", "-"):
            self._take()
        if self._next().kind in ("mark", "end") or self._block_ends():
            return Token("none", "", token.start)
        found = self._take()
        if found.kind == "string" and self._is("^"):
            self._at += 3  # ^^ and the datatype
        elif found.kind == "string" and self._word().startswith("@"):
            self._take()
        return found

    def _list(self) -> Token:
        node = Token("node", "(", self._take().start)
        while not self._ends() and not self._is(")", "}", "{"):
            before = self._at
            item = self._node()
            if self._at == before:
                break
            self._note(Triple(node, (), item, item.start, self._end()))
            self.patterns.append(item.start)
        self._at += self._is(")")
        return node

    def _triple_term(self) -> Token:
        node = Token("node", "<<", self._take().start)
        self._take()
        if self._is("("):
            self._take()
        self._properties(self._node())
        while not self._ends() and self._is(")", ">", "~"):
            self._take()
        return node

    def _path(self) -> tuple[Token, ...]:
        """Read a predicate: a variable, a name, or a path of them."""
        taken: list[Token] = []
        while True:
            while self._is("^", "!"):
                taken.append(self._take())
            if self._is("("):
                within = self._skip("(", ")")
                self.patterns += [token.start for token in within if token.kind == "mark" and token.text in "/|"]
                taken += within
            elif self._next().kind in ("iri", "name", "variable") or self._next().text == "a":
                taken.append(self._take())
            else:
                return tuple(taken)
            while self._is("*", "+", "?") and not self._signs():
                taken.append(self._take())
            if not self._is("/", "|"):
                return tuple(taken)
            self.patterns.append(self._next().start)
            taken.append(self._take())

    def _signs(self) -> bool:
        """Return whether `+` here is the sign of a number behind it."""
        after = self._next(1)
        return self._is("+") and after.kind == "number" and after.start == self._next().start + 1

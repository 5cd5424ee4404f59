"""Resolve the variables in a tree, and report each unresolved variable once, at its position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scfdeploy.config.variables import errors
from scfdeploy.config.variables.errors import VARIABLE_DOT_FORM, Problem
from scfdeploy.config.variables.scan import Escaped, Part, Reference, scan
from scfdeploy.config.variables.sources import VariableSources
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.diagnostics import Diagnostic, Diagnostics, Edit, Position, Span, reworded
from scfdeploy.model import Ref, holds_secret

_LONGEST = 100_000
_DEEPEST = 50
_MOST_PROBLEMS = 100
"""In one scalar: to find the place of each takes as long as the scalar is, and nobody reads more."""
_STEP = 10  # what each step counts, so that many empty values come to an end too


class Resolver:
    """Resolves the variables of one file. `report` gives what it met; call it once, at the end."""

    def __init__(self, answers: VariableSources, lines: Sequence[str]) -> None:
        self._answers = answers
        self._lines = lines
        self._met: dict[tuple[str, str], Diagnostic] = {}

    @property
    def lines(self) -> Sequence[str]:
        """The lines of the file."""
        return self._lines

    def knowing(self, answers: VariableSources) -> Resolver:
        """One for the same file that knows more; what both meet is reported once."""
        other = Resolver(answers, self._lines)
        other._met = self._met
        return other

    def tree(self, node: Node) -> Node:
        """The tree with every value resolved. Keys stay as they are."""
        match node:
            case ScalarNode():
                return self.scalar(node)
            case SequenceNode(items=items):
                return SequenceNode(tuple(self.tree(item) for item in items), node.span)
            case MappingNode():
                return self.mapping(node)

    def mapping(self, node: MappingNode) -> MappingNode:
        """The same for a mapping."""
        return MappingNode(tuple(Entry(entry.key, self.tree(entry.value)) for entry in node), node.span)

    def scalar(self, node: ScalarNode) -> ScalarNode:
        """The scalar with its variables replaced; it is text then. One that cannot be resolved is marked broken.

        What has been resolved stays as it is, and so does the value of a variable: neither is resolved again.
        """
        if node.style in (Style.RESOLVED, Style.BROKEN):
            return node
        if node.style is Style.PLAIN and node.text.startswith("<%") and node.text.endswith("%>"):
            self._note(errors.placeholder(node.text), node.span)
            return replace(node, style=Style.BROKEN)
        if "${" not in node.text:
            return node
        texts: list[str] = []
        sensitive = broken = replaced = False
        before: Counter[str] = Counter()
        reported = 0
        ref: Ref | None = None
        parts = scan(node.text)
        for part in parts:
            replaced = replaced or not isinstance(part, str)
            if not isinstance(part, Reference):
                texts.append(self._literal(part, node))
                continue
            expansion = _Expansion(self._answers)
            text = expansion.reference(part, (), is_whole=len(parts) == 1)
            ref = expansion.ref
            if expansion.problems and reported < _MOST_PROBLEMS:
                reported += 1
                span = _place(self._lines, node.span, part.raw, before[part.raw])
                for found in expansion.problems:
                    self._note(found, span, _colon_form(found, part.raw, span))
            before[part.raw] += 1
            sensitive = sensitive or expansion.sensitive
            broken = broken or text is None
            texts.append(text or "")
        if broken:
            return replace(node, style=Style.BROKEN)
        if not replaced:
            return node
        whole = "".join(texts)
        return ScalarNode(whole, Style.RESOLVED, node.span, sensitive or holds_secret(whole), ref)

    def _literal(self, part: str | Escaped, node: ScalarNode) -> str:
        if isinstance(part, Escaped):
            return part.text
        if "${" in part:
            self._note(errors.unclosed(part), _place(self._lines, node.span, "${", 0))
        return part

    def outputs(self, node: Node) -> Iterator[tuple[str, Span]]:
        """Every `output:…` that the tree names and `--var` does not give, with its place; what is wrong is not told."""
        match node:
            case MappingNode():
                for entry in node:
                    yield from self.outputs(entry.value)
            case SequenceNode(items=items):
                for item in items:
                    yield from self.outputs(item)
            case ScalarNode() if "${output:" in node.text:
                for part in scan(node.text):
                    if not isinstance(part, Reference):
                        continue
                    form = _Expansion(self._answers).form(part)
                    if form is not None and form.startswith("output:") and form not in self._answers.variables:
                        yield form, _place(self._lines, node.span, part.raw, 0)

    def report(self, diagnostics: Diagnostics) -> None:
        """Hand over what was met."""
        diagnostics.extend(self._met.values())
        self._met.clear()

    def _note(self, found: Problem, span: Span, fix: tuple[Edit, ...] = ()) -> None:
        key = (found.diagnostic.rule, found.about)
        known = self._met.get(key)
        if known is None:
            self._met[key] = replace(found.diagnostic, subject=span, fix=fix)
        else:
            self._met[key] = replace(known, related=(*known.related, ("also here", span)), fix=(*known.fix, *fix))


class _Expansion:
    """The expansion of one variable, with all that its value contains."""

    def __init__(self, answers: VariableSources) -> None:
        self._answers = answers
        self._length = 0
        self.problems: list[Problem] = []
        self.sensitive = False
        self.ref: Ref | None = None

    def form(self, reference: Reference) -> str | None:
        """What stands between the braces, with the variables in it put in; None when that cannot be said."""
        inner = None if reference.is_placeholder else self._parts(reference.inner, ())
        return None if inner is None else self._form(reference, inner)

    def _form(self, reference: Reference, inner: str) -> str:
        written = reference.raw[2:-1]
        return written if written in self._answers.variables else inner.strip()

    def reference(self, reference: Reference, trail: tuple[str, ...], *, is_whole: bool = False) -> str | None:
        """The text that a variable stands for, or None. `trail` are the variables whose values led here.

        Only where it `is_whole`, the only thing in its place, may it stand for a value that is known `later`.
        """
        if reference.is_placeholder:
            return self._failed(errors.placeholder(reference.raw))
        inner = self._parts(reference.inner, trail)
        if inner is None:
            return None
        form = self._form(reference, inner)
        if form in trail or len(trail) > _DEEPEST:
            return self._failed(errors.cycle((*trail, form)))
        match self._answers.look_up(form):
            case Problem() as found:
                return self._failed(found)
            case answer:
                if answer.note is not None:
                    self.problems.append(answer.note)
                self.sensitive = self.sensitive or answer.sensitive
                if answer.ref is not None and not is_whole:
                    return self._failed(errors.output_within_text(form))
                self.ref = answer.ref
                return self._grown(answer.text, form) if answer.final else self._value(answer.text, (*trail, form))

    def _value(self, text: str, trail: tuple[str, ...]) -> str | None:
        """What `name`, `app`, `stage` or `org` of the file says. An unknown variable in it is reported at that key."""
        parts: list[Part] = [
            part.raw if isinstance(part, Reference) and not self._is_meant(part) else part for part in scan(text)
        ]
        expanded = self._parts(parts, trail)
        return None if expanded is None else self._grown(expanded, trail[-1])

    def _is_meant(self, reference: Reference) -> bool:
        return not reference.is_placeholder and self._answers.knows(reference.raw[2:-1].strip())

    def _parts(self, parts: Sequence[Part], trail: tuple[str, ...]) -> str | None:
        texts: list[str] = []
        text: str | None
        whole = True
        for part in parts:
            match part:
                case Reference():
                    text = self.reference(part, trail)
                case Escaped():
                    text = part.text
                case str():
                    text = part
            whole = whole and text is not None
            texts.append(text or "")
            if self._length > _LONGEST:
                break  # the other parts would only grow on
        return "".join(texts) if whole else None

    def _grown(self, text: str, form: str) -> str | None:
        self._length += len(text) + _STEP
        return text if self._length <= _LONGEST else self._failed(errors.too_long(form))

    def _failed(self, found: Problem) -> str | None:
        if found not in self.problems:
            self.problems.append(found)
        return None


def _colon_form(found: Problem, raw: str, span: Span) -> tuple[Edit, ...]:
    """The fix of a variable in the old spelling; none where that came out of another variable."""
    if found.diagnostic.rule != VARIABLE_DOT_FORM.id or raw != f"${{{found.about}}}":
        return ()
    return reworded(span, raw, raw.replace("env.", "env:", 1))


def _place(lines: Sequence[str], span: Span, raw: str, nth: int) -> Span:
    """Where in the file the nth `raw` of the scalar at `span` stands; the whole scalar where escapes hide it."""
    for line in range(span.start.line, min(span.end.line, len(lines)) + 1):
        text = lines[line - 1]
        at = span.start.column - 1 if line == span.start.line else 0
        end = span.end.column - 1 if line == span.end.line else len(text)
        while (at := text.find(raw, at, end)) >= 0:
            if nth == 0:
                return Span(span.file, Position(line, at + 1), Position(line, at + len(raw) + 1))
            nth -= 1
            at += len(raw)
    return span

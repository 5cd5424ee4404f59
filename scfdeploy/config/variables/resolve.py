"""Resolve the variables in a tree, and report each unresolved variable once, at its position."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import is_
from typing import TypeAlias

from scfdeploy.config.variables import errors
from scfdeploy.config.variables.errors import (
    VARIABLE_DOT_FORM,
    VARIABLE_NOT_SUPPORTED,
    VARIABLE_UNSET,
    Problem,
    is_source,
)
from scfdeploy.config.variables.scan import MOST_DEFAULTS, Escaped, Part, Reference, alternatives, scan, without_quotes
from scfdeploy.config.variables.sources import VariableSources, VariableValue
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from scfdeploy.diagnostics import Diagnostic, Diagnostics, Edit, Position, Span, message, reworded
from scfdeploy.model import Ref, holds_secret
from scfdeploy.records import replace

ReplacementLookup: TypeAlias = Callable[[Reference, ScalarNode, Span, str], str | None]
"""The text to write instead of a variable of another tool, of its scalar, its position and the scalar's first
character; None if the files do not tell."""

_MAX_LENGTH = 100_000
_MAX_DEPTH = 50
_MOST_PROBLEMS = 100
"""The problems that are reported for one scalar. Finding the position of each takes time."""
_NO_DEFAULTS = ("null", "~", "undefined")
"""Words that are no text without quotes: deploying them as text is never meant."""
_COST_OF_STEP = 10
"""The length that each expansion counts, so that many empty values are limited too."""


class Resolver:
    """Resolves the variables of one file, and collects diagnostics until `report` is called."""

    def __init__(
        self, sources: VariableSources, lines: Sequence[str], replacements: ReplacementLookup | None = None
    ) -> None:
        self._sources = sources
        self._replacements = replacements
        self._lines = lines
        self._collected: dict[tuple[str, str], Diagnostic] = {}
        self._places: set[tuple[str, str, Span]] = set()
        self.unset: dict[str, None] = {}
        """The environment variables that are reported as not set."""

    @property
    def lines(self) -> Sequence[str]:
        """The lines of the file."""
        return self._lines

    def with_sources(self, sources: VariableSources) -> Resolver:
        """A resolver for the same file with other sources. Both collect into one list."""
        other = Resolver(sources, self._lines, self._replacements)
        other._collected, other._places, other.unset = self._collected, self._places, self.unset
        return other

    def tree(self, node: Node) -> Node:
        """The tree with all values resolved; keys are unchanged."""
        match node:
            case ScalarNode():
                return self.scalar(node)
            case SequenceNode(items=items):
                resolved = [self.tree(item) for item in items]
                is_same = all(map(is_, resolved, items))
                return node if is_same else SequenceNode(tuple(resolved), node.span)
            case MappingNode(entries=entries):
                entries = tuple([self._entry(entry) for entry in entries])
                is_same = all(map(is_, entries, node.entries))
                return node if is_same else MappingNode(entries, node.span)

    def _entry(self, entry: Entry) -> Entry:
        value = self.tree(entry.value)
        return entry if value is entry.value else Entry(entry.key, value)

    def scalar(self, node: ScalarNode) -> ScalarNode:
        """The scalar with its variables replaced, which makes it text; broken if one cannot be resolved.

        Neither a resolved scalar nor the value of a variable is resolved again.
        """
        if node.style in (Style.RESOLVED, Style.BROKEN):
            return node
        if node.style is Style.PLAIN and node.text.startswith("<%") and node.text.endswith("%>"):
            self._collect(errors.placeholder(node.text), node.span, _variable_instead(node))
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
            expansion = _Expansion(self._sources)
            text = expansion.reference(part, (), is_entire=len(parts) == 1)
            ref = expansion.ref
            if expansion.problems and reported < _MOST_PROBLEMS:
                reported += 1
                span = _find_span(self._lines, node.span, part.raw, before[part.raw])
                for problem in expansion.problems:
                    self._report(problem, part, node, span)
            before[part.raw] += 1
            sensitive = sensitive or expansion.sensitive
            broken = broken or text is None
            texts.append(text or "")
        if broken:
            return replace(node, style=Style.BROKEN)
        if not replaced:
            return node
        resolved = "".join(texts)
        return ScalarNode(resolved, Style.RESOLVED, node.span, sensitive or holds_secret(resolved), ref)

    def _report(self, problem: Problem, reference: Reference, node: ScalarNode, span: Span) -> None:
        """Collect a problem, with the text to write instead of a variable of another tool if the files tell."""
        if problem.diagnostic.rule != VARIABLE_NOT_SUPPORTED.id:
            self._collect(problem, span, _colon_form(problem, reference.raw, span))
            return
        text = None
        is_found = span.start.line == span.end.line and span.end.column - span.start.column == len(reference.raw)
        if self._replacements is not None and is_found:
            quote = self._lines[node.span.start.line - 1][node.span.start.column - 1 :][:1]
            text = self._replacements(reference, node, span, quote)
        if text is None:
            self._collect(problem, span)
            return
        diagnostic = replace(problem.diagnostic, hint=errors.write_instead(text))
        self._collect(Problem(reference.raw, diagnostic), span, reworded(span, reference.raw, text))

    def _literal(self, part: str | Escaped, node: ScalarNode) -> str:
        if isinstance(part, Escaped):
            return part.text
        if "${" in part:
            self._collect(errors.unclosed(part), _find_span(self._lines, node.span, "${", 0))
        return part

    def outputs(self, node: Node) -> Iterator[tuple[str, Span]]:
        """The `output:…` references in the tree without those that `--var` sets. Problems are not collected."""
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
                    for form in _Expansion(self._sources).outputs(part):
                        yield form, _find_span(self._lines, node.span, part.raw, 0)

    def report(self, diagnostics: Diagnostics) -> None:
        """Move the collected diagnostics to `diagnostics`."""
        diagnostics.extend(self._collected.values())
        self._collected.clear()

    def _collect(self, problem: Problem, span: Span, fix: tuple[Edit, ...] = ()) -> None:
        key = (problem.diagnostic.rule, problem.subject)
        if (*key, span) in self._places:
            return  # a setting that several functions share
        self._places.add((*key, span))
        if problem.diagnostic.rule == VARIABLE_UNSET.id and problem.subject.startswith("env:"):
            self.unset[problem.subject.removeprefix("env:")] = None
        first = self._collected.get(key)
        if first is None:
            self._collected[key] = replace(problem.diagnostic, subject=span, fix=fix)
        else:
            related = (*first.related, (message("also here"), span))
            self._collected[key] = replace(first, related=related, fix=(*first.fix, *fix))


class _Expansion:
    """The expansion of one variable and of the variables in its value."""

    def __init__(self, sources: VariableSources) -> None:
        self._sources = sources
        self._length = 0
        self.problems: list[Problem] = []
        self.sensitive = False
        self.ref: Ref | None = None

    def outputs(self, reference: Reference) -> Iterator[str]:
        """The `output:…` forms of a variable and of its defaults, without those that `--var` sets."""
        if reference.is_placeholder or reference.raw[2:-1] in self._sources.variables:
            return
        for parts in alternatives(reference.inner):
            match parts:
                case (Reference() as default,):
                    yield from self.outputs(default)
                case (str() as first, *_) if first.startswith("output:"):
                    form = self._parts(parts, ())
                    if form is not None and form not in self._sources.variables:
                        yield form

    def reference(self, reference: Reference, trail: tuple[str, ...], *, is_entire: bool = False) -> str | None:
        """The value of a variable, or None. `trail` are the variables whose values contain it.

        Only a variable that `is_entire`, the whole scalar, can have a value that is known after apply.
        """
        if reference.is_placeholder:
            return self._failed(errors.placeholder(reference.raw))
        original = reference.raw[2:-1]
        if original in self._sources.variables:
            return self._look_up(original, trail, is_entire=is_entire)
        source, *defaults = alternatives(reference.inner)
        if len(defaults) > MOST_DEFAULTS:
            return self._failed(errors.invalid_default(original.partition(",")[0]))
        form = self._parts(source, trail)
        if form is None:
            return None
        return self._first(form, defaults, trail, is_entire=is_entire)

    def _look_up(self, form: str, trail: tuple[str, ...], *, is_entire: bool) -> str | None:
        """The value of `${form}`."""
        if form in trail or len(trail) > _MAX_DEPTH:
            return self._failed(errors.cycle((*trail, form)))
        found = self._sources.look_up(form)
        return self._failed(found) if isinstance(found, Problem) else self._use(found, form, trail, is_entire=is_entire)

    def _use(self, value: VariableValue, form: str, trail: tuple[str, ...], *, is_entire: bool) -> str | None:
        if value.note is not None:
            self.problems.append(value.note)
        self.sensitive = self.sensitive or value.sensitive
        if value.ref is not None and not is_entire:
            return self._failed(errors.output_within_text(form))
        self.ref = value.ref
        return self._limited(value.text, form) if value.final else self._own(value.text, (*trail, form))

    def _first(
        self, form: str, defaults: Sequence[tuple[Part, ...]], trail: tuple[str, ...], *, is_entire: bool
    ) -> str | None:
        """The value of `${form}`, or of the first of its defaults that has one."""
        found = self._sources.look_up(form)
        if not defaults or not isinstance(found, Problem) or found.diagnostic.rule != VARIABLE_UNSET.id:
            return self._look_up(form, trail, is_entire=is_entire)
        parts, *others = defaults
        source = _source_of(parts)
        if source is not None:
            inner, *more = source
            next_form = self._parts(inner, trail)
            return None if next_form is None else self._first(next_form, [*more, *others], trail, is_entire=is_entire)
        quoted = without_quotes(parts)
        if quoted is None and (not parts or others or str(parts[0])[:1] in ("'", '"') or parts[0] in _NO_DEFAULTS):
            return self._failed(errors.invalid_default(form))
        text = self._parts(parts if quoted is None else quoted, trail)
        return None if text is None else self._use(self._sources.default(form, text), form, trail, is_entire=is_entire)

    def _own(self, text: str, trail: tuple[str, ...]) -> str | None:
        """The resolved value of `name`, `app`, `stage` or `org`. Unknown variables in it are reported at that key."""
        parts: list[Part] = [
            part.raw if isinstance(part, Reference) and not self._is_known(part) else part for part in scan(text)
        ]
        expanded = self._parts(parts, trail)
        return None if expanded is None else self._limited(expanded, trail[-1])

    def _is_known(self, reference: Reference) -> bool:
        return not reference.is_placeholder and self._sources.knows(reference.raw[2:-1].strip())

    def _parts(self, parts: Sequence[Part], trail: tuple[str, ...]) -> str | None:
        texts: list[str] = []
        text: str | None
        is_resolved = True
        for part in parts:
            match part:
                case Reference():
                    text = self.reference(part, trail)
                case Escaped():
                    text = part.text
                case str():
                    text = part
            is_resolved = is_resolved and text is not None
            texts.append(text or "")
            if self._length > _MAX_LENGTH:
                break
        return "".join(texts) if is_resolved else None

    def _limited(self, text: str, form: str) -> str | None:
        self._length += len(text) + _COST_OF_STEP
        return text if self._length <= _MAX_LENGTH else self._failed(errors.too_long(form))

    def _failed(self, problem: Problem) -> str | None:
        if problem not in self.problems:
            self.problems.append(problem)
        return None


def _source_of(default: tuple[Part, ...]) -> tuple[tuple[Part, ...], ...] | None:
    """The variable that is a default, with its own defaults; None for text."""
    match default:
        case (Reference(is_placeholder=False, inner=inner),):
            return alternatives(inner)
        case (str() as first, *_) if is_source(first):
            return (default,)
    return None


def _variable_instead(node: ScalarNode) -> tuple[Edit, ...]:
    """The fix that writes a variable instead of a placeholder with one name; none for any other placeholder."""
    from scfdeploy.model.environment_name import environment_name

    match = re.fullmatch(r"<%=?\s*([A-Za-z_]\w*)\s*%>", node.text, re.ASCII)
    name = environment_name(match[1]) if match is not None else ""
    return reworded(node.span, node.text, f"${{env:{name}}}") if name else ()


def _colon_form(problem: Problem, raw: str, span: Span) -> tuple[Edit, ...]:
    """The fix of a variable in the old spelling; none if the spelling comes from another variable."""
    if problem.diagnostic.rule != VARIABLE_DOT_FORM.id or raw != f"${{{problem.subject}}}":
        return ()
    return reworded(span, raw, raw.replace("env.", "env:", 1))


def _find_span(lines: Sequence[str], span: Span, raw: str, nth: int) -> Span:
    """The span of the nth `raw` in the scalar at `span`; that of the scalar if its text contains escapes."""
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

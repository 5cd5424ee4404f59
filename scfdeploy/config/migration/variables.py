"""Convert variables of older formats: to the current syntax, or to the value they refer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from scfdeploy.config.migration.function_settings import NOT_CARRIED_OVER
from scfdeploy.config.rewriting.layout import last_line, walk
from scfdeploy.config.rewriting.rewrite import Rewrite
from scfdeploy.config.variables.errors import is_other_source, suggested_name
from scfdeploy.config.variables.framework_variables import FrameworkVariables, written
from scfdeploy.config.variables.framework_variables import Replacement as ValueText
from scfdeploy.config.variables.scan import Reference, scan
from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, Style, is_null
from scfdeploy.config.yaml.nodes import node_at
from scfdeploy.diagnostics import Diagnostics, Position, Span

Replacement: TypeAlias = str | ScalarNode | None
"""What replaces a variable: a text, or the value of a scalar of the file; None leaves it unchanged."""
Lookup: TypeAlias = Callable[[str, Span], Replacement]
"""Called with the text between the braces and the span of the variable."""

_VARIABLE = re.compile(r"(?<!\$)\$\{([^${}]+)\}")


def rewrite_variables(node: Node, look_up: Lookup, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    """Replace the variables in all scalars below a node.

    A variable whose value cannot be written there stays, which is reported.
    """
    scalars = [scalar for scalar in walk(node) if isinstance(scalar, ScalarNode) and "${" in scalar.text]
    for scalar in sorted(scalars, key=lambda scalar: scalar.span.start):
        for line in range(scalar.span.start.line, scalar.span.end.line + 1):
            _rewrite_line(scalar, line, look_up, rewrite, diagnostics)


def rewrite_framework_variables(
    node: Node,
    tree: MappingNode,
    root: str,
    rewrite: Rewrite,
    name_unknown: Callable[[str, Span], str],
    diagnostics: Diagnostics,
) -> None:
    """Replace the variables of the Serverless Framework in all scalars below a node.

    Values come from the file (`tree`) and from files in the folder `root`. A variable without a value becomes
    `${env:NAME}`: `name_unknown` is called with its text and position, and returns the name. One of another file, which
    can be a block, stays, and so does one whose value cannot be written there; both are reported.
    """
    variables = FrameworkVariables(tree, root)
    scalars = [scalar for scalar in walk(node) if isinstance(scalar, ScalarNode) and "${" in scalar.text]
    for scalar in sorted(scalars, key=lambda scalar: scalar.span.start):
        for line in range(scalar.span.start.line, scalar.span.end.line + 1):
            for raw, span in _references(scalar, line, rewrite):
                if not _insert_block(scalar, raw, span, tree, rewrite):
                    new = _framework_value(scalar, raw, span, variables, rewrite, name_unknown, diagnostics)
                    if new is not None and new != raw:
                        rewrite.replace(span, new)


def _references(scalar: ScalarNode, line: int, rewrite: Rewrite) -> Iterator[tuple[str, Span]]:
    """The text and the position of each variable in one line of a scalar."""
    text = rewrite.source_line(line)
    first = scalar.span.start.column - 1 if line == scalar.span.start.line else 0
    last = scalar.span.end.column - 1 if line == scalar.span.end.line else len(text)
    at = first
    for part in scan(text[first:last]):
        raw = part if isinstance(part, str) else part.raw
        if isinstance(part, Reference):
            yield raw, Span(rewrite.file, Position(line, at + 1), Position(line, at + len(raw) + 1))
        at += len(raw)


def _framework_value(
    scalar: ScalarNode,
    raw: str,
    span: Span,
    variables: FrameworkVariables,
    rewrite: Rewrite,
    name_unknown: Callable[[str, Span], str],
    diagnostics: Diagnostics,
) -> str | None:
    """The text that replaces a variable; None if it stays."""
    start = scalar.span.start
    quote = rewrite.source_line(start.line)[start.column - 1 :][:1]
    text = raw.replace("''", "'") if scalar.style is Style.QUOTED and quote == "'" else raw
    (reference,) = scan(text)
    if not isinstance(reference, Reference) or reference.is_placeholder:
        return None
    form = text[2:-1].strip()
    found = variables.replacement(reference, span)
    if found is not None:
        new = written(found, scalar, quote, is_entire=scalar.style is Style.PLAIN and scalar.text == raw)
        if new is None:
            _report_unwritten(form, span, diagnostics)
        return new
    if form.startswith("file("):
        _report_unread(form, span, diagnostics)
        return None
    return f"${{env:{name_unknown(form, span)}}}" if is_other_source(form) else None


def _insert_block(scalar: ScalarNode, raw: str, span: Span, tree: MappingNode, rewrite: Rewrite) -> bool:
    """Copy a mapping or a list that `${self:…}` names: its lines below the key, or in place if between brackets."""
    if scalar.text != raw or not raw.startswith("${self:") or "," in raw:
        return False
    node = node_at(tree, raw[7:-1].strip().split("."))
    if node is None or isinstance(node, ScalarNode):
        return False
    start = node.span.start
    if rewrite.source_line(start.line)[: start.column - 1].strip():
        return _insert_brackets(scalar, node, rewrite)
    lines = [rewrite.source_line(line) for line in range(start.line, last_line(node, start) + 1)]
    text = rewrite.source_line(span.start.line)
    before = text[: span.start.column - 1]
    if any("${" in line for line in lines) or not before.rstrip().endswith(":") or before.lstrip().startswith("-"):
        return False
    pad = " " * (rewrite.line_indent(span.start.line) + 2)
    blank = len(before) - len(before.rstrip())
    at = Position(span.start.line, span.start.column - blank)
    rewrite.replace(Span(rewrite.file, at, scalar.span.end), "")
    rewrite.after(span.start.line, *(pad + line[start.column - 1 :] for line in lines))
    return True


def _insert_brackets(scalar: ScalarNode, node: Node, rewrite: Rewrite) -> bool:
    """Write a mapping or a list that is between brackets, within one line, in place of a scalar."""
    if node.span.start.line != node.span.end.line or scalar.span.start.line != scalar.span.end.line:
        return False
    text = rewrite.source_text(node.span)
    if not text.startswith(("{", "[")) or "${" in text:
        return False
    rewrite.replace(scalar.span, text)
    return True


def scalar_at(tree: MappingNode, path: str) -> ScalarNode | None:
    """The scalar at a dotted path; None when there is none or it is null."""
    node = node_at(tree, path.split("."))
    return node if isinstance(node, ScalarNode) and not is_null(node) else None


def _rewrite_line(scalar: ScalarNode, line: int, look_up: Lookup, rewrite: Rewrite, diagnostics: Diagnostics) -> None:
    start = scalar.span.start
    quote = rewrite.source_line(start.line)[start.column - 1 :][:1]
    text = rewrite.source_line(line)
    first = scalar.span.start.column - 1 if line == scalar.span.start.line else 0
    last = scalar.span.end.column - 1 if line == scalar.span.end.line else len(text)
    for match in _VARIABLE.finditer(text, first, last):
        span = Span(rewrite.file, Position(line, match.start() + 1), Position(line, match.end() + 1))
        found = look_up(match[1].strip(), span)
        if found is None:
            continue
        is_entire = match.span() == (first, last) and scalar.style is Style.PLAIN
        if isinstance(found, ScalarNode) and ("${" in found.text or is_entire):
            new = _source(found, rewrite)
        else:
            value = found if isinstance(found, str) else found.text
            new = written(ValueText(value), scalar, quote, is_entire=is_entire) if value.isprintable() else None
        if new is None:
            _report_unwritten(match[1].strip(), span, diagnostics)
        else:
            rewrite.replace(span, new)


def _report_unread(form: str, place: Span, diagnostics: Diagnostics) -> None:
    """Report that another file does not give the value of a variable, so that it stays."""
    diagnostics.report(
        NOT_CARRIED_OVER,
        place,
        detail="`${{form}}` is not replaced: the file or its key is missing, or the value is a block or a secret.",
        hint="Write the value in its place, or `${env:{name}}` and set that variable.",
        form=without_default(form),
        name=suggested_name(form),
    )


def _report_unwritten(variable: str, place: Span, diagnostics: Diagnostics) -> None:
    """Report that the value of a variable cannot be written in its place, so that the variable stays."""
    diagnostics.report(
        NOT_CARRIED_OVER,
        place,
        detail="The value of `${{variable}}` cannot be written here, so the variable is not replaced.",
        hint="Write the value in its place, in quotes.",
        variable=without_default(variable),
    )


def without_default(form: str) -> str:
    """The variable without its default, which can be a secret."""
    return form.partition(",")[0].rstrip()


def _source(value: ScalarNode, rewrite: Rewrite) -> str | None:
    """A value as it is written in the file; None if it is on several lines or has variables of its own."""
    is_simple = value.span.start.line == value.span.end.line and "${" not in value.text
    return rewrite.source_text(value.span) if is_simple else None

"""Fixes for values that the author left out: they are read from the environment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scfdeploy.config.fields.reading import Reading
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, is_null
from scfdeploy.config.yaml.nodes import is_blank, is_block
from scfdeploy.diagnostics import Edit, Position, Span, written_at
from scfdeploy.model import Field, Kind, Path
from scfdeploy.model.environment_name import environment_name

_KINDS = (Kind.STRING, Kind.INTEGER, Kind.NUMBER)
_OWN_WORDS = ("vpcId", "subnetId")
"""Keys that need no word for what they belong to, and have the same value wherever they are."""
_MOST_NAMES = 100
_VARIABLE = re.compile(r"\$\{env[:.](\w+)")
_last: list[tuple[Sequence[str], frozenset[str]]] = [((), frozenset())]


def variable_for(field: Field, path: Path, mapping: MappingNode, reading: Reading) -> str:
    """The environment variable for a required value; empty if none can have it, or if the value is one of a list.

    Another value of the function, or of the file, has another variable.
    """
    if field.kind not in _KINDS or field.choices or len(reading.proposed) >= _MOST_NAMES:
        return ""
    name = _pair_name(field, mapping) or environment_name(*_words(path, reading))
    if not name or field.name in _OWN_WORDS:
        return name
    taken = reading.proposed | _names_in(reading.lines)
    names = (name, *(f"{name}_{number}" for number in range(2, _MOST_NAMES)))
    free = next((one for one in names if one not in taken), "")
    reading.proposed.add(free)
    return free


def _names_in(lines: Sequence[str]) -> frozenset[str]:
    """The environment variables that a file uses. Those of the last file are kept: many functions ask for them."""
    known, names = _last[0]
    if known is not lines:
        names = frozenset(_VARIABLE.findall("\n".join(lines)))
        _last[0] = lines, names  # at once: other threads read other files
    return names


def _pair_name(field: Field, mapping: MappingNode) -> str:
    """The variable for the `value` of a pair, which is called as its `key`."""
    key = mapping.get("key")
    if field.name != "value" or key is None or not isinstance(key.value, ScalarNode):
        return ""
    return environment_name(key.value.text)


def _words(path: Path, reading: Reading) -> tuple[str, str]:
    """The key with the words for what it belongs to, and these words."""
    key = str(path[-1])
    if key in _OWN_WORDS:
        return key, ""
    # Not the last letter of `cfs`, which is no plural.
    outer = [re.sub(r"(?<=[a-z]{3})(Config|s)$", "", part) for part in path[:-1] if isinstance(part, str)]
    owner = "_".join([*([reading.owner] if reading.owner else []), *outer])
    plain = key.lower()
    if owner and plain.startswith(owner.lower().replace("_", "")):
        return key, owner
    if owner.lower().endswith(plain):
        return owner, ""
    return f"{owner}_{key}", owner


def write_value(entry: Entry, text: str, reading: Reading) -> tuple[Edit, ...]:
    """The fix that writes the value of a key that has none; no edits where it cannot be written, or if it is empty."""
    span = entry.key.span
    line = reading.lines[span.end.line - 1] if 0 < span.end.line <= len(reading.lines) else ""
    colon = re.match(r"['\"]?\s*:", line[span.end.column - 1 :])
    if not text or colon is None or span.start.line != span.end.line:
        return ()
    begins_line = not line[: span.start.column - 1].strip(" -")
    text = text if begins_line else f"'{text}'"
    if not is_blank(entry.value):
        value = entry.value.span
        is_replaced = is_null(entry.value) and value.start.line == span.end.line
        return (Edit(value, text, written_at(value, reading.lines)),) if is_replaced else ()
    start = span.end.column - 1 + colon.end()
    rest = line[start:]
    if rest.strip() and rest.strip()[0] not in "#,}":
        return ()  # an anchor or a tag
    end = len(line) if not rest.strip() else start
    return (Edit(Span(span.file, Position(span.end.line, start + 1), Position(span.end.line, end + 1)),
                 f" {text}", line[start:end]),)  # fmt: skip


def write_line(mapping: MappingNode, text: str, reading: Reading, *, is_first: bool = False) -> tuple[Edit, ...]:
    """The fix that adds a line to a mapping, at its end or as the first one; none if it is between brackets."""
    start, end = mapping.span.start, mapping.span.end
    if not is_block(mapping) or end.line > len(reading.lines):
        return ()
    margin = reading.lines[start.line - 1][: start.column - 1]
    if margin.strip(" -"):
        return ()
    pad = " " * len(margin)
    if is_first:
        return (Edit(Span(mapping.span.file, start, start), f"{text}\n{pad}"),)
    last = Position(end.line, len(reading.lines[end.line - 1]) + 1)
    return (Edit(Span(mapping.span.file, last, last), f"\n{pad}{text}"),)

"""Read single values of a scenario, and report the ones that do not fit, with their positions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

from scfdeploy.config.fields.keys import UNKNOWN_KEY
from scfdeploy.config.scenario.definition import GENERIC_KINDS, OUTCOME_WORDS, SERVICE_KINDS, Outcome, Target
from scfdeploy.config.scenario.units import duration_ms, size_bytes
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_null
from scfdeploy.config.yaml.nodes import describe_scalar, integer, truth_value
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, did_you_mean, message, nearest
from scfdeploy.diagnostics.page import yaml

SCENARIO_VALUE = Finding(
    "scenario-value",
    Severity.ERROR,
    "Invalid value in a scenario",
    detail='"{key}" must be {expected}, not {actual}.',
    title="A value in a scenario that does not fit its key.",
    what="A value in the scenario file of `scfdeploy simulate` has another form than its key needs.",
    why="The simulation would show something other than what was meant.",
    wrong=yaml("source: {events: many}"),
    right=yaml("source: {events: 10, every: 1s}"),
)

MAX_ITEMS = 10_000_000
"""The most events, messages or records of a scenario."""
NAMES_OF_SOURCES = ("queue", "stream", "ckafka")
"""The keys that say which source it is, each with its name."""
LONGEST_MS = 1000 * 86_400_000
"""The longest duration."""
_FIRST_STATUS, _LAST_STATUS = 100, 599

T = TypeVar("T")


def entries(
    node: Node, known: Collection[str], diagnostics: Diagnostics, *, name: str, hint: str = ""
) -> Iterator[Entry]:
    """The entries of a mapping with known keys; the others are reported. `name` is what contains the keys."""
    if is_null(node):
        return
    if not isinstance(node, MappingNode):
        report(node, name, message("a mapping"), diagnostics)
        return
    for entry in node:
        key = entry.key.text
        if key in known:
            yield entry
            continue
        near = nearest(key, known)
        listed = message("Known keys: {keys}.", keys=", ".join(known))
        diagnostics.report(
            UNKNOWN_KEY,
            entry.key.span,
            detail='There is no key "{key}" in {thing}.',
            hint='Did you mean "{near}"?' if near is not None else "{listed}",
            key=key,
            thing=name,
            near=near,
            listed=hint or listed,
        )


def report(node: Node, key: str, expected: str, diagnostics: Diagnostics, *, hint: str = "") -> None:
    """Report that a value is not what was expected. `expected` and `hint` are translated."""
    diagnostics.report(
        SCENARIO_VALUE, node.span, hint="{advice}", key=key, expected=expected, actual=describe(node), advice=hint
    )


def describe(node: Node) -> str:
    """A value as messages quote it."""
    match node:
        case MappingNode():
            return message("a mapping")
        case SequenceNode():
            return message("a list")
        case ScalarNode() if is_null(node):
            return message("empty")
        case ScalarNode(text=text) if len(text) <= 60:
            return f'"{text}"'
    return describe_scalar(node)


def text_of(node: Node, key: str, diagnostics: Diagnostics) -> str:
    """A text; empty after a report."""
    if isinstance(node, ScalarNode) and node.text and not is_null(node):
        return node.text
    report(node, key, message("text"), diagnostics)
    return ""


def choice(node: Node, key: str, known: Collection[str], diagnostics: Diagnostics) -> str | None:
    """One of the known words; None after a report that suggests the nearest."""
    text = node.text if isinstance(node, ScalarNode) else ""
    if text in known:
        return text
    expected = message("one of {words}", words=", ".join(known))
    report(node, key, expected, diagnostics, hint=did_you_mean(text, known) or "")
    return None


def whole_number(
    node: Node, key: str, diagnostics: Diagnostics, *, least: int = 0, most: int = MAX_ITEMS
) -> int | None:
    """An integer from `least` to `most`; None after a report."""
    number = integer(node.text) if isinstance(node, ScalarNode) else None
    if number is None or not least <= number <= most:
        expected = message("an integer from {least} to {most}", least=f"{least:,}", most=f"{most:,}")
        report(node, key, expected, diagnostics)
        return None
    return number


def truth(node: Node, key: str, diagnostics: Diagnostics) -> bool | None:
    """True or false; None after a report."""
    value = truth_value(node)
    if value is None:
        report(node, key, message("true or false"), diagnostics)
    return value


def duration(node: Node, key: str, diagnostics: Diagnostics) -> int | None:
    """Milliseconds; None after a report."""
    value = duration_ms(node.text) if isinstance(node, ScalarNode) else None
    if value is None:
        report(node, key, message("a duration such as 90s, 10m, 6h or 1h30m"), diagnostics)
    elif value > LONGEST_MS:
        report(node, key, message("a duration of at most {days} days", days=LONGEST_MS // 86_400_000), diagnostics)
        return None
    return value


def size(node: Node, key: str, diagnostics: Diagnostics) -> int | None:
    """Bytes; None after a report."""
    value = size_bytes(node.text) if isinstance(node, ScalarNode) else None
    if value is None:
        report(node, key, message("a size such as 65536, 64KB or 4MB"), diagnostics)
    return value


def target(node: Node, key: str, diagnostics: Diagnostics, *, default_kind: str = "") -> Target | None:
    """A destination such as `queue://orders-failed`; None if there is none, and after a report.

    A name without a kind is one of `default_kind`, if that is given.
    """
    if is_null(node):
        return None
    text = node.text if isinstance(node, ScalarNode) else ""
    kind, separator, name = text.partition("://")
    if not separator and default_kind and text:
        return Target(default_kind, text)
    known = (*GENERIC_KINDS, *SERVICE_KINDS)
    if separator and name and kind in known:
        return Target(kind, name)
    if separator and name:
        near = nearest(kind, known)
        advice = f"{near}://{name}" if near else ""
    else:
        kind, colon, name = text.partition(":")
        named = f"{kind}://{name}" if colon and name and kind in known else f"queue://{text}"
        advice = named if text and not separator else ""
    hint = message('Did you mean "{suggestion}"?', suggestion=advice) if advice else ""
    expected = message("a destination such as queue://NAME; kinds: {kinds}", kinds=", ".join(known))
    report(node, key, expected, diagnostics, hint=hint)
    return None


def outcome(node: Node, key: str, diagnostics: Diagnostics) -> Outcome | None:
    """What one attempt does; None after a report."""
    if isinstance(node, MappingNode) and len(node.entries) == 1:
        (entry,) = node.entries
        found = _scalar_outcome(entry.key.text)
        if found is not None and isinstance(entry.value, ScalarNode):
            return Outcome(found, entry.value.text)
    found = _scalar_outcome(node.text) if isinstance(node, ScalarNode) else None
    if found is not None:
        return Outcome(found)
    word = node.text if isinstance(node, ScalarNode) else ""
    expected = message("a status such as 430, or one of {words}", words=", ".join(OUTCOME_WORDS))
    report(node, key, expected, diagnostics, hint=did_you_mean(word, tuple(OUTCOME_WORDS)) or "")
    return None


def outcome_of(text: str) -> Outcome | None:
    """What one attempt does, from a word of an option; None if there is no such outcome."""
    status = _scalar_outcome(text)
    return None if status is None else Outcome(status)


def _scalar_outcome(text: str) -> int | None:
    if text in OUTCOME_WORDS:
        return OUTCOME_WORDS[text]
    status = integer(text)
    return status if status is not None and _FIRST_STATUS <= status <= _LAST_STATUS else None


def one_or_more(node: Node, read: Callable[[Node], T | None]) -> tuple[T, ...]:
    """The values of a list, or the single value that stands for one. Values after a report are left out."""
    nodes = node.items if isinstance(node, SequenceNode) else (node,)
    return tuple(value for value in map(read, nodes) if value is not None)


def read_table(
    node: Node, readers: Mapping[str, Callable[[Node], T]], diagnostics: Diagnostics, *, name: str, hint: str = ""
) -> dict[str, T]:
    """The values of a mapping, each read by the function for its key. A key without a value counts as not set."""
    return {
        entry.key.text: readers[entry.key.text](entry.value)
        for entry in entries(node, tuple(readers), diagnostics, name=name, hint=hint)
        if not is_null(entry.value) or entry.key.text in NAMES_OF_SOURCES
    }

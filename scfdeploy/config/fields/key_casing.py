"""When it is certain that a key is another one in other letters, so that it can be put right without asking."""

from __future__ import annotations

from collections.abc import Collection

from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.core import is_null
from scfdeploy.diagnostics import Edit, reworded
from scfdeploy.model import Field, Kind

_SINGLE = (Kind.STRING, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.SOURCE)


def same_letters(word: str, other: str) -> bool:
    """Whether two names differ only in upper and lower case, underscores and dashes."""
    return _letters(word) == _letters(other)


def respelt(entry: Entry, meant: Field, written: Collection[str]) -> tuple[Edit, ...]:
    """The fix that gives a key its right name; none where its value has another shape, or the right key is there too.

    `written` are the keys of the same mapping.
    """
    word = entry.key.text
    is_same = same_letters(word, meant.name) or any(same_letters(word, alias) for alias in meant.aliases)
    if not is_same or meant.name in written or not _fits(meant, entry.value):
        return ()
    return reworded(entry.key.span, word, meant.name)


def _letters(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()


def _fits(field: Field, node: Node) -> bool:
    """Whether a value has the shape that the field takes, down to the names of its keys."""
    match node:
        case ScalarNode():
            return field.kind in _SINGLE and not is_null(node)
        case MappingNode():
            has_texts = field.kind is Kind.STRING_MAP and all(isinstance(entry.value, ScalarNode) for entry in node)
            return field.kind is Kind.SOURCE or has_texts or (field.kind is Kind.BLOCK and _has_keys_of(field, node))
        case SequenceNode(items=items):
            return all(_is_item(field, item) for item in items)


def _is_item(field: Field, item: Node) -> bool:
    match field.kind, item:
        case Kind.STRING_LIST, ScalarNode():
            return True
        case Kind.BLOCK_LIST, MappingNode():
            return _has_keys_of(field, item)
        case Kind.TRIGGERS, MappingNode():
            return item.get("type") is None  # `- type: …` is how another kind of component writes them
    return False


def _has_keys_of(field: Field, node: MappingNode) -> bool:
    names = [name for inner in field.fields for name in (inner.name, *inner.aliases)]
    return all(any(same_letters(entry.key.text, name) for name in names) for entry in node)

"""Find and report secrets written literally in a file, and mask them in its displayed text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.nodes import boolean, is_blank
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import KnownSecrets, Path, dotted, holds_secret, looks_secret
from scfdeploy.model.secret_text import is_placeholder, secrets_in

LITERAL_SECRET = Finding(
    "literal-secret",
    Severity.WARNING,
    "Secret written in the file",
    detail='"{key}" contains a secret that everyone who can read the file can read.',
    hint="Write ${env:{variable}}, and set {variable} in the environment or in .env.",
    title="A secret that is written in the file.",
    what="A value is a secret, judging by the name of its key (`DB_PASSWORD`) or by its form (a SecretId, a private "
    "key, a token of a known service, a URL with a password), and it is written in the file itself.",
    why="Everyone who can read the file, its history or a copy of it has the secret. Such files are kept in git.",
    wrong=yaml("environment:\n  variables:\n    DB_PASSWORD: hunter2"),
    right=yaml("environment:\n  variables:\n    DB_PASSWORD: ${env:DB_PASSWORD}   # set in the environment or in .env"),
)

_NAME_KEYS = ("key", "name")
_VALUE_KEY = "value"
_PATHS = ("~/", "./", "../", "/")


class LiteralSecrets(NamedTuple):
    """Where the secrets of one file stand, and what is to be said of them."""

    spans: tuple[Span, ...]
    findings: Diagnostics


class _Literal(NamedTuple):
    """A scalar with a secret in it. `name` is what it would be called as a variable."""

    path: Path
    node: ScalarNode
    name: str


def find_literal_secrets(tree: MappingNode, secrets: KnownSecrets) -> LiteralSecrets:
    """The secrets that stand in a file. They are added to `secrets`."""
    findings = Diagnostics()
    found = {literal.node.span: literal for literal in _literals(tree)}
    for literal in found.values():
        secrets.add(literal.node.text)
        for part in secrets_in(literal.node.text):
            secrets.add(part)
        _report(literal, findings)
    return LiteralSecrets(tuple(found), findings)


def mask_spans(text: str, spans: Iterable[Span]) -> str:
    """The text of a file with stars in those places; each line stays as long as it was."""
    lines = text.split("\n")
    for span in spans:
        last = min(span.end.line, len(lines))
        for number in range(span.start.line, last + 1):
            line = lines[number - 1]
            start = span.start.column - 1 if number == span.start.line else len(line) - len(line.lstrip())
            end = span.end.column - 1 if number == span.end.line else len(line.rstrip("\r"))
            if end > start:
                lines[number - 1] = line[:start] + "*" * (min(end, len(line)) - start) + line[end:]
    return "\n".join(lines)


def _literals(tree: MappingNode) -> Iterator[_Literal]:
    """Every node once, however many aliases lead to it."""
    met: set[int] = set()
    waiting: list[tuple[Path, Node]] = [((), tree)]
    while waiting:
        path, node = waiting.pop()
        match node:
            case ScalarNode():
                if holds_secret(node.text):
                    yield _Literal(path, node, _name_of(path))
            case SequenceNode(items=items) if id(node) not in met:
                met.add(id(node))
                waiting += (((*path, index), item) for index, item in reversed(list(enumerate(items))))
            case MappingNode(entries=entries):
                pair = _named_by_a_neighbour(node)
                if pair is not None:
                    yield _Literal((*path, _VALUE_KEY), pair[1], pair[0])
                for entry in reversed(entries):
                    here = (*path, entry.key.text)
                    # An alias may give an open value a secret name, so names are looked at each time.
                    if isinstance(entry.value, ScalarNode) and _is_secret_by_name(entry.key.text, entry.value):
                        yield _Literal(here, entry.value, entry.key.text)
                    elif id(node) not in met:
                        waiting.append((here, entry.value))
                met.add(id(node))


def _named_by_a_neighbour(node: MappingNode) -> tuple[str, ScalarNode] | None:
    """The name and the value of an item such as `{key: DB_PASSWORD, value: …}`."""
    by_key = {entry.key.text.lower(): entry.value for entry in node}
    value = by_key.get(_VALUE_KEY)
    names = [by_key[key] for key in _NAME_KEYS if key in by_key]
    if not isinstance(value, ScalarNode) or not names or not isinstance(names[0], ScalarNode):
        return None
    return (names[0].text, value) if _is_secret_by_name(names[0].text, value) else None


def _is_secret_by_name(name: str, node: ScalarNode) -> bool:
    text = node.text.strip()
    if not text or is_blank(node) or "${" in text or is_placeholder(text) or boolean(text) is not None:
        return False
    if text.startswith(_PATHS):
        return False  # where the secret is
    # `key` alone is how lists of names and values are written.
    return name.lower() not in _NAME_KEYS and looks_secret(name)


def _name_of(path: Path) -> str:
    words = [part for part in path if isinstance(part, str)]
    return words[-1] if words else "SECRET"


def _report(literal: _Literal, diagnostics: Diagnostics) -> None:
    name = re.sub(r"\W", "_", literal.name, flags=re.ASCII).strip("_")
    name = name if name and not name[0].isdigit() else "SECRET"
    name = name if "-" not in literal.name and "." not in literal.name else name.upper()
    diagnostics.report(LITERAL_SECRET, literal.node.span, key=dotted(literal.path), variable=name)

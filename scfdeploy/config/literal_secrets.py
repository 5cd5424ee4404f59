"""Find and report secrets written literally in a file, and mask them in its displayed text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from scfdeploy.config.variables.scan import Part, Reference, scan
from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.nodes import boolean, is_blank
from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import KnownSecrets, Path, dotted, holds_secret, looks_secret
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.model.secret_text import is_placeholder, secrets_in
from scfdeploy.records import NamedTuple

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
_WITH_DEFAULT = lazy_pattern(
    r"\s*+(?:(?:self|opt|param|ssm|sls|cf|s3)[:(](?P<path>[\w./()-]*+)\s*+,"
    r"|(?!(?:output|file|self|opt|param|ssm|sls|cf|s3)[:(])(?:env[:.])?+(?P<name>[\w.-]*+)\s*+(?:,|\|\|?|\?\??|:[-=?+]?|=))(?P<default>.+)",
    re.DOTALL,
)
"""`env:NAME, 'default'`, `NAME:-default` and the like. After other sources, only a comma begins a default."""
_PATHS = ("~/", "./", "../", "/")


class LiteralSecrets(NamedTuple):
    """The positions of the secrets in one file, and the findings about them."""

    spans: tuple[Span, ...]
    findings: Diagnostics


class _Literal(NamedTuple):
    """A scalar that contains a secret. `name` is the suggested name of a variable for it."""

    path: Path
    node: ScalarNode
    name: str


def find_literal_secrets(tree: MappingNode, secrets: KnownSecrets) -> LiteralSecrets:
    """The secrets in a file. Adds them to `secrets`."""
    findings = Diagnostics()
    literals = {literal.node.span: literal for literal in _literals(tree)}
    for literal in literals.values():
        text = literal.node.text
        entire = () if "${" in text else (text,)  # names of variables stay visible
        for secret in (*entire, *secrets_in(text), *_defaults(text)):
            secrets.add(secret)
        _report(literal, findings)
    return LiteralSecrets(tuple(literals), findings)


def mask_spans(text: str, spans: Iterable[Span]) -> str:
    """The text of a file with the spans replaced by stars. The lengths of lines do not change."""
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
    """The secrets in all nodes. Each node is visited once, even if several aliases repeat it."""
    visited: set[int] = set()
    pending: list[tuple[Path, Node]] = [((), tree)]
    while pending:
        path, node = pending.pop()
        match node:
            case ScalarNode(text=text):
                if holds_secret(text) or ("${" in text and _has_secret_default(_name_in(path), text)):
                    yield _Literal(path, node, _name_in(path))
            case SequenceNode(items=items) if id(node) not in visited:
                visited.add(id(node))
                pending += (((*path, index), item) for index, item in reversed(list(enumerate(items))))
            case MappingNode(entries=entries):
                pair = _secret_pair(node)
                if pair is not None:
                    yield _Literal((*path, _VALUE_KEY), pair[1], pair[0])
                for entry in reversed(entries):
                    here = (*path, entry.key.text)
                    # An alias can give an ordinary value a secret name, so names are checked on every visit.
                    by_name = tuple(_secrets_by_name(here, entry.value)) if looks_secret(entry.key.text) else ()
                    yield from by_name
                    if id(node) not in visited and not (by_name and isinstance(entry.value, ScalarNode)):
                        pending.append((here, entry.value))
                visited.add(id(node))


def _name_in(path: Path) -> str:
    """The last key on the way to a value."""
    return next((part for part in reversed(path) if isinstance(part, str)), "SECRET")


def _secrets_by_name(path: Path, node: Node) -> Iterator[_Literal]:
    """The value of a key that is the name of a secret, or the items of its list, without those that are no secrets."""
    name = str(path[-1])
    match node:
        case ScalarNode() if _is_secret_by_name(name, node):
            yield _Literal(path, node, name)
        case SequenceNode(items=items):
            for index, item in enumerate(items):
                if isinstance(item, ScalarNode) and _is_secret_by_name(name, item):
                    yield _Literal((*path, index), item, name)


def _has_secret_default(name: str, text: str) -> bool:
    """Whether a variable in the text has a default, and it or the key is the name of a secret."""
    return any(
        looks_secret(name) or looks_secret(variable)
        for variable, default in _variables_with_default(scan(text))
        if not is_placeholder(default) and boolean(default) is None
    )


def _defaults(text: str) -> Iterator[str]:
    return (default for _, default in _variables_with_default(scan(text)))


def _variables_with_default(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """The names of variables that are written with a default, as other tools allow, and these defaults.

    A variable without a closing brace has one too: its text is deployed as it is.
    """
    for part in parts:
        match part:
            case Reference():
                yield from _variable_with_default(part.raw[2:-1])
                yield from _variables_with_default(part.inner)
            case str():
                for text in part.split("${")[1:]:  # without a closing brace
                    yield from _variable_with_default(text)


def _variable_with_default(text: str) -> Iterator[tuple[str, str]]:
    match = _WITH_DEFAULT.match(text)
    default = match["default"].strip().strip("'\"") if match else ""
    if match and default and not default.startswith("${"):
        yield match["name"] or match["path"] or "", default


def _secret_pair(node: MappingNode) -> tuple[str, ScalarNode] | None:
    """The name and the value of an item such as `{key: DB_PASSWORD, value: …}` with a secret name."""
    by_key = {entry.key.text.lower(): entry.value for entry in node.entries}
    value = by_key.get(_VALUE_KEY)
    if value is None:
        return None
    names = [by_key[key] for key in _NAME_KEYS if key in by_key]
    if not isinstance(value, ScalarNode) or not names or not isinstance(names[0], ScalarNode):
        return None
    return (names[0].text, value) if _is_secret_by_name(names[0].text, value) else None


def _is_secret_by_name(name: str, node: ScalarNode) -> bool:
    # In a list of pairs, `key` is the key of a name.
    if name.lower() in _NAME_KEYS or not looks_secret(name):
        return False
    text = node.text.strip()
    if not text or is_blank(node) or "${" in text or is_placeholder(text) or boolean(text) is not None:
        return False
    return not text.startswith(_PATHS)  # the path of a file with the secret


def _report(literal: _Literal, diagnostics: Diagnostics) -> None:
    name = re.sub(r"\W", "_", literal.name, flags=re.ASCII).strip("_")
    name = name if name and not name[0].isdigit() else "SECRET"
    name = name if "-" not in literal.name and "." not in literal.name else name.upper()
    diagnostics.report(LITERAL_SECRET, literal.node.span, key=dotted(literal.path), variable=name)

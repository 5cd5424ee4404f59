"""A quick reading of the keys and plain values of a YAML or JSON file, without a YAML library.

It understands what most files consist of: mappings and lists in block style, with plain or quoted values. It skips
everything else, such as values in braces and texts of several lines. Nothing here raises an error on odd content.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TypeAlias

from scfdeploy.cli.completion.yaml_flow import Path, flow_entries

Outline: TypeAlias = dict[Path, str]
"""The value at each path of keys and list indexes; an empty text for a key without a plain value on its line."""

NOT_UNDERSTOOD = "${?}"
"""The value of a key in a form that is not understood: as unknown as that of a variable."""

_SKIPPED_STARTS = frozenset("|>&*!%@`")
_MAX_DEPTH = 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_outline(file: str, max_bytes: int) -> Outline:
    """The outline of a file, or of its first `max_bytes`. Empty for a file that is missing or no regular file."""
    text = read_text(file, max_bytes)
    return dict(_json_entries(text) if file.endswith(".json") else _entries(text))


def read_text(file: str, max_bytes: int) -> str:
    """The first `max_bytes` of a file; empty if it is no regular file. Raises OSError."""
    # Without O_NONBLOCK, opening a pipe would wait for a writer.
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        content = os.read(descriptor, min(max_bytes, status.st_size)) if stat.S_ISREG(status.st_mode) else b""
    finally:
        os.close(descriptor)
    # The codec "utf-8-sig" is written in Python, and takes as long as the rest of reading hundreds of small files.
    return content.removeprefix(_BYTE_ORDER_MARK).decode("utf-8", "replace")


def _entries(text: str) -> Iterator[tuple[Path, str]]:
    parents: list[tuple[int, Path]] = []  # the indentation and the path of each open key or list item
    skipped_below = -1  # the indentation of a key whose value has several lines; -1 for none
    for number, (indent, content) in enumerate(_lines(text)):
        if 0 <= skipped_below < indent:
            continue
        skipped_below = -1
        if content[0] == "-":
            indent, content = _open_items(parents, indent, content, number)  # noqa: PLW2901
        if content.startswith("{"):
            yield from flow_entries(content, parents[-1][1] if parents else ()) or ()
            continue
        key, colon, value = _split(content)
        if colon:
            path = _open(parents, indent, key)
            found = _value(value, path) if len(path) <= _MAX_DEPTH else None
            skipped_below = -1 if found else indent
            yield from found or [(path, NOT_UNDERSTOOD)]


def _open(parents: list[tuple[int, Path]], indent: int, key: str | int) -> Path:
    """Open a key or an item, and close all that is not indented less."""
    _close(parents, indent - 1)
    path: Path = (*parents[-1][1], key) if parents else (key,)
    parents.append((indent, path))
    return path


def _value(value: str, path: Path) -> list[tuple[Path, str]] | None:
    """The entries of a value on one line; None for a form that is not understood."""
    value = value.strip(" ")
    if value.startswith(("{", "[")):
        entries = flow_entries(value, path)
        return None if entries is None else [(path, ""), *entries]
    plain = _plain(value)
    return None if plain is None else [(path, plain)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The indentation and the content of each line with content."""
    for line in text.splitlines():
        content = line.lstrip(" ")
        if content and content[0] not in "#\t" and not line.startswith(("---", "...", "%")):
            yield len(line) - len(content), content


def _open_items(parents: list[tuple[int, Path]], indent: int, content: str, number: int) -> tuple[int, str]:
    """Open the list items that begin on a line; returns the indentation and the content of the rest."""
    while content.startswith("- ") or content == "-":
        _close(parents, indent)
        # A list can begin at the indentation of its key, which stays open.
        if parents and parents[-1][0] == indent and isinstance(parents[-1][1][-1], int):
            parents.pop()
        path: Path = (*parents[-1][1], number) if parents else (number,)
        parents.append((indent, path))
        if len(path) > _MAX_DEPTH:
            return indent, ""
        rest = content[1:].lstrip(" ")
        indent += len(content) - len(rest)
        content = rest
    return indent, content


def _close(parents: list[tuple[int, Path]], indent: int) -> None:
    """Close all that is indented more than `indent`."""
    while parents and parents[-1][0] > indent:
        parents.pop()


def _split(content: str) -> tuple[str, bool, str]:
    """The key, whether there is one, and the text after its colon."""
    quote = content[:1]
    if quote in ("'", '"'):
        end = content.find(quote, 1)
        if end > 0 and content[end + 1 :].lstrip(" ").startswith(":"):
            return content[1:end], True, content[end + 1 :].lstrip(" ")[1:]
        return "", False, ""
    if content.endswith(":") and ": " not in content:
        return content[:-1].rstrip(" "), True, ""
    key, colon, value = content.partition(": ")
    return key.rstrip(" "), bool(colon) and "#" not in key, value


def _plain(value: str) -> str | None:
    """A value on one line, empty if there is none; None for a form that is not understood."""
    if not value or value.startswith("#"):
        return ""
    quote = value[0]
    if quote == "'":
        # Two quotes stand for one in the text.
        text, closed, rest = value[1:].replace("''", "\0").partition("'")
        is_whole = bool(closed) and rest.strip(" ")[:1] in ("", "#")
        return text.replace("\0", "'") if is_whole else None
    if quote == '"':
        end = value.find(quote, 1)
        rest = value[end + 1 :].strip(" ")
        is_whole = end > 0 and (not rest or rest.startswith("#")) and "\\" not in value[:end]
        return value[1:end] if is_whole else None
    if quote in _SKIPPED_STARTS:
        return None
    return value.partition(" #")[0].rstrip(" ")


def _json_entries(text: str) -> Iterator[tuple[Path, str]]:
    import json

    yield from _flattened(json.loads(text), ())


def _flattened(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict) and len(path) < _MAX_DEPTH:
        for key, item in value.items():
            yield (*path, key), item if isinstance(item, str) else ""
            yield from _flattened(item, (*path, key))
    elif isinstance(value, list) and len(path) < _MAX_DEPTH:
        for index, item in enumerate(value):
            yield from _flattened(item, (*path, index))

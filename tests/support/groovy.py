"""Reads as much Groovy as declarative Jenkinsfiles are made of: calls with arguments and blocks, texts, lists, maps.

What is not known here is an error, so that a test never passes on a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r]+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<line>\n|;)"
    r"|(?P<single3>'''(?:[^\\]|\\.)*?''')|(?P<double3>\"\"\"(?:[^\\]|\\.)*?\"\"\")"
    r"|(?P<single>'(?:[^'\\\n]|\\.)*')|(?P<double>\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<number>\d+)|(?P<name>[A-Za-z_$][\w$]*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<sign>==|!=|&&|\|\||[{}()\[\]:,=!])",
    re.DOTALL,
)
_ESCAPES = {"\n": "", "n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Name:
    """A bare word, such as `any`, `scm` or `env.BRANCH_NAME`."""

    text: str


@dataclass(frozen=True)
class Call:
    """`name(arguments, key: value) { block }`; `block` is None where there is none."""

    name: str
    arguments: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)
    block: tuple[Call, ...] | None = None

    def inner(self, name: str) -> Call | None:
        """The one call of that name in the block."""
        found = [call for call in self.block or () if call.name == name]
        assert len(found) < 2, f"several {name}"
        return found[0] if found else None


def read_groovy(text: str) -> tuple[Call, ...]:
    """The calls of a file, one after the other. An assignment is a call of `=` with a name and a value."""
    reader = _Reader(_tokens(text))
    return reader.calls(end=None)


Token = tuple[str, Any]


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match, f"cannot read {text[at : at + 40]!r}"
        at = match.end()
        kind, value = str(match.lastgroup), match[0]
        match kind:
            case "blank":
                pass
            case "single" | "single3":
                width = 3 if kind == "single3" else 1
                found.append(("text", _unescaped(value[width:-width])))
            case "double" | "double3":
                width = 3 if kind == "double3" else 1
                inner = value[width:-width]
                assert not re.search(r"(?<!\\)\$", inner), f"Groovy would expand {value!r}"
                found.append(("text", _unescaped(inner)))
            case "number":
                found.append(("text", int(value)))
            case _:
                found.append((kind, value))
    return found


def _unescaped(text: str) -> str:
    # A backslash at the end of a line joins it with the next one.
    return re.sub(
        r"\\(.)", lambda match: _ESCAPES.get(match[1], "" if match[1] == "\n" else match[1]), text, flags=re.S
    )


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def calls(self, *, end: str | None) -> tuple[Call, ...]:
        found = []
        while True:
            self._skip_lines()
            if self._peek() == (("sign", end) if end else None):
                self._at += 1
                return tuple(found)
            found.append(self._statement())

    def _statement(self) -> Call:
        kind, name = self._take()
        assert kind in ("name", "text"), f"cannot read {name!r}"
        if self._is("="):
            self._skip_lines()
            return Call("=", (name, self._value()))
        if self._is("("):
            arguments, named = self._arguments(")")
        elif self._peek() in (None, ("sign", "{"), ("sign", "}")) or self._peek_kind() == "line":
            arguments, named = (), {}
        else:
            arguments, named = self._bare_arguments()
        return Call(name, arguments, named, self.calls(end="}") if self._is("{") else None)

    def _bare_arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments: list[Any] = []
        named: dict[str, Any] = {}
        while True:
            self._argument(arguments, named)
            if not self._is(","):
                return tuple(arguments), named
            self._skip_lines()

    def _arguments(self, end: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments: list[Any] = []
        named: dict[str, Any] = {}
        self._skip_lines()
        while not self._is(end):
            self._argument(arguments, named)
            self._skip_lines()
            self._is(",")
            self._skip_lines()
        return tuple(arguments), named

    def _argument(self, arguments: list[Any], named: dict[str, Any]) -> None:
        value = self._value()
        if not self._is(":"):
            arguments.append(value)
            return
        self._skip_lines()
        named[value.text if isinstance(value, Name) else str(value)] = self._value()

    def _value(self) -> Any:
        kind, value = self._take()
        if kind == "text":
            return value
        if (kind, value) == ("sign", "["):
            items, pairs = self._arguments("]")
            assert not (items and pairs), "half a list, half a map"
            return pairs or list(items)
        assert kind == "name", f"cannot read {value!r} here"
        if self._is("("):
            arguments, named = self._arguments(")")
            return Call(value, arguments, named)
        return {"true": True, "false": False}.get(value, Name(value))

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _peek_kind(self) -> str:
        found = self._peek()
        return found[0] if found else ""

    def _take(self) -> Token:
        found = self._tokens[self._at]
        self._at += 1
        return found

    def _is(self, sign: str) -> bool:
        if self._peek() == ("sign", sign):
            self._at += 1
            return True
        return False

    def _skip_lines(self) -> None:
        while self._peek_kind() == "line":
            self._at += 1

"""GitHub's expressions, `${{ … }}`: as much of the language as pipelines of this project use.

Written from GitHub's documents. What is not known here is an error, so that a test never passes on a guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Value = Any
Functions = Mapping[str, Callable[..., Value]]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()\[\].,*]))"
)
_EMBEDDED = re.compile(r"\$\{\{((?:'(?:[^']|'')*'|(?!\}\})[^'])*)\}\}", re.DOTALL)
_WORDS: Mapping[str, Value] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class Scope:
    """What names stand for: contexts such as `github`, and the status functions of the moment."""

    contexts: Mapping[str, Value]
    functions: Functions

    def interpolate(self, text: str) -> str:
        """The text with each expression replaced, once: what comes in is not looked at again."""
        return _EMBEDDED.sub(lambda match: as_text(self.evaluate(match[1])), text)

    def value(self, node: Value) -> Value:
        """A node of a workflow: an expression that is all of a text keeps its type."""
        match node:
            case str():
                whole = _EMBEDDED.fullmatch(node.strip())
                return self.evaluate(whole[1]) if whole else self.interpolate(node)
            case dict():
                return {key: self.value(one) for key, one in node.items()}
            case list():
                return [self.value(one) for one in node]
            case _:
                return node

    def holds(self, condition: str) -> bool:
        """Whether an `if` holds. Without a status function it also wants that all went well."""
        whole = _EMBEDDED.fullmatch(condition.strip())
        text = whole[1] if whole else condition
        assert "${{" not in text, f"a condition that is only partly an expression is always true: {condition}"
        asks_status = re.search(r"\b(success|failure|always|cancelled)\s*\(", text)
        return truthy(self.evaluate(text)) and (bool(asks_status) or truthy(self.functions["success"]()))

    def evaluate(self, text: str) -> Value:
        """The value of one expression."""
        reader = _Reader(_tokens(text), self)
        found = reader.either()
        assert reader.at_end, f"cannot read all of {text!r}"
        return found


def truthy(value: Value) -> bool:
    return value not in (None, False, 0, "")


def as_text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case dict() | list():
            raise AssertionError(f"an object as text: {value!r}")
        case _:
            return str(value)


FUNCTIONS: Functions = {
    "contains": lambda where, what: what.lower() in where.lower() if isinstance(where, str) else what in (where or ()),
    "startswith": lambda text, start: as_text(text).lower().startswith(as_text(start).lower()),
    "endswith": lambda text, end: as_text(text).lower().endswith(as_text(end).lower()),
    "format": lambda form, *values: re.sub(r"\{(\d+)\}", lambda match: as_text(values[int(match[1])]), form),
    "join": lambda values, between=",": between.join(as_text(value) for value in values),
    "tojson": lambda value: json.dumps(value, indent=2),
    "fromjson": json.loads,
    "hashfiles": lambda *patterns: "f" * 64,
}


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        assert match, f"cannot read {text[at:]!r}"
        found.append((str(match.lastgroup), match[match.lastgroup or 0]))
        at = match.end()
    return found


class _Reader:
    """Reads and evaluates in one go: `||` over `&&` over comparisons over `!`."""

    def __init__(self, tokens: Sequence[tuple[str, str]], scope: Scope) -> None:
        self._tokens = tokens
        self._at = 0
        self._scope = scope

    @property
    def at_end(self) -> bool:
        return self._at == len(self._tokens)

    def either(self) -> Value:
        left = self._both()
        while self._take("||"):
            right = self._both()
            left = left if truthy(left) else right
        return left

    def _both(self) -> Value:
        left = self._comparison()
        while self._take("&&"):
            right = self._comparison()
            left = right if truthy(left) else left
        return left

    def _comparison(self) -> Value:
        left = self._not()
        for sign, wanted in (("==", True), ("!=", False)):
            if self._take(sign):
                return _equal(left, self._not()) is wanted
        return left

    def _not(self) -> Value:
        return not truthy(self._not()) if self._take("!") else self._path()

    def _path(self) -> Value:
        found = self._atom()
        while True:
            if self._take("."):
                found = list(found.values()) if self._take("*") else self._member(found, self._next("name"))
            elif self._take("["):
                found = self._member(found, self.either())
                self._expect("]")
            else:
                return found

    @staticmethod
    def _member(value: Value, key: Value) -> Value:
        match value:
            case dict():
                return next((one for name, one in value.items() if name.lower() == as_text(key).lower()), None)
            case list() if isinstance(key, (int, float)):
                return value[int(key)] if int(key) < len(value) else None
            case list():
                return [_Reader._member(one, key) for one in value]
            case _:
                return None

    def _atom(self) -> Value:
        if self._take("("):
            found = self.either()
            self._expect(")")
            return found
        kind, text = self._tokens[self._at]
        self._at += 1
        match kind:
            case "string":
                return text[1:-1].replace("''", "'")
            case "number":
                return float(text)
            case "name" if self._take("("):
                return self._call(text)
            case "name" if text.lower() in _WORDS:
                return _WORDS[text.lower()]
            case "name":
                assert text in self._scope.contexts, f"there is no context {text} here"
                return self._scope.contexts[text]
        raise AssertionError(f"cannot read {text!r} here")

    def _call(self, name: str) -> Value:
        values = []
        while not self._take(")"):
            values.append(self.either())
            self._take(",")
        functions = {**FUNCTIONS, **self._scope.functions}
        assert name.lower() in functions, f"there is no function {name}"
        return functions[name.lower()](*values)

    def _take(self, sign: str) -> bool:
        if not self.at_end and self._tokens[self._at] == ("sign", sign):
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        assert self._take(sign), f"{sign} is missing"

    def _next(self, kind: str) -> str:
        found, text = self._tokens[self._at]
        assert found == kind, f"a {kind} is missing"
        self._at += 1
        return text


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is type(right):
        return bool(left == right)
    return _number(left) == _number(right)


def _number(value: Value) -> float:
    match value:
        case None | "":
            return 0.0
        case bool() | int() | float():
            return float(value)
        case _:
            try:
                return float(value)
            except (TypeError, ValueError):
                return float("nan")

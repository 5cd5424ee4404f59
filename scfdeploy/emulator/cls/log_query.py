"""Search conditions of CLS: `key:value`, `key:"phrase"`, `key:val*`, `key:>1`, words, AND, OR, NOT and brackets."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial
from typing import TypeAlias

from scfdeploy.emulator.messages import CloudError, Json

Condition: TypeAlias = Callable[[Json], bool]

_TOKEN = re.compile(r'\s*(?:(\()|(\))|((?:[\w.-]+:\s*(?:>=|<=|>|<|=)?\s*)?(?:"(?:\\.|[^"\\])*"|[^\s()"|]+)))')
_WORD_ENDS = re.compile(r"""[@&?|#()='",;:<>\[\]{}/ \n\t\r\\]+""")
_COMPARISONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq}
_MAX_NESTED = 50
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def parse_query(text: str) -> Condition:
    """The condition of a query; empty or `*` matches every line. Raises CloudError if it cannot be read."""
    if text.strip() in ("", "*"):
        return lambda _line: True
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise _cannot_read("The local server reads search conditions only, no SQL.")
        tokens.append(match.group().strip())
        position = match.end()
    condition = _any_of(tokens, 0)
    if tokens:
        raise _cannot_read(f"Unexpected {tokens[0]}.")
    return condition


def _any_of(tokens: list[str], depth: int) -> Condition:
    conditions = [_all_of(tokens, depth)]
    while tokens and tokens[0].upper() == "OR":
        tokens.pop(0)
        conditions.append(_all_of(tokens, depth))
    return lambda line: any(condition(line) for condition in conditions)


def _all_of(tokens: list[str], depth: int) -> Condition:
    conditions = [_one(tokens, depth)]
    while tokens and tokens[0] != ")" and tokens[0].upper() != "OR":
        if tokens[0].upper() == "AND":
            tokens.pop(0)
        conditions.append(_one(tokens, depth))
    return lambda line: all(condition(line) for condition in conditions)


def _one(tokens: list[str], depth: int) -> Condition:
    if depth > _MAX_NESTED:
        raise _cannot_read("It is nested too deep.")
    if not tokens:
        raise _cannot_read("A condition is missing at its end.")
    word = tokens.pop(0)
    if word.upper() == "NOT":
        negated = _one(tokens, depth + 1)
        return lambda line: not negated(line)
    if word == "(":
        inner = _any_of(tokens, depth + 1)
        if not tokens:
            raise _cannot_read("A bracket is not closed.")
        tokens.pop(0)
        return inner
    match = re.match(r"([\w.-]+):\s*(>=|<=|>|<|=)?\s*(.*)", word, re.DOTALL) if not word.startswith('"') else None
    if match is None:
        return partial(_is_in_line, word)
    key, comparison, value = match.groups()
    if comparison:
        if not _NUMBER.fullmatch(value):
            raise _cannot_read(f"{value} is not a number.")
        return partial(_compares, key, _COMPARISONS[comparison], float(value))
    return lambda line: _is_in(value, str(line.get(key, "")))


def _is_in_line(value: str, line: Json) -> bool:
    return any(_is_in(value, str(content)) for content in line.values())


def _is_in(value: str, content: str) -> bool:
    if value.startswith('"'):
        phrase = re.sub(r"\\(.)", r"\1", value[1:-1])
        return re.search(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", content) is not None
    words = [content, *_WORD_ENDS.split(content)]
    return any(fnmatchcase(word, value) for word in words) if "*" in value or "?" in value else value in words


def _compares(key: str, compare: Callable[[float, float], bool], number: float, line: Json) -> bool:
    content = str(line.get(key, ""))
    return bool(_NUMBER.fullmatch(content)) and compare(float(content), number)


def _cannot_read(text: str) -> CloudError:
    return CloudError("InvalidParameter.QueryError", text)

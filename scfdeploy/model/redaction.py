"""Redacts the text of files: stars replace the values of keys that look secret.

Values are words line by line, without parsing, because invalid files are shown too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.model.secret_names import can_contain_secret_name, looks_secret
from scfdeploy.model.secret_text import masked
from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from difflib import SequenceMatcher

# A name is read from its first character only, else a long word would be read again from each of its characters.
_KEY = lazy_pattern(
    r"""(?:(?=["'])|(?<![\w.-])[.-]*+)(?P<key>["']?(?P<name>\w[\w.-]*+)["']?)"""
    r"""\s*+(?:[:：=]\s*+|(?<=["']),\s*+)"""
    # A reference and nothing else: `${env:KEY, 'default'}` has more.
    r"""(?P<reference>["']*+\$\{[\w:./-]*+\}["']*+(?=\s*+(?:$|[,}\])#])))?"""
)
_DEFAULT = lazy_pattern(r"\$\{(?P<variable>[^${},'\"]*+),\s*+")
"""The beginning of a variable with a default, whether or not a brace closes it."""
_BEGINS_KEY = lazy_pattern(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
# A line without any of these continues the value above, whatever its indentation.
_BEGINS_ANOTHER = lazy_pattern(r"""\s*(?:[#}\])-]|[?"'\w$][^:：]*[:：])""")
_CONTEXT = 3
_MAX_WORDS = 1000
_MAX_LENGTH = 1000  # messages quote only the beginning of a longer text
_WORD = lazy_pattern(r"""[^\s"'{}\[\],:=&*!%@#|>?：]{4,}""")
_AROUND = " \t\"'{}[],:=&*!%@#|>?`-"


class ChangedLines(NamedTuple):
    """Neighbouring lines that change, redacted. Without `before` they are added, without `after` removed."""

    line: int
    """The place of the first one in the old text."""
    before: tuple[str, ...]
    after: tuple[str, ...]


@lru_cache(maxsize=4)
def lines_without_secrets(text: str) -> tuple[str, ...]:
    """The redacted lines of a text, without line ends and of unchanged length.

    Stars begin at the first value whose key looks secret and continue over lines that are indented deeper than that
    key. A reference like `${env:KEY}` stays. A `value` key has its name in another line, so it is redacted too.
    """
    return tuple(_hidden(split_lines(text)))


def difference(before: str, after: str, old: str, new: str) -> str:
    """A unified diff of two redacted texts, empty when they are equal; `old` and `new` are names."""
    groups = _matcher(before, after).get_grouped_opcodes(_CONTEXT)
    was, becomes = _shown(before), _shown(after)
    hunks: list[str] = []
    for group in groups:
        hunks.append(f"@@ -{_range(group[0][1], group[-1][2])} +{_range(group[0][3], group[-1][4])} @@\n")
        for kind, first, last, new_first, new_last in group:
            sign = " " if kind == "equal" else "-"
            hunks += (sign + line for line in was[first:last])
            hunks += ("+" + line for line in becomes[new_first:new_last] if kind != "equal")
    return "".join((f"--- {old}\n", f"+++ {new}\n", *hunks)) if hunks else ""


def changed_lines(before: str, after: str) -> tuple[ChangedLines, ...]:
    """The lines in which two texts differ."""
    was, becomes = lines_without_secrets(before), lines_without_secrets(after)
    return tuple(
        ChangedLines(first + 1, was[first:last], becomes[new_first:new_last])
        for kind, first, last, new_first, new_last in _matcher(before, after).get_opcodes()
        if kind != "equal"
    )


@lru_cache(maxsize=1)
def _matcher(before: str, after: str) -> SequenceMatcher[str]:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, _ended(before), _ended(after))


def hidden_words(text: str) -> tuple[str, ...]:
    """The redacted parts of a file that cannot be parsed: each part of a line, and its single words."""
    words: dict[str, None] = {}
    for was, shown in zip(split_lines(text), lines_without_secrets(text), strict=True):
        if was == shown:
            continue
        for part in _hidden_parts(was, shown):
            for word in (part.strip(_AROUND), *_WORD.findall(part)):
                words.setdefault(word[:_MAX_LENGTH])
            if len(words) >= _MAX_WORDS:
                return tuple(words)
    return tuple(words)


def _hidden(lines: list[str]) -> Iterator[str]:
    deeper_than: int | None = None
    in_key = is_empty = False
    for whole in lines:
        line = masked(whole)
        if in_key or _BEGINS_KEY.search(whole):
            in_key = "-----END" not in whole
            start = len(whole) - len(whole.lstrip())
            yield whole[:start] + "*" * (len(whole) - start)
            continue
        depth = len(line) - len(line.lstrip(" "))
        if deeper_than is not None and depth <= deeper_than and _BEGINS_ANOTHER.match(line):
            is_item = is_empty and depth == deeper_than and line.startswith("- ", depth)
            deeper_than = deeper_than if is_item else None
        if deeper_than is not None:
            yield line[:depth] + "*" * (len(line) - depth)
            continue
        key, default = _first_secret(line), _first_default(line)
        if default is not None and (key is None or default < key.end()):
            yield line[:default] + "*" * (len(line) - default)
        elif key is None:
            yield line
        else:
            deeper_than = key.start("key")
            is_empty = key.end() == len(line)
            yield line[: key.end()] + "*" * (len(line) - key.end())


def _first_default(line: str) -> int | None:
    """The column of the first default of a variable with a secret name."""
    if "${" not in line or not can_contain_secret_name(line):
        return None
    for variable in _DEFAULT.finditer(line):
        if any(map(looks_secret, re.split(r"[.:/()]", variable["variable"].strip()))):
            return variable.end()
    return None


def _first_secret(line: str) -> re.Match[str] | None:
    if "value" not in line and not can_contain_secret_name(line):
        return None
    for key in _KEY.finditer(line):
        if key["reference"] is None and (key["name"] == "value" or looks_secret(key["name"])):
            return key
    return None


def split_lines(text: str) -> list[str]:
    """The lines of a file without their ends."""
    # Split as YAML does: "\x0b" or "\u2028" inside a line must not shift the numbers.
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _ended(text: str) -> list[str]:
    """The lines with their ends; the last may have none."""
    *lines, last = split_lines(text)
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _shown(text: str) -> list[str]:
    """The redacted lines, in the form that `patch` reads."""
    *lines, last = lines_without_secrets(text)
    return [f"{line}\n" for line in lines] + ([f"{last}\n\\ No newline at end of file\n"] if last else [])


def _range(first: int, last: int) -> str:
    length = last - first
    return str(first + 1) if length == 1 else f"{first + 1 if length else first},{length}"


def _hidden_parts(was: str, shown: str) -> Iterator[str]:
    for stars in re.finditer(r"\*+", shown):
        part = was[stars.start() : stars.end()]
        if part != stars.group():
            yield part

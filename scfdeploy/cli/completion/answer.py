"""The answer to a shell: which values fit at the cursor, in a form that the shell's script reads.

The first line is a directive: `words`, `words nospace` for values that go on, `files` or `folders`. Each further line
is a value, a tab and a description.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scfdeploy.cli.completion.command_line import Expected, expected_at
from scfdeploy.cli.completion.quoting import after_option, joined_at_break_characters, quoted_for_bash, unquoted
from scfdeploy.cli.completion.table import CODES, REGIONS, RULES, RUNTIMES, TEMPLATES

if TYPE_CHECKING:
    from scfdeploy.cli.completion.project_names import ProjectNames

_MAX_VALUES = 2000
_MAX_LENGTH = 300


class Answer(NamedTuple):
    """What fits at the cursor."""

    directive: str
    values: list[tuple[str, str]]
    """Each with its description."""


def reply(arguments: Sequence[str]) -> None:
    """Write the answer to `scfdeploy __complete SHELL INDEX WORD...`: what fits as the word at INDEX.

    The first word is the program. Writes nothing on errors, because the user is in the middle of a line.
    """
    try:
        shell, index, *words = arguments
        text = _text(answer_for(shell, int(index), words))
        os.write(1, text.encode("utf-8", "surrogateescape"))
    except Exception:  # noqa: BLE001 - see above
        return


def answer_for(shell: str, index: int, words: Sequence[str]) -> Answer:
    """The answer for `bash`, whose words are unread text of the line, or for `zsh` or `fish`."""
    raw = words[index] if index < len(words) else ""
    before = list(words[:index])
    cut = 0
    if shell == "bash":
        before, raw, cut = joined_at_break_characters(before, raw)
        before = [unquoted(word) for word in before]
    current = unquoted(raw) if shell == "bash" else raw
    expected = expected_at(before, current)
    answer = _matching(expected)
    if shell == "zsh":
        return answer._replace(values=[(after_option(value), text) for value, text in answer.values])
    if shell == "bash":
        quoted = ((quoted_for_bash(value, raw), text) for value, text in answer.values)
        return answer._replace(values=[(value[cut:], text) for value, text in quoted if value is not None])
    return answer


def _matching(expected: Expected) -> Answer:
    kind, lead = expected.kind, expected.lead
    if kind in ("file", "project", "folder"):
        return Answer("folders" if kind == "folder" else "files", [])
    # A name in the files that starts with "-" would be read as an option, such as --endpoint=URL.
    names = (value for value in _KINDS[kind](expected) if not value.startswith("-")) if kind else ()
    found = ((value, "") for value in names) if kind else expected.choices
    values: dict[str, str] = {}
    for value, description in found:
        if value.startswith(expected.prefix) and value.isprintable() and len(value) <= _MAX_LENGTH:
            values.setdefault(lead + value, description)
            if len(values) >= _MAX_VALUES:
                break
    goes_on = bool(values) and all(value.endswith("=") for value in values)
    return Answer("words nospace" if goes_on else "words", list(values.items()))


def _text(answer: Answer) -> str:
    lines = [answer.directive, *(f"{value}\t{description}" for value, description in answer.values)]
    return "\n".join(lines) + "\n"


def _project(expected: Expected) -> ProjectNames:
    from scfdeploy.cli.completion.project_names import ProjectNames

    return ProjectNames(expected.project, expected.stage)


def _profiles(expected: Expected) -> Iterable[str]:
    from scfdeploy.cli.completion.profile_names import profile_names

    return profile_names()


_KINDS: Mapping[str, Callable[[Expected], Iterable[str]]] = {
    "address": lambda expected: _project(expected).targets(),
    "alias": lambda expected: ("$DEFAULT", *_project(expected).aliases()),
    "code": lambda expected: sorted((*CODES, *RULES)),
    "function": lambda expected: _project(expected).functions(),
    "instance": lambda expected: _project(expected).instances(),
    "profile": _profiles,
    "region": lambda expected: REGIONS,
    "rule": lambda expected: RULES,
    "runtime": lambda expected: RUNTIMES,
    "stage": lambda expected: ("dev", *_project(expected).stages()),
    "template": lambda expected: (*TEMPLATES, *_project(expected).templates(expected.function)),
    "variable": lambda expected: (f"{name}=" for name in _project(expected).variables()),
    "version": lambda expected: ("$LATEST", "$DEFAULT", *_project(expected).aliases()),
}

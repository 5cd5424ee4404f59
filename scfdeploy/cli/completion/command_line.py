"""Reads the words before the cursor by the table of commands, and says what is expected there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scfdeploy.cli.completion.table import COMMANDS, SUMMARIES


class Expected(NamedTuple):
    """What the word at the cursor can be."""

    kind: str = ""
    """A kind of value, such as `function`; empty for `choices`."""
    choices: tuple[tuple[str, str], ...] = ()
    """Values with descriptions."""
    prefix: str = ""
    """The beginning of the value, as typed."""
    lead: str = ""
    """What stands before the value in the same word, such as `--format=`."""
    project: str = ""
    """The path of the project that the words name."""
    stage: str = ""
    function: str = ""


class _Line:
    """The words before the cursor, as read so far."""

    def __init__(self) -> None:
        self.command = ""
        self.arguments: list[str] = []
        self.options: dict[str, str] = {}
        self.pending = ""
        """The option that takes the next word as its value."""
        self.only_arguments = False

    def read(self, word: str) -> None:
        """Read one word."""
        if self.pending:
            self.options[self.pending], self.pending = word, ""
        elif word == "--" and not self.only_arguments:
            self.only_arguments = True
        elif word.startswith("-") and len(word) > 1 and not self.only_arguments:
            name, equals, value = word.partition("=")
            names, kind, _ = _option(self.command, name)
            name = names.partition(" ")[0] or name
            self.options[name] = value
            if kind and not equals:
                self.pending = name
        elif _subcommands(self.command):
            self.command = f"{self.command} {word}".lstrip()
        else:
            self.arguments.append(word)

    def value(self, kind: str) -> str:
        """The value of a kind among the arguments and options."""
        found = (value for name, value in self.options.items() if _option(self.command, name)[1] == kind)
        kinds = _argument_kinds(self.command)
        given = (value for at, value in enumerate(self.arguments) if _kind_at(kinds, at) == kind)
        return next((value for value in (*found, *given) if value), "")


def expected_at(before: Sequence[str], current: str) -> Expected:
    """What is expected at the cursor after these words; the first is the program, `current` is the typed beginning."""
    line = _Line()
    for word in before[1:]:
        line.read(word)
    known = {name: line.value(f"@{name}") for name in ("project", "stage", "function")}
    if line.pending:
        return _value(_option(line.command, line.pending)[1], current, "", known)
    is_option = current.startswith("-") and not line.only_arguments
    name, equals, value = current.partition("=")
    if is_option and equals:
        return _value(_option(line.command, name)[1], value, f"{name}=", known)
    if is_option:
        return Expected("", _options(line), current)
    if subcommands := _subcommands(line.command):
        return Expected("", subcommands, current)
    kind = _kind_at(_argument_kinds(line.command), len(line.arguments))
    if not kind and not current and not line.only_arguments:
        return Expected("", _options(line), current)
    return _value(kind, current, "", known)


def _value(kind: str, prefix: str, lead: str, known: dict[str, str]) -> Expected:
    if kind.startswith("@"):
        return Expected(kind[1:], (), prefix, lead, **known)
    choices = tuple((choice, "") for choice in kind.split("|") if choice and kind != "-")
    return Expected("", choices, prefix, lead)


def _option(command: str, name: str) -> tuple[str, str, str]:
    """The names, the kind of the value and the description of an option; empty texts if it does not exist."""
    options = COMMANDS.get(command, ((), ()))[0]
    return next((option for option in options if name in option[0].split()), ("", "", ""))


def _options(line: _Line) -> tuple[tuple[str, str], ...]:
    """The options that can still be given."""
    return tuple(
        (name, text)
        for names, _, text in COMMANDS.get(line.command, ((), ()))[0]
        if names.partition(" ")[0] not in line.options or "repeatable" in text
        for name in names.split()
    )


def _subcommands(command: str) -> tuple[tuple[str, str], ...]:
    lead = f"{command} " if command else ""
    return tuple(
        (name[len(lead) :], text)
        for name, text in SUMMARIES.items()
        if name.startswith(lead) and " " not in name[len(lead) :]
    )


def _argument_kinds(command: str) -> tuple[str, ...]:
    return COMMANDS.get(command, ((), ()))[1]


def _kind_at(kinds: tuple[str, ...], position: int) -> str:
    """The kind of the argument at a position; the last can repeat."""
    if position < len(kinds):
        return kinds[position].removesuffix("...")
    return kinds[-1].removesuffix("...") if kinds and kinds[-1].endswith("...") else ""

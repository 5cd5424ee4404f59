"""Runs commands whose arguments are plain, without loading Typer, which takes longer than most commands run.

Plain are the options of `PLAIN_COMMANDS`, written in full, with values that need no conversion. Everything else is left
to Typer: help, mistakes, other commands, short options in one word, numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scfdeploy.cli.exits import Exit, UsageError
from scfdeploy.cli.language_settings import LANGUAGE_VARIABLE, LANGUAGES, can_need_language
from scfdeploy.cli.plain_commands import PLAIN_COMMANDS, PlainOption
from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.providers.clock import Clock

_LANGUAGE = "lang"
_LANGUAGES = tuple(LANGUAGES)
"""The plain names of languages; Typer also takes others, such as `zh-CN`."""


class PlainCall(NamedTuple):
    """A command, and the values of the parameters that its arguments set."""

    command: str
    values: Mapping[str, Any]


def run_if_plain(arguments: Sequence[str], clock: Clock | None = None) -> UsageError | None:
    """Run the command and raise SystemExit, if the arguments are plain. Returns an error that Typer has to show.

    `clock` is the one that commands wait by; only programs set it.
    """
    call = parse_plain(arguments, os.environ)
    if call is None:
        return None
    from scfdeploy.cli.groups import call_with_groups

    try:
        with _language(arguments, call):
            ((_, command),) = import_module(f"scfdeploy.cli.commands.{call.command}").app.commands
            waits = "clock" in command.__annotations__
            call_with_groups(command, {**call.values, "clock": clock} if waits else call.values)
    except UsageError as error:
        return error
    except Exit as end:
        raise SystemExit(int(end.exit_code)) from None
    raise SystemExit(0)


def parse_plain(arguments: Sequence[str], environ: Mapping[str, str]) -> PlainCall | None:
    """The call that the arguments of the program mean, or None if they are not plain."""
    command, *words = arguments or ("",)
    if command not in PLAIN_COMMANDS or "" in words or environ.get(LANGUAGE_VARIABLE, "") not in ("", *_LANGUAGES):
        return None
    argument, options, variables = PLAIN_COMMANDS[command]
    options = {**options, "--lang": (_LANGUAGE, _LANGUAGES)}
    values: dict[str, Any] = {}
    positional = []
    remaining = iter(words)
    for word in remaining:
        if not word.startswith("-"):
            positional.append(word)
        elif not _add_option(values, options, word, remaining):
            return None
    if not _add_argument(values, argument, positional):
        return None
    # The language is chosen by `_language`, as Typer chooses it before parsing.
    values.pop(_LANGUAGE, None)
    for variable, parameter in variables.items():
        if environ.get(variable) and parameter not in values:
            if not parameter:
                return None
            values[parameter] = environ[variable]
    return PlainCall(command, values)


def _add_option(
    values: dict[str, Any], options: Mapping[str, PlainOption], word: str, remaining: Iterator[str]
) -> bool:
    """Add the value of an option, which can be the next word. False if the option is not plain."""
    name, equals, value = word.partition("=")
    if name not in options or (equals and not name.startswith("--")):
        return False
    parameter, kind = options[name]
    if isinstance(kind, bool):
        values[parameter] = kind
        return not equals
    value = value if equals else next(remaining, "")
    if kind == "many":
        values.setdefault(parameter, []).append(value)
    else:
        values[parameter] = value
    # Typer has its own view of an empty value, and of one that looks like an option.
    return bool(value) and not value.startswith("-") and not (isinstance(kind, tuple) and value not in kind)


def _add_argument(values: dict[str, Any], argument: tuple[str, str], positional: list[str]) -> bool:
    """Add what is no option. False if the command does not take it."""
    name, kind = argument
    if not positional:
        return kind != "required"
    if kind == "many":
        values[name] = positional
    elif len(positional) == 1 and name:
        values[name] = positional[0]
    else:
        return False
    return True


def _language(arguments: Sequence[str], call: PlainCall) -> AbstractContextManager[object]:
    """The language of the user, or English for output that programs read."""
    stack = ExitStack()
    if can_need_language(arguments):
        from scfdeploy.cli.language import chosen_language
        from scfdeploy.diagnostics.messages import translation
        from scfdeploy.report.formats import is_for_programs

        stack.enter_context(chosen_language(arguments))
        if is_for_programs(call.values.get("output", "")):
            stack.enter_context(translation(None))
    return stack

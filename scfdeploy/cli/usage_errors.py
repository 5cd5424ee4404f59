"""Typer's errors about wrong usage, in the active language. Its texts are English and cannot be replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import IO, Any

import typer
from typer._click import exceptions

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import translation

_ERROR_TEXTS: Mapping[str, str] = {
    r"No such option: (?P<name>.*)": "No such option: {name}",
    r"Option (?P<name>'.*') requires an argument\.": "Option {name} requires a value.",
    r"Option (?P<name>'.*') requires (?P<number>\d+) arguments\.": "Option {name} requires {number} values.",
    r"Option (?P<name>'.*') does not take a value\.": "Option {name} does not take a value.",
    r"Got unexpected extra argument\(s\) \((?P<names>.*)\)": "Unexpected arguments: {names}",
    r"(?P<value>.*) is not a valid int(?:eger)?(?: range)?\.": "{value} is not an integer.",
    r"(?P<value>.*) is not a valid float(?: range)?\.": "{value} is not a number.",
    r"(?P<value>.*) is not in the range (?P<range>.*)\.": "{value} is not in the range {range}.",
    r"(?P<value>.*) is not a valid boolean\. .*": "{value} is neither true nor false.",
    r"(?P<value>.*) is not one of (?P<choices>.*)\.": "{value} is not one of {choices}.",
    r"(?:File|Directory|Path) (?P<path>.*) does not exist\.": "{path} does not exist.",
    r"(?:File|Directory|Path) (?P<path>.*) is a file\.": "{path} is a file, not a folder.",
    r"(?:File|Directory|Path) (?P<path>.*) is a directory\.": "{path} is a folder, not a file.",
    r"(?:File|Directory|Path) (?P<path>.*) is not readable\.": "{path} cannot be read.",
    r"(?:File|Directory|Path) (?P<path>.*) is not writable\.": "{path} cannot be written.",
}
"""Texts of Typer as patterns, and the template of each."""


@contextmanager
def keep_english() -> Iterator[None]:
    """Let errors of Typer in this block show themselves in English, whatever is active when they are shown."""
    try:
        yield
    except exceptions.UsageError as error:
        error.show = partial(_show_in_english, error)  # type: ignore[method-assign]
        raise


def translate_error(error: Exception) -> None:
    """Let an error of Typer show itself in the active language. Other errors, and pages of help, stay."""
    if "show" in vars(error):
        return
    if isinstance(error, exceptions.UsageError) and not isinstance(error, exceptions.NoArgsIsHelpError):
        error.show = partial(_show, error)  # type: ignore[method-assign]


def _show_in_english(error: exceptions.UsageError, file: IO[Any] | None = None) -> None:
    with translation(None):
        type(error).show(error, file)


def _show(error: exceptions.UsageError, file: IO[Any] | None = None) -> None:
    """As Typer's own `show`."""
    lines = []
    if error.ctx is not None:
        lines.append(error.ctx.get_usage())
        command, option = error.ctx.command_path, error.ctx.help_option_names[0]
        lines += [message("Try '{command} {option}' for help.", command=command, option=option), ""]
    lines.append(message("Error: {text}", text=_text(error)))
    typer.echo("\n".join(lines), file=file, err=file is None)


def _text(error: exceptions.UsageError) -> str:
    text = _translated(error.message)
    match error:
        case exceptions.NoSuchOption(possibilities=list() as names) if names:
            return message("{text} Did you mean {names}?", text=text, names=", ".join(sorted(names)))
        case exceptions.MissingParameter():
            name = _name(error)
            kind = error.param_type or getattr(error.param, "param_type_name", "")
            if kind == "argument":
                return message("Missing argument {name}.", name=name)
            return message("Missing option {name}.", name=name)
        case exceptions.BadParameter():
            name = _name(error)
            if name:
                return message("Invalid value for {name}: {text}", name=name, text=text)
            return message("Invalid value: {text}", text=text)
    return text


def _name(error: exceptions.BadParameter) -> str:
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)  # type: ignore[arg-type]
    return hint if isinstance(hint, str) else " / ".join(map(repr, hint or ()))


def _translated(text: str) -> str:
    for pattern, template in _ERROR_TEXTS.items():
        if match := re.fullmatch(pattern, text, re.DOTALL):
            return message(template, **match.groupdict())
    return text

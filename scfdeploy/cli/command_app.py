"""Typer applications whose help is translated when it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import typer
import typer.core

from scfdeploy.diagnostics import message

F = TypeVar("F", bound=Callable[..., Any])


class TranslatedCommand(typer.core.TyperCommand):
    """A command whose help goes through `message`."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _translate_help(self)
        super().format_help(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence of the help, for the list of commands."""
        _translate_help(self)
        return super().get_short_help_str(limit)


class TranslatedGroup(typer.core.TyperGroup):
    """A group of commands whose help goes through `message`."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _translate_help(self)
        super().format_help(ctx, formatter)


class CommandApp(typer.Typer):
    """The `app` of a module in `commands`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(cls=TranslatedGroup, add_completion=False, rich_markup_mode=None, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[F], F]:
        """Register a command with translated help."""
        return super().command(name, cls=TranslatedCommand, **settings)


def _translate_help(command: Any) -> None:
    command.help = message(command.help or "")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = message(parameter.help)

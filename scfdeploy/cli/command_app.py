"""The commands of a module, as functions.

Their annotations say how each option is written. They are evaluated by `cli/typer_commands.py`, which is loaded for
help, for errors, and for arguments that `cli/plain_run.py` does not understand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class CommandApp:
    """The `app` of a module in `commands`; the settings are those of `typer.Typer`."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.commands: list[tuple[str | None, Callable[..., None]]] = []
        """The commands, and their names where these are not those of the functions."""

        self.group: Callable[..., None] | None = None
        """The function whose docstring is the help of a group."""

    def command(self, name: str | None = None) -> Callable[[F], F]:
        """Register a command."""

        def register(function: F) -> F:
            self.commands.append((name, function))
            return function

        return register

    def callback(self) -> Callable[[F], F]:
        """Register the function whose docstring is the help of the group."""

        def register(function: F) -> F:
            self.group = function
            return function

        return register

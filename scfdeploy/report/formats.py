"""The list of output formats: where each is rendered and which commands offer it by `--format`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:  # the options of every command read this list; they must not load the formatters
    from scfdeploy.report.text import RenderedOutput, TextStyle
    from scfdeploy.results import Result

    Formatter: TypeAlias = Callable[[Result, TextStyle], RenderedOutput]
    """Renders a result for stdout and stderr. Every formatter takes every result, also that of a failed command."""


class OutputFormat(NamedTuple):
    """One format, rendered by a function of a module in this package."""

    module: str
    function: str
    commands: frozenset[str] = frozenset()
    """The commands whose `--format` offers it; empty for all. `--report` offers every format."""


FORMATS: Mapping[str, OutputFormat] = {
    "text": OutputFormat("text", "render_output"),
    "json": OutputFormat("document", "render_json"),
    "markdown": OutputFormat("markdown", "markdown", frozenset(("plan",))),
    "github": OutputFormat("github", "github", frozenset(("validate", "plan", "apply"))),
    "sarif": OutputFormat("sarif", "sarif", frozenset(("validate",))),
    "junit": OutputFormat("junit", "junit", frozenset(("validate",))),
}


def formatter(name: str) -> Formatter:
    """Load the function that renders a format."""
    from importlib import import_module

    form = FORMATS[name]
    found: Formatter = getattr(import_module(f"scfdeploy.report.{form.module}"), form.function)
    return found


def formats_of(command: str) -> tuple[str, ...]:
    """The names that `--format` of a command takes."""
    return tuple(name for name, form in FORMATS.items() if not form.commands or command in form.commands)


def format_enum(command: str = "") -> type[StrEnum]:
    """The formats of a command as an enumeration for Typer; without a command, those of all commands."""
    members = {name.upper(): name for name in formats_of(command)}
    enum: type[StrEnum] = StrEnum("Format", members)  # type: ignore[misc]
    return enum

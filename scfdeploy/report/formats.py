"""The list of output formats: where each is rendered and which commands offer it by `--format`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:  # every command reads this list; formatters are loaded when used
    from scfdeploy.report.text import RenderedOutput, TextStyle
    from scfdeploy.results import Result

    Formatter: TypeAlias = Callable[[Result, TextStyle], RenderedOutput]
    """Renders any result for stdout and stderr, including the failure of a command."""


class OutputFormat(NamedTuple):
    """One format: the function of a module in this package that renders it."""

    module: str
    function: str
    commands: frozenset[str] = frozenset()
    """The commands with this format in `--format`; empty for all."""

    is_for_files: bool = False
    """Whether it is written to files only, and no command has it in `--format`."""

    is_for_reports: bool = True
    """Whether `--report` has it: not if it is written while the command runs."""

    is_for_programs: bool = False
    """Whether programs read it, so that its texts are English whatever the language."""


FORMATS: Mapping[str, OutputFormat] = {
    "text": OutputFormat("text", "render_output"),
    "json": OutputFormat("document", "render_json", is_for_programs=True),
    "jsonl": OutputFormat(
        "json_lines",
        "render_json_lines",
        frozenset(("simulate", "logs", "dev")),
        is_for_reports=False,
        is_for_programs=True,
    ),
    "markdown": OutputFormat("markdown", "markdown", frozenset(("plan",))),
    "github": OutputFormat("github", "github", frozenset(("validate", "plan", "apply"))),
    "sarif": OutputFormat("sarif", "sarif", frozenset(("validate",)), is_for_programs=True),
    "junit": OutputFormat("junit", "junit", frozenset(("validate",)), is_for_programs=True),
    "step-summary": OutputFormat("markdown", "step_summary", is_for_files=True),
    "migration-report": OutputFormat("migration_report", "render_markdown", is_for_files=True, is_for_reports=False),
    "migration-json": OutputFormat(
        "migration_report", "render_json", is_for_files=True, is_for_reports=False, is_for_programs=True
    ),
    "html": OutputFormat("html", "render_html", is_for_files=True),
}


def formatter(name: str) -> Formatter:
    """Load the function that renders a format."""
    from importlib import import_module

    form = FORMATS[name]
    render: Formatter = getattr(import_module(f"scfdeploy.report.{form.module}"), form.function)
    return render


_ENDLESS_COMMANDS = frozenset(("dev",))
"""Commands that run until they are stopped: they have no result that could be one document."""


def is_for_programs(name: str) -> bool:
    """Whether programs read a format. False for an unknown one."""
    return name in FORMATS and FORMATS[name].is_for_programs


def formats_of(command: str) -> tuple[str, ...]:
    """The values of `--format` of a command."""
    return tuple(
        name
        for name, form in FORMATS.items()
        if not form.is_for_files
        and (not form.commands or command in form.commands)
        and not (name == "json" and command in _ENDLESS_COMMANDS)
    )


def report_formats() -> tuple[str, ...]:
    """The formats of `--report`, sorted."""
    return tuple(sorted(name for name, form in FORMATS.items() if form.is_for_reports))


def format_enum(command: str = "") -> type[StrEnum]:
    """The formats of a command as an enumeration for Typer; without a command, the formats that all commands have."""
    members = {name.upper(): name for name in formats_of(command)}
    enum: type[StrEnum] = StrEnum("Format", members)  # type: ignore[misc]
    return enum

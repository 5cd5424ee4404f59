"""Typer applications whose help is translated when it is shown, and whose commands have the option `--lang`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import typer
import typer.core
from typer._click.core import Command, ParameterSource

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import active_language, join_sentences, translation

F = TypeVar("F", bound=Callable[..., Any])

TYPER_WORDS = (
    "Arguments",
    "Commands",
    "Options",
    "Show this message and exit.",
    "default: {default}",
    "env var: {var}",
    "required",
    "(dynamic)",
    "Missing command.",
    "Aborted!",
)
"""The words that Typer adds to the help of a command, for translators."""

# Typer looks its words up in the catalogue of the whole process; ours is the one to ask. In English, nothing changes.
setattr(typer.core, "_", message)  # noqa: B010 - not a name that Typer exports


class _TranslatedHelp(Command):
    """A command or a group whose help goes through `message`."""

    def get_help(self, ctx: Any) -> str:
        """The help, laid out for the width of its characters."""
        _use_wide_layout(ctx)
        return super().get_help(ctx)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        self.help = message(self.help or "")
        for parameter in self.get_params(ctx):
            if getattr(parameter, "help", None):
                parameter.help = message(parameter.help)  # type: ignore[attr-defined]
        super().format_help(ctx, formatter)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=message("Usage: "))

    def get_usage(self, ctx: Any) -> str:
        """The usage line of an error."""
        _use_wide_layout(ctx)
        return super().get_usage(ctx)


class TranslatedCommand(_TranslatedHelp, typer.core.TyperCommand):
    """A command whose help goes through `message`."""

    def __init__(self, *args: Any, params: list[Any] | None = None, **settings: Any) -> None:
        super().__init__(*args, params=[*(params or []), _language_option()], **settings)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence of the help, for the list of commands."""
        self.help = message(self.help or "")
        return super().get_short_help_str(limit)

    def invoke(self, ctx: Any) -> Any:
        """Run the command: in English if its output is for programs, whatever the language."""
        if active_language() == "en":
            return super().invoke(ctx)
        from scfdeploy.report.formats import is_for_programs

        if not is_for_programs(str(ctx.params.get("output", ""))):
            return super().invoke(ctx)
        from scfdeploy.cli.usage_errors import keep_english

        with translation(None), keep_english():
            return super().invoke(ctx)


class TranslatedGroup(_TranslatedHelp, typer.core.TyperGroup):
    """A group of commands whose help goes through `message`."""

    shows_language = False
    """Whether its help lists `--lang`, which it always accepts: the help of each command does."""

    def __init__(self, *, params: list[Any] | None = None, **settings: Any) -> None:
        super().__init__(params=[*(params or []), _language_option(is_shown=self.shows_language)], **settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command. Typer's error about an unknown one would be in English."""
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = ", ".join(map(repr, get_close_matches(args[0], names)))
            advice = message("Did you mean {names}?", names=near) if near else ""
            ctx.fail(join_sentences(message("No such command {name}.", name=repr(args[0])), advice))
        return super().resolve_command(ctx, args)


class CommandApp(typer.Typer):
    """The `app` of a module in `commands`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(cls=TranslatedGroup, add_completion=False, rich_markup_mode=None, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[F], F]:
        """Register a command with translated help."""
        return super().command(name, cls=TranslatedCommand, **settings)


def _language_option(*, is_shown: bool = True) -> typer.core.TyperOption:
    """The option that every command has. The language is chosen before parsing; this checks and documents the value."""
    return typer.core.TyperOption(
        param_decls=["--lang"],
        metavar="en|zh",
        envvar="SCFDEPLOY_LANG",
        expose_value=False,
        hidden=not is_shown,
        callback=_check_language,
        help=message("Language of messages; on a terminal, that of the locale by default."),
    )


def _check_language(context: Any, option: Any, value: str | None) -> None:
    if value is None:
        return
    from scfdeploy.cli.language import LANGUAGES, VARIABLE, has_option, language_name

    is_of_environment = context.get_parameter_source(option.name) is ParameterSource.ENVIRONMENT
    if language_name(value) is None and not (is_of_environment and has_option()):
        raise typer.BadParameter(
            message("unknown language {name}. Choose {choices}.", name=repr(value), choices=", ".join(LANGUAGES)),
            param_hint=VARIABLE if is_of_environment else None,
        )


def _use_wide_layout(context: Any) -> None:
    if active_language() != "en":
        from scfdeploy.cli.help_layout import WideHelpFormatter

        context.formatter_class = WideHelpFormatter

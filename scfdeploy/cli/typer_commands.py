"""Makes Typer commands of functions: with translated help, the option `--lang`, and groups of options expanded."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from types import SimpleNamespace
from typing import Annotated, Any, get_type_hints

import typer
import typer.core
from typer._click.core import Command, ParameterSource

from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import Exit, UsageError
from scfdeploy.cli.language_settings import LANGUAGE_VARIABLE, LANGUAGES, language_name
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import active_language, join_sentences, translation

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
            return self._run(ctx)
        from scfdeploy.report.formats import is_for_programs

        if not is_for_programs(str(ctx.params.get("output", ""))):
            return self._run(ctx)
        from scfdeploy.cli.usage_errors import keep_english

        with translation(None), keep_english():
            return self._run(ctx)

    def _run(self, ctx: Any) -> Any:
        try:
            if isinstance(ctx.obj, UsageError):
                raise ctx.obj  # of `cli/plain_run.py`: the command has run
            return super().invoke(ctx)
        except Exit as end:
            raise typer.Exit(end.exit_code) from end
        except UsageError as error:
            raise typer.BadParameter(str(error), ctx) from error


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


def make_typer_command(app: CommandApp) -> Any:
    """The Typer command of a module in `commands`; a group if it has several."""
    program = typer.Typer(cls=TranslatedGroup, add_completion=False, rich_markup_mode=None, **app.settings)
    if app.group is not None:
        program.callback()(app.group)
    for name, command in app.commands:
        program.command(name, cls=TranslatedCommand)(expand_groups(command))
    return typer.main.get_command(program)


def expand_groups(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of each group in place of the group, in the order of `HELP_ORDER`.

    A parameter named `clock` is no option: it gets the `obj` of the context, which only programs set.
    """
    from scfdeploy.cli.groups import call_with_groups, groups_of, help_position

    annotations = {name: hint for name, hint in command.__annotations__.items() if name not in ("clock", "return")}
    hints = _hints(SimpleNamespace(__annotations__=annotations), command.__globals__)
    groups = groups_of(command)
    has_clock = "clock" in command.__annotations__
    parameters: list[Parameter] = []
    for parameter in signature(command).parameters.values():
        if parameter.name in groups:
            parameters += _parameters(groups[parameter.name])
        elif parameter.name != "clock":
            parameters.append(parameter.replace(annotation=hints[parameter.name]))
    parameters.sort(
        key=lambda parameter: help_position(parameter.name) if parameter.kind is Parameter.KEYWORD_ONLY else -1
    )
    if has_clock:
        parameters.insert(0, Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context))

    def run(**values: Any) -> None:
        if has_clock:
            values["clock"] = values.pop("context").obj
        call_with_groups(command, values)

    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
    return run


def _parameters(group: Any) -> list[Parameter]:
    hints = _hints(group)
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=group._field_defaults[name], annotation=hints[name])
        for name in group._fields
    ]


def _hints(annotated: Any, module_names: dict[str, Any] | None = None) -> dict[str, Any]:
    """The values of annotations. The modules of commands import the names in them for type checkers only."""
    from scfdeploy.cli import options

    names = {"typer": typer, "options": options, "Annotated": Annotated}
    return get_type_hints(annotated, module_names, names, include_extras=True)


def _language_option(*, is_shown: bool = True) -> typer.core.TyperOption:
    """The option that every command has. The language is chosen before parsing; this checks and documents the value."""
    return typer.core.TyperOption(
        param_decls=["--lang"],
        metavar="en|zh",
        envvar=LANGUAGE_VARIABLE,
        expose_value=False,
        hidden=not is_shown,
        callback=_check_language,
        help=message("Language of messages; on a terminal, that of the locale by default."),
    )


def _check_language(context: Any, option: Any, value: str | None) -> None:
    if value is None:
        return
    from scfdeploy.cli.language import has_option

    is_of_environment = context.get_parameter_source(option.name) is ParameterSource.ENVIRONMENT
    if language_name(value) is None and not (is_of_environment and has_option()):
        raise typer.BadParameter(
            message("unknown language {name}. Choose {choices}.", name=repr(value), choices=", ".join(LANGUAGES)),
            param_hint=LANGUAGE_VARIABLE if is_of_environment else None,
        )


def _use_wide_layout(context: Any) -> None:
    if active_language() != "en":
        from scfdeploy.cli.help_layout import WideHelpFormatter

        context.formatter_class = WideHelpFormatter

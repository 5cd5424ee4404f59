"""The Typer application: a group that imports a command only when it is used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, cast

import typer

from scfdeploy import __version__
from scfdeploy.cli.language_settings import can_need_language
from scfdeploy.cli.typer_commands import TranslatedGroup, make_typer_command
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import active_language, join_sentences

COMMANDS = {
    "init": "Create a new project that is ready to deploy.",
    "import": "Write serverless.yml, and optionally the code, from deployed functions.",
    "validate": "Check serverless.yml offline, without credentials.",
    "build": "Install dependencies, and package the code that apply would upload.",
    "plan": "Show the changes that apply would make, without making them.",
    "apply": "Create or update resources to match serverless.yml.",
    "destroy": "Delete the resources that the project owns.",
    "status": "Show deployed resources and how they differ from the files.",
    "versions": "List the published versions and the aliases of a function.",
    "alias": "Point an alias to a version, at once or step by step.",
    "rollback": "Point an alias back to the previous version.",
    "invoke": "Call a function and show its result, log, duration and memory.",
    "dev": "Run the project locally, and deploy what changes on every save.",
    "logs": "Show what functions printed, by request.",
    "events": "Show asynchronous events, and let virtual time pass.",
    "queue": "Show and use the local queues that dead letters go to.",
    "template": "Show and save test events for `invoke --template`.",
    "simulate": "Show on a virtual clock what would happen to events.",
    "migrate": "Convert older forms of serverless.yml to the current form.",
    "doctor": "Find problems with credentials, permissions, network, clock and programs.",
    "policy": "Print the least-privilege CAM policy for a project.",
    "explain": "Explain an error code, a status, a setting, a variable or a finding.",
    "ci": "Write a pipeline file that validates, plans and applies.",
    "schema": "Print the JSON Schema of serverless.yml, for editors.",
    "completion": "Print or install the completion script of a shell.",
    "emulator": "Run a local server that implements the SCF API.",
}
"""The commands in the order of a typical workflow; each is a module in `commands` with an `app`."""

_MODULES = {"import": "import_"}
"""Modules of commands whose names are Python keywords."""

_DESTRUCTIVE_COMMANDS = frozenset({"destroy"})
_DESTRUCTIVE_OPTIONS = frozenset({"--yes", "-y", "--prune", "--force", "--adopt", "--keep", "--instance", "--insecure"})
"""Never suggested for a typo, so that neither a hasty user nor a program deletes something by following a message."""

_DEPLOY_NAMES = frozenset({"deploy", "up", "sync", "push", "update", "publish"})
_DESTROY_NAMES = frozenset({"remove", "delete", "rm", "undeploy", "down", "uninstall"})
_STATUS_NAMES = frozenset({"list", "ls", "info", "show", "describe", "get"})
_PLAN_NAMES = frozenset({"diff", "preview"})
"""Names of commands in other tools."""


class LazyGroup(TranslatedGroup):
    """A group that knows the names and summaries of its commands without importing them."""

    shows_language = True

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Typer uses only these names, for "did you mean"; the commands come from `get_command`.
        self.commands = cast(Any, dict.fromkeys(COMMANDS))

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command; None if it does not exist."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"scfdeploy.cli.commands.{_MODULES.get(cmd_name, cmd_name)}")
        command = make_typer_command(module.app)
        command.name, command.short_help = cmd_name, message(COMMANDS[cmd_name])
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands; to import each of them would take longer than everything else."""
        with formatter.section(message("Commands")):
            formatter.write_dl([(name, message(summary)) for name, summary in COMMANDS.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; the error about an unknown one suggests nothing destructive."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(_unknown_command(args[0]))
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *further: Any, **settings: Any) -> Any:
        """Run the program in the language of the user."""
        arguments = sys.argv[1:] if args is None else list(args)
        if not can_need_language(arguments):
            return super().main(args, *further, **settings)
        from scfdeploy.cli.language import chosen_language

        with chosen_language(arguments):
            return super().main(args, *further, **settings)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the options before the command."""
        with _safe_suggestions():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with _safe_suggestions():
            return super().invoke(ctx)


def _unknown_command(name: str) -> str:
    """The error about a command that does not exist."""
    match name.lower():
        case word if word in _DEPLOY_NAMES:
            advice = message("To deploy, run `scfdeploy apply`. It shows the plan and asks for approval.")
        case word if word in _DESTROY_NAMES:
            advice = message(
                "`scfdeploy destroy` deletes the resources that the project owns. It shows the plan and asks for"
                " approval."
            )
        case word if word in _STATUS_NAMES:
            advice = message("To see what is deployed, run `scfdeploy status`.")
        case word if word in _PLAN_NAMES:
            advice = message("To see what would change, run `scfdeploy plan`.")
        case _:
            from difflib import get_close_matches

            near = get_close_matches(name, [command for command in COMMANDS if command not in _DESTRUCTIVE_COMMANDS])
            names = ", ".join(map(repr, near))
            advice = message("Did you mean {names}?", names=names) if near else message("See `scfdeploy --help`.")
    return join_sentences(message("No such command {name}.", name=repr(name)), advice)


@contextmanager
def _safe_suggestions() -> Iterator[None]:
    """Remove destructive options from the suggestions of an error about an unknown option, and translate the error."""
    try:
        yield
    except Exception as error:
        if active_language() != "en":
            from scfdeploy.cli.usage_errors import translate_error

            translate_error(error)
        suggestions = getattr(error, "possibilities", None)
        if isinstance(suggestions, list):
            allowed = [name for name in suggestions if name not in _DESTRUCTIVE_OPTIONS]
            error.possibilities = allowed  # type: ignore[attr-defined]
        raise


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(is_requested: bool) -> None:
    if is_requested:
        typer.echo(f"scfdeploy {__version__}")
        raise typer.Exit


@app.callback()
def scfdeploy(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Infrastructure as code for Tencent Cloud Serverless Cloud Function.

    Reads serverless.yml, checks it offline, shows what would change in the cloud, and applies the difference.
    """

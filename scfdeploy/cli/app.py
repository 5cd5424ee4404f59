"""The Typer application: a group whose commands are imported only when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, cast

import typer
import typer.core

from scfdeploy import __version__

# In the order in which people meet them. Each is a module of `commands` with an `app` of one command.
COMMANDS = {
    "init": "Create a new project that is ready to deploy.",
    "import": "Write serverless.yml, and optionally the code, from deployed functions.",
    "validate": "Check serverless.yml offline, without credentials.",
    "plan": "Show the changes that apply would make, without making them.",
    "apply": "Create or update resources to match serverless.yml.",
    "destroy": "Delete the resources that the project owns.",
    "status": "Show deployed resources and how they differ from the files.",
    "versions": "List the published versions and the aliases of a function.",
    "alias": "Point an alias to a version, at once or step by step.",
    "rollback": "Point an alias back to the previous version.",
    "invoke": "Call a function and show its result, log, duration and memory.",
    "migrate": "Convert older forms of serverless.yml to the current form.",
    "explain": "Explain an error code, a status code or a finding.",
    "ci": "Write a pipeline file that validates, plans and applies.",
    "schema": "Print the JSON Schema of serverless.yml, for editors.",
    "emulator": "Run a local server that implements the SCF API.",
}


_MODULES = {"import": "import_"}  # where Python does not allow the command's name


class LazyGroup(typer.core.TyperGroup):
    """A group that knows the names and one-line helps of its commands without importing them."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Typer looks only at the names here, for "did you mean"; the commands come from `get_command`.
        self.commands = cast(Any, dict.fromkeys(COMMANDS))

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command, or give None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"scfdeploy.cli.commands.{_MODULES.get(cmd_name, cmd_name)}")
        command = typer.main.get_command(module.app)
        command.name, command.short_help = cmd_name, COMMANDS[cmd_name]
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; one that does not exist ends with a message that suggests nothing destructive."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from scfdeploy.cli.suggestions import unknown_command_message

            ctx.fail(unknown_command_message(args[0], COMMANDS))
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command."""
        with _safe_suggestions():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with _safe_suggestions():
            return super().invoke(ctx)


@contextmanager
def _safe_suggestions() -> Iterator[None]:
    """Let no error about an unknown option suggest a destructive one."""
    try:
        yield
    except Exception as error:
        from scfdeploy.cli.suggestions import remove_destructive

        remove_destructive(error)
        raise


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
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

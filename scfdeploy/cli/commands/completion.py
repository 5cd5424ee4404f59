"""`scfdeploy completion`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import UsageError
from scfdeploy.cli.output import OutputOptions, print_document, print_text, run_or_exit
from scfdeploy.diagnostics import message

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options

app = CommandApp()


class Shell(StrEnum):
    """The shells with completion."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.command()
def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="`bash`, `zsh` or `fish`.")],
    *,
    install: Annotated[
        bool, typer.Option("--install", help="Write the script to the shell's folder in your home folder.")
    ] = False,
    edit_zshrc: Annotated[
        bool, typer.Option("--edit-zshrc", help="With --install for zsh: also add a line to .zshrc.")
    ] = False,
    output: options.OutputFormat = "text",
    debug: options.Debug = False,
) -> None:
    """Print the completion script of a shell, or install it.

    Completes commands, options and their values, and the names in the project: functions, addresses, stages.
    To try it in the current shell: eval "$(scfdeploy completion bash)"; in fish: scfdeploy completion fish | source
    """
    from scfdeploy.report.terminal import safe, safe_lines
    from scfdeploy.scaffold.completion import completion_script, install_completion

    if edit_zshrc and not (install and shell is Shell.ZSH):
        raise UsageError(message("--edit-zshrc requires zsh and --install"))
    screen = OutputOptions("completion", output, debug=debug)
    if not install and output == "json":
        script = run_or_exit(screen, lambda: completion_script(shell.value))
        print_document("completion", {"shell": shell.value, "script": script})
        return
    if not install:
        print_text(run_or_exit(screen, lambda: completion_script(shell.value)), sys.stdout)
        return
    done = run_or_exit(screen, lambda: install_completion(shell.value, dict(os.environ), edit_zshrc=edit_zshrc))
    if output == "json":
        files = [{"path": str(file.path), "changed": file.changed} for file in done.files]
        print_document("completion", {"shell": shell.value, "files": files, "advice": done.advice})
        return
    lines = [
        message("wrote {file}", file=safe(str(file.path)))
        if file.changed
        else message("{file} is up to date", file=safe(str(file.path)))
        for file in done.files
    ]
    print_text("\n".join([*lines, *safe_lines(done.advice)]), sys.stdout)

"""`scfdeploy policy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from scfdeploy.cli.arguments import make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode
from scfdeploy.cli.groups import DisplayOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.results.policy import PolicyShown

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options

app = CommandApp()


@app.command()
def policy(
    path: options.PathArgument = ".",
    *,
    run: Annotated[
        Literal["plan", "apply", "destroy"], typer.Option("--for", help="What the key has to do; apply includes plan.")
    ] = "apply",
    prune: Annotated[
        bool, typer.Option("--prune", help="Also allow to delete owned resources that no file lists.")
    ] = False,
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Print the least-privilege CAM policy for this project, ready to paste.

    Works offline. stderr says what each statement is for.
    """
    from scfdeploy.operations.doctor.policy import policy as use_case
    from scfdeploy.providers.tencent.permissions import Run

    request = make_request(path, **project._asdict())
    run_and_exit(
        OutputOptions("policy", output, *display), lambda: use_case(request, Run(run), prune=prune), _exit_code
    )


def _exit_code(result: PolicyShown) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID

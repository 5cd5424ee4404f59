"""`scfdeploy build`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode
from scfdeploy.cli.groups import DisplayOptions, ProjectOptions, RuleOptions
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.request import HOOK_LIMIT_S
from scfdeploy.results.builds import Built

if TYPE_CHECKING:
    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def build(
    path: options.PathArgument = ".",
    *,
    clock: Clock | None = None,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.OutputFormat = "text",
    no_hook: options.NoHook = False,
    no_build: options.NoBuild = False,
    hook_timeout: options.HookTimeout = HOOK_LIMIT_S,
    rules: RuleOptions,
    profile: options.Profile = None,
    display: DisplayOptions,
) -> None:
    """Install dependencies and package the code that apply would upload, and show where it is.

    Needs no credentials, and sends nothing to the cloud. Commands that it runs get no credentials.
    Exits with 3 when the configuration has errors or a command fails.
    """
    from scfdeploy.operations.build import build as use_case

    request = make_request(
        path,
        **project._asdict(),
        skip_unsupported=skip_unsupported,
        **rules._asdict(),
        hooks=not no_hook,
        build=not no_build,
        install=not no_build,
        hook_limit_s=hook_timeout,
    )
    cloud = cloud_options(clock=clock, profile=profile)
    screen = OutputOptions("build", output, *display)
    run_and_exit(screen, lambda: use_case(request, cloud), _exit_code)


def _exit_code(result: Built) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID

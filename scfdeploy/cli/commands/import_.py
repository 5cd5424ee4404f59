"""`scfdeploy import`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli.arguments import cloud_options, function_address, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode, UsageError
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions
from scfdeploy.cli.output import OutputOptions, done_if_ok, run_and_exit
from scfdeploy.diagnostics import Severity, message
from scfdeploy.operations.import_.operation import ImportOptions, import_functions
from scfdeploy.results.imported import Imported

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command(name="import")
def import_(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Functions, as `name` or `namespace/name`; without any, list all."),
    ] = None,
    *,
    clock: Clock | None = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Import all functions that no other project owns, and overwrite nothing.")
    ] = False,
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            metavar="NS",
            help="Namespace of names without one (`default` otherwise), and the only one to list or import all of.",
        ),
    ] = None,
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Output folder; created if it does not exist.")
    ] = ".",
    code: Annotated[bool, typer.Option("--code", help="Also download the deployed code to src.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite serverless.yml; an existing src is renamed.")
    ] = False,
    stage: options.Stage = None,
    region: options.Region = None,
    env_file: options.EnvFile = None,
    output: options.OutputFormat = "text",
    parallelism: options.Parallelism = None,
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Write serverless.yml from deployed functions. Nothing in the cloud is changed.

    Without names, lists the functions and who owns them. Values that look like secrets go into .env. Each function gets
    its own folder, unless all of them are owned by one instance. Without --code, `src: false` in the file leaves the
    deployed code alone.
    Exits with 3 when the written files have errors, and with 1 when a plan for them is not empty.
    """
    request = make_request(out, stage=stage, region=region, env_file=env_file)
    cloud = cloud_options(clock=clock, **connection._asdict(), parallelism=parallelism)
    functions = tuple(dict.fromkeys(function_address(name, namespace or "default") for name in names or ()))
    if all_ and (functions or force):
        raise UsageError(message("--all takes neither names nor --force"))
    if not all_ and not functions and (code or force):
        raise UsageError(message("--code and --force need names, or --all"))
    options_of_output = OutputOptions("import", output, *display)
    if not functions and not all_:
        from scfdeploy.operations.import_.listing import list_functions

        run_and_exit(options_of_output, lambda: list_functions(request, cloud, out, namespace), done_if_ok)
    choices = ImportOptions(functions, out, code, force, all_, namespace)
    run_and_exit(options_of_output, lambda: import_functions(request, cloud, choices), _exit_code)


def _exit_code(result: Imported) -> ExitCode:
    if result.ok:
        return ExitCode.DONE
    has_errors = any(finding.severity is Severity.ERROR for finding in result.findings.diagnostics)
    return (
        ExitCode.FAILED if not has_errors and any(function.drift for function in result.functions) else ExitCode.INVALID
    )

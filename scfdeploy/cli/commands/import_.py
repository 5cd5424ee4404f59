"""`scfdeploy import`."""

from __future__ import annotations

from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud_options, function_address, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.diagnostics import Severity
from scfdeploy.operations.import_.operation import ImportOptions, import_functions
from scfdeploy.results import Imported

app = CommandApp()


@app.command(name="import")
@expand_groups
def import_(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="One or more functions, as `name` or `namespace/name`.")
    ],
    *,
    namespace: Annotated[
        str, typer.Option("--namespace", metavar="NS", help="Namespace of names without one.")
    ] = "default",
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
    parallelism: options.Parallelism = 32,
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Write serverless.yml from deployed functions. Nothing in the cloud is changed.

    Values that look like secrets go into .env. Each function gets its own folder, unless all of them are owned by one
    instance.
    Exits with 3 when the written files have errors, and with 1 when a plan for them is not empty.
    """
    request = make_request(out, stage=stage, region=region, env_file=env_file)
    cloud = cloud_options(clock=context.obj, **connection._asdict(), parallelism=parallelism)
    functions = tuple(dict.fromkeys(function_address(name, namespace) for name in names))
    choices = ImportOptions(functions, out, code, force)
    run_and_exit(
        OutputOptions("import", output, *display), lambda: import_functions(request, cloud, choices), _exit_code
    )


def _exit_code(result: Imported) -> ExitCode:
    if result.ok:
        return ExitCode.DONE
    has_errors = any(finding.severity is Severity.ERROR for finding in result.findings.diagnostics)
    return (
        ExitCode.FAILED if not has_errors and any(function.drift for function in result.functions) else ExitCode.INVALID
    )

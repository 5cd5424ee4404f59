"""`scfdeploy import`."""

from __future__ import annotations

from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud, function_address, request
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.diagnostics import Severity
from scfdeploy.operations.import_.operation import ImportOptions, import_functions
from scfdeploy.results import Imported

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(name="import")
@expand_groups
def import_(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="`name` or `namespace/name`; one or several.")],
    *,
    namespace: Annotated[
        str, typer.Option("--namespace", metavar="NS", help="Namespace of the names that do not say one.")
    ] = "default",
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where to write; made when it is not there.")] = ".",
    code: Annotated[bool, typer.Option("--code", help="Also fetch the deployed code, into src.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a serverless.yml that is there; an older src is moved aside.")
    ] = False,
    stage: options.Stage = None,
    region: options.Region = None,
    env_file: options.EnvFile = None,
    output: options.OutputFormat = "text",
    parallelism: options.Parallelism = 32,
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Write serverless.yml from functions that exist; changes nothing in the cloud.

    What looks secret goes into .env. Several functions get a folder each, unless they carry one instance's mark.
    Exits with 3 when what was written has errors, and with 1 when a plan of it is not empty.
    """
    asked = request(out, stage=stage, region=region, env_file=env_file)
    where = cloud(clock=context.obj, **connection._asdict(), parallelism=parallelism)
    functions = tuple(dict.fromkeys(function_address(name, namespace) for name in names))
    wanted = ImportOptions(functions, out, code, force)
    run_and_exit(OutputOptions("import", output, *display), lambda: import_functions(asked, where, wanted), _exit_code)


def _exit_code(result: Imported) -> ExitCode:
    if result.ok:
        return ExitCode.DONE
    has_errors = any(found.severity is Severity.ERROR for found in result.findings.diagnostics)
    return ExitCode.FAILED if not has_errors and any(one.drift for one in result.functions) else ExitCode.INVALID

"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from scfdeploy.operations.request import Refresh
from scfdeploy.report.formats import format_enum

PathArgument = Annotated[
    str,
    typer.Argument(metavar="[PATH]", help="A serverless.yml, a folder with one, or a folder of such folders."),
]
PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="A serverless.yml, a folder with one, or a folder of such folders. Each PATH is a separate project.",
    ),
]
OptionalPathArgument = Annotated[
    str | None,
    typer.Argument(metavar="[PATH]", help="As for plan; with --plan, defaults to the project of the saved plan."),
]
FunctionArgument = Annotated[
    str,
    typer.Argument(metavar="[NAME]", help="`name` or `namespace/name`; optional if the project has only one function."),
]
ProjectPath = Annotated[
    str, typer.Option("--path", metavar="PATH", help="Project that provides the region, the stage and .env.")
]
Stage = Annotated[str | None, typer.Option("--stage", metavar="S", help="Stage; overrides the file.")]
Region = Annotated[str | None, typer.Option("--region", metavar="R", help="Region; overrides the file.")]
Variables = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="KEY=VALUE", help="Value for ${KEY} and ${env:KEY}; repeatable."),
]
EnvFile = Annotated[
    str | None, typer.Option("--env-file", metavar="FILE", help="Read this .env file instead of searching for one.")
]
Profile = Annotated[str | None, typer.Option("--profile", metavar="P", help="Profile in a credentials file.")]
_FORMAT = typer.Option("--format", help="Output format.")
if TYPE_CHECKING:
    OutputFormat: TypeAlias = str
    FindingsOutput: TypeAlias = str
    PlanOutput: TypeAlias = str
    ApplyOutput: TypeAlias = str
    SimulationOutput: TypeAlias = str
    LogOutput: TypeAlias = str
    DevOutput: TypeAlias = str
else:
    OutputFormat = Annotated[format_enum(), _FORMAT]
    FindingsOutput = Annotated[format_enum("validate"), _FORMAT]
    PlanOutput = Annotated[format_enum("plan"), _FORMAT]
    ApplyOutput = Annotated[format_enum("apply"), _FORMAT]
    SimulationOutput = Annotated[format_enum("simulate"), _FORMAT]
    LogOutput = Annotated[format_enum("logs"), _FORMAT]
    DevOutput = Annotated[format_enum("dev"), _FORMAT]
Strict = Annotated[bool | None, typer.Option("--strict/--no-strict", help="Treat warnings as errors, or not.")]
Select = Annotated[
    list[str] | None, typer.Option("--select", metavar="RULE", help="Report only this rule; repeatable.")
]
Ignore = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="RULE", help="Do not report this rule; repeatable.")
]
SkipUnsupported = Annotated[
    bool, typer.Option("--skip-unsupported", help="Skip files of known components that scfdeploy does not deploy.")
]
Target = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="NAME",
        help="Only this resource and its dependencies: a name, a pattern such as 'api-*', or an address; repeatable.",
    ),
]
Prune = Annotated[bool, typer.Option("--prune", help="Also delete owned resources that are no longer in the files.")]
Adopt = Annotated[
    bool,
    typer.Option("--adopt", help="Take ownership of resources that are not managed, or that another instance owns."),
]
PrunedInstances = Annotated[
    list[str] | None,
    typer.Option(
        "--instance",
        metavar="NAME",
        help="With --prune: also delete the resources of this instance, whose file is not read; repeatable.",
    ),
]
DestroyedInstances = Annotated[
    list[str] | None,
    typer.Option(
        "--instance",
        metavar="NAME",
        help="Only the resources of this instance, even if its file is not read; repeatable.",
    ),
]
Keep = Annotated[
    int | None,
    typer.Option("--keep", metavar="N", min=1, help="Delete unused layer versions other than the newest N."),
]
RefreshMode = Annotated[
    Refresh,
    typer.Option(
        "--refresh",
        help="Read every function in full, or only those that changed since the last apply here, as far as files and "
        "lists show; auto: like changed where possible.",
    ),
]
DetailedExitCode = Annotated[bool, typer.Option("--detailed-exitcode", help="Exit with 4 if there are changes.")]
Parallelism = Annotated[
    int | None,
    typer.Option(
        "--parallelism", metavar="N", min=1, max=128, help="Number of resources to process in parallel; 32 by default."
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="S", min=0, help="Time limit for the changes in seconds; the next run continues."
    ),
]
Retries = Annotated[
    int | None,
    typer.Option("--retries", metavar="N", min=0, help="Maximum number of retries of a failed call."),
]
Local = Annotated[
    bool,
    typer.Option("--local", help="Use the built-in local server, which stores its data in .scfdeploy/emulator.db."),
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="URL", envvar="SCFDEPLOY_ENDPOINT", help="Base URL for all API calls."),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="D", help="Only of this much time, such as 15m, 1h or 3d.")
]
Insecure = Annotated[
    bool,
    typer.Option("--insecure", help="Allow an unencrypted http:// endpoint on another machine."),
]
Reports = Annotated[
    list[str] | None,
    typer.Option("--report", metavar="FORMAT=FILE", help="Also write the result to FILE in FORMAT; repeatable."),
]
Html = Annotated[
    str | None,
    typer.Option("--html", metavar="FILE", help="Also write the result to FILE as an HTML page."),
]
NoBuild = Annotated[bool, typer.Option("--no-build", help="Install no dependencies; package the folder as it is.")]
NoHook = Annotated[bool, typer.Option("--no-hook", help="Do not run src.hook; package the folder as it is.")]
HookTimeout = Annotated[
    float,
    typer.Option(
        "--hook-timeout",
        metavar="S",
        min=1,
        envvar="SCFDEPLOY_HOOK_TIMEOUT",
        help="Time limit in seconds for each src.hook and each installation; a timeout fails the command.",
    ),
]
Prebuilt = Annotated[
    bool,
    typer.Option(
        "--prebuilt",
        help="The folder is built: run no src.hook, install nothing, read no .env file and no code outside it.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for approval.")]
Summary = Annotated[
    bool,
    typer.Option("--summary", help="Only show counts, deletions, replacements, public URLs and errors."),
]
NoGroup = Annotated[bool, typer.Option("--no-group", help="Show each finding and each change by itself.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="Disable colour, like the environment variable NO_COLOR.")]
Debug = Annotated[bool, typer.Option("--debug", help="Write debug messages to stderr, without secrets.")]

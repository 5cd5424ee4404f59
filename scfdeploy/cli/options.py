"""The options that several commands share, each described once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from scfdeploy.report.formats import format_enum

PathArgument = Annotated[
    str,
    typer.Argument(metavar="[PATH]", help="A serverless.yml, or a folder with one, or a folder of such folders."),
]
PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="A serverless.yml, or a folder with one, or a folder of such folders; each PATH is a project of its own.",
    ),
]
OptionalPathArgument = Annotated[
    str | None,
    typer.Argument(metavar="[PATH]", help="As for plan: by default this folder, or that of the saved plan."),
]
FunctionArgument = Annotated[
    str,
    typer.Argument(metavar="[NAME]", help="`name` or `namespace/name`; not needed when there is only one."),
]
ProjectPath = Annotated[
    str, typer.Option("--path", metavar="PATH", help="The project whose region, stage and .env are used.")
]
Stage = Annotated[str | None, typer.Option("--stage", metavar="S", help="Stage; wins over the file's.")]
Region = Annotated[str | None, typer.Option("--region", metavar="R", help="Region; wins over the file's.")]
Variables = Annotated[
    list[str] | None,
    typer.Option("--var", metavar="KEY=VALUE", help="Value for ${KEY} and ${env:KEY}; may be repeated."),
]
EnvFile = Annotated[
    str | None, typer.Option("--env-file", metavar="FILE", help="Read this file in place of looking for a .env.")
]
Profile = Annotated[str | None, typer.Option("--profile", metavar="P", help="Profile of a credentials file.")]
_FORMAT = typer.Option("--format", help="How to show the result.")
if TYPE_CHECKING:
    OutputFormat: TypeAlias = str
    FindingsOutput: TypeAlias = str
    PlanOutput: TypeAlias = str
    ApplyOutput: TypeAlias = str
else:
    OutputFormat = Annotated[format_enum(), _FORMAT]
    FindingsOutput = Annotated[format_enum("validate"), _FORMAT]
    PlanOutput = Annotated[format_enum("plan"), _FORMAT]
    ApplyOutput = Annotated[format_enum("apply"), _FORMAT]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings fail as errors do.")]
Select = Annotated[list[str] | None, typer.Option("--select", metavar="RULE", help="Only this rule; may be repeated.")]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", metavar="RULE", help="Not this rule; may be repeated.")]
SkipUnsupported = Annotated[
    bool, typer.Option("--skip-unsupported", help="Pass over files of kinds that are known and not deployed here.")
]
Target = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="ADDRESS", help="Only this resource and what hangs on it; may be repeated."),
]
Prune = Annotated[bool, typer.Option("--prune", help="Also delete what is there and no longer in the file.")]
Adopt = Annotated[
    bool,
    typer.Option("--adopt", help="Take over functions that nobody has marked, or that another instance has."),
]
PrunedInstances = Annotated[
    list[str] | None,
    typer.Option(
        "--instance",
        metavar="NAME",
        help="With --prune: also delete what this instance of the app owns, whose file is not read; may be repeated.",
    ),
]
DestroyedInstances = Annotated[
    list[str] | None,
    typer.Option(
        "--instance",
        metavar="NAME",
        help="Only what this instance of the app owns, whether or not its file is read; may be repeated.",
    ),
]
Keep = Annotated[
    int | None,
    typer.Option("--keep", metavar="N", min=1, help="Delete versions of layers beyond the newest N that nothing uses."),
]
DetailedExitCode = Annotated[bool, typer.Option("--detailed-exitcode", help="Exit with 4 when there are changes.")]
Parallelism = Annotated[
    int, typer.Option("--parallelism", metavar="N", min=1, max=128, help="How many resources are worked on at once.")
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="S", min=0, help="Seconds that the changes may take; the next run does the rest."
    ),
]
Retries = Annotated[
    int | None,
    typer.Option("--retries", metavar="N", min=0, help="How often a call that failed may be made again, at most."),
]
Local = Annotated[
    bool, typer.Option("--local", help="Use the built-in server instead of the cloud; data in .scfdeploy/emulator.db.")
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="URL", envvar="SCFDEPLOY_ENDPOINT", help="Send every call to this base URL."),
]
Insecure = Annotated[
    bool,
    typer.Option("--insecure", help="Allow an http:// endpoint on another machine: everything is sent unencrypted."),
]
Reports = Annotated[
    list[str] | None,
    typer.Option("--report", metavar="FORMAT=FILE", help="Also write the result to FILE; may be repeated."),
]
NoHook = Annotated[bool, typer.Option("--no-hook", help="Do not run src.hook; pack what is there.")]
HookTimeout = Annotated[
    float,
    typer.Option(
        "--hook-timeout",
        metavar="S",
        min=1,
        envvar="SCFDEPLOY_HOOK_TIMEOUT",
        help="Seconds that each src.hook may take; then it is stopped, and nothing is deployed.",
    ),
]
Prebuilt = Annotated[
    bool,
    typer.Option(
        "--prebuilt", help="The folder was built elsewhere: run no src.hook and read no .env file of it or around it."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour; NO_COLOR in the environment does the same.")]
Debug = Annotated[bool, typer.Option("--debug", help="Say more on stderr; never keys or secret values.")]

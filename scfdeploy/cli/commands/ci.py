"""`scfdeploy ci init`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.output import OutputOptions, print_text, run_or_exit
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.scaffold.ci import (
    SYSTEMS,
    Asked,
    Proposal,
    Settings,
    carried_over,
    decide,
    installed_source,
    parse_source,
    propose,
    read_existing,
    render,
    write,
)

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


class SystemName(StrEnum):
    """What runs the pipeline."""

    GITHUB = "github"
    JENKINS = "jenkins"
    CODING = "coding"


class Keys(StrEnum):
    """Where a pipeline has its keys from."""

    SECRETS = "secrets"
    OIDC = "oidc"


@app.callback()
def ci() -> None:
    """Pipelines that validate, plan and apply."""


@app.command()
def init(
    system: Annotated[SystemName, typer.Argument(metavar="SYSTEM", help="`github`, `jenkins` or `coding`.")],
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Folders that are deployed, from the root of the repository."),
    ] = None,
    *,
    runtime: Annotated[
        str | None, typer.Option("--runtime", metavar="R", help="python, java, nodejs, or a full name: Python3.10.")
    ] = None,
    type_: Annotated[str | None, typer.Option("--type", metavar="T", help="event or web.")] = None,
    build: Annotated[
        str | None,
        typer.Option("--build", metavar="B", help="pip, pyproject; npm, pnpm, yarn; maven, gradle; or none."),
    ] = None,
    stage_branch: Annotated[
        list[str] | None,
        typer.Option("--stage-branch", metavar="BRANCH=STAGE", help="A push there deploys that stage; repeatable."),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option("--secret", metavar="NAME", help="A secret that plan and apply get as ${env:NAME}; repeatable."),
    ] = None,
    keys: Annotated[Keys, typer.Option("--keys", help="Keys kept as secrets, or short-lived ones by OIDC.")] = (
        Keys.SECRETS
    ),
    package: Annotated[
        str | None,
        typer.Option(
            "--package",
            metavar="SPEC",
            help="The scfdeploy to install: git+https://…@COMMIT, or a wheel with #sha256=…; else this one.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="A workflow with `scf deploy`, `sls deploy` or their action."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    debug: options.Debug = False,
) -> None:
    """Write a pipeline file for the project in this folder. Options that are not given are detected from the project.

    If the file exists, only the difference is shown; --force overwrites it.
    """
    screen = OutputOptions("ci init", debug=debug)
    asked = Asked(
        runtime=runtime,
        type=type_,
        build=build,
        stage_branches=tuple(stage_branch or ()),
        paths=tuple(paths or ()),
        secrets=tuple(secret or ()),
        keys=keys.value,
        package=package,
    )
    root = Path()
    if source is not None:
        asked = _moved(screen, Path(source), asked, root)
    if asked == Asked() and sys.stdin.isatty() and sys.stderr.isatty():
        asked = _ask(screen, root, system)
    _propose(screen, system, run_or_exit(screen, lambda: decide(root, system.value, asked)), force=force)


def _propose(screen: OutputOptions, system: SystemName, settings: Settings, *, force: bool) -> None:
    """Write the file, unless it is there as it should be, or otherwise and nobody said --force."""
    place = Path(SYSTEMS[system].file)
    proposal = run_or_exit(screen, lambda: propose(place, render(system.value, settings)))
    if proposal.is_same:
        print_text(f"{place} is up to date", sys.stdout)
        return
    if not proposal.is_new:
        print_text("\n".join(safe_lines(proposal.diff())), sys.stdout)
        if not force:
            print_text(f"\n{place} exists and differs; nothing was written. Use --force to overwrite it.", sys.stderr)
            raise typer.Exit(ExitCode.FAILED)
    run_or_exit(screen, lambda: write(proposal))
    print_text("\n".join(_written(system, proposal, settings)), sys.stdout)


def _ask(screen: OutputOptions, root: Path, system: SystemName) -> Asked:
    """Ask for what a folder cannot say for certain; what was found out is offered."""
    package = installed_source(root)
    if package is None:
        wanted = "The scfdeploy to install: git+https://HOST/OWNER/scfdeploy@COMMIT, or a wheel with #sha256=HASH"
        answer = typer.prompt(wanted, err=True)
        package = run_or_exit(screen, lambda: parse_source(answer, root)).spec
    try:
        found = decide(root, system.value, Asked(package=package))
    except ScfDeployError:
        found = decide(root, system.value, Asked(runtime="python", package=package))  # there is no project yet
    runtime = typer.prompt("Language: python, nodejs or java", default=found.language, err=True)
    type_ = typer.prompt("Kind of function: event or web", default=found.type, err=True)
    tool = typer.prompt("Build tool", default=found.tool, err=True) if runtime == found.language else None
    ((branch, stages),) = found.stages.items()
    pairs = typer.prompt("Branches and their stages", default=f"{branch}={stages[0]}", err=True)
    keys = typer.prompt("Keys: secrets or oidc", default=found.keys, err=True) if system == "github" else found.keys
    return Asked(
        runtime=runtime, type=type_, build=tool, stage_branches=tuple(pairs.split()), keys=keys, package=package
    )


def _moved(screen: OutputOptions, file: Path, asked: Asked, root: Path) -> Asked:
    """The options with what a workflow says; shows what each of its lines becomes."""
    found = run_or_exit(screen, lambda: read_existing(file))
    for line in found.lines:
        print_text(f"{safe(str(file))}:{line.number}: {safe(line.text.strip())}\n    {safe(line.becomes)}", sys.stdout)
    print_text(f"Remove {safe(str(file))} when the new file has done its work.\n\n", sys.stdout)
    return run_or_exit(screen, lambda: carried_over(found, asked, root=root))


def _written(system: SystemName, proposal: Proposal, settings: Settings) -> list[str]:
    stages = ", ".join(dict.fromkeys(name for names in settings.stages.values() for name in names))
    match system, settings.keys:
        case SystemName.GITHUB, "oidc":
            wanted = "the variables TENCENTCLOUD_ROLE_ARN and TENCENTCLOUD_OIDC_PROVIDER"
        case SystemName.GITHUB, _:
            wanted = "the secrets TENCENT_SECRET_ID and TENCENT_SECRET_KEY"
        case SystemName.JENKINS, _:
            wanted = "a credential tencent-cloud: the key's id as user name, the key as password"
        case SystemName.CODING, _:
            wanted = "the variable TENCENT_CLOUD_API_CRED: the id of a credential with a key of the cloud"
    lines = [f"wrote {proposal.path}", *(f"note: {note}" for note in settings.notes), ""]
    lines.append(f"Next: give the pipeline {wanted}.")
    if system is SystemName.GITHUB:
        lines.append(f"Protect the environment of each stage: {stages}.")
    if settings.variables:
        lines.append(f"It also needs these secrets: {', '.join(settings.variables)}.")
    return lines

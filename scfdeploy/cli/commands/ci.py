"""`scfdeploy ci init`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scfdeploy.cli.ci_report import MigratedPipeline, migrated_pipeline, next_step, render_json, report_lines
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import Exit, ExitCode
from scfdeploy.cli.output import OutputOptions, print_text, run_or_exit
from scfdeploy.cli.questions import ask
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import replace
from scfdeploy.report.terminal import safe_lines
from scfdeploy.scaffold.ci import (
    SYSTEMS,
    PipelineOptions,
    Proposal,
    Settings,
    compare_lines,
    installed_source,
    merge_pipeline,
    parse_source,
    propose,
    read_pipeline,
    render,
    resolve_settings,
    working_tree_source,
    write,
)

if TYPE_CHECKING:
    from scfdeploy.cli import options

app = CommandApp(no_args_is_help=True)


class SystemName(StrEnum):
    """The build server."""

    GITHUB = "github"
    JENKINS = "jenkins"
    CODING = "coding"
    CNB = "cnb"
    GITLAB = "gitlab"


class Keys(StrEnum):
    """The source of the credentials."""

    SECRETS = "secrets"
    OIDC = "oidc"


@app.callback()
def ci() -> None:
    """Pipelines that validate, plan and apply."""


@app.command()
def init(
    system: Annotated[
        SystemName, typer.Argument(metavar="SYSTEM", help="`github`, `jenkins`, `coding`, `cnb` or `gitlab`.")
    ],
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Folders to deploy, relative to the root of the repository."),
    ] = None,
    *,
    runtime: Annotated[
        str | None,
        typer.Option("--runtime", metavar="R", help="`python`, `nodejs`, `java`, or a full name such as Python3.10."),
    ] = None,
    type_: Annotated[str | None, typer.Option("--type", metavar="T", help="Function type: `event` or `web`.")] = None,
    build: Annotated[
        str | None,
        typer.Option("--build", metavar="B", help="Build tool: pip, pyproject, npm, pnpm, yarn, maven, gradle, none."),
    ] = None,
    stage_branch: Annotated[
        list[str] | None,
        typer.Option("--stage-branch", metavar="BRANCH=STAGE", help="Deploy STAGE on each push to BRANCH; repeatable."),
    ] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option("--secret", metavar="NAME", help="Secret that plan and apply get as ${env:NAME}; repeatable."),
    ] = None,
    keys: Annotated[Keys, typer.Option("--keys", help="Credentials from secrets, or temporary ones by OIDC.")] = (
        Keys.SECRETS
    ),
    package: Annotated[
        str | None,
        typer.Option(
            "--package",
            metavar="SPEC",
            help="Source of scfdeploy: git+https://…@COMMIT, or a wheel with #sha256=…; defaults to this one.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE", help="Existing workflow or Jenkinsfile that deploys with the vendor's tools."
        ),
    ] = None,
    archive_events: Annotated[
        bool, typer.Option("--archive-events", help="Also keep event records for good, with a daily job.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    output: options.OutputFormat = "text",
    debug: options.Debug = False,
) -> None:
    """Write a pipeline file for the project in this folder. Missing options are detected from the project.

    If the file exists, only the difference is shown; --force overwrites it. --from ends with a list of everything in
    the old file that is not carried over.
    """
    screen = OutputOptions("ci init", output, debug=debug)
    asked = PipelineOptions(
        runtime=runtime,
        type=type_,
        build=build,
        stage_branches=tuple(stage_branch or ()),
        paths=tuple(paths or ()),
        secrets=tuple(secret or ()),
        keys=keys.value,
        package=package,
        archive_events=archive_events,
    )
    root = Path()
    existing = None
    if source is not None:
        existing = run_or_exit(screen, lambda: read_pipeline(Path(source)))
        asked = run_or_exit(screen, lambda: merge_pipeline(existing, asked, root=root))
    if asked == PipelineOptions(archive_events=archive_events) and sys.stdin.isatty() and sys.stderr.isatty():
        asked = replace(_ask(screen, root, system), archive_events=archive_events)
    settings = run_or_exit(screen, lambda: resolve_settings(root, system.value, asked))
    migrated = None
    if source is not None and existing is not None:
        lines = compare_lines(existing, settings, system.value)
        migrated = migrated_pipeline(Path(source), lines, existing.repairs)
    _propose(screen, system, settings, migrated, force=force)


def _propose(
    screen: OutputOptions, system: SystemName, settings: Settings, migrated: MigratedPipeline | None, *, force: bool
) -> None:
    """Write the file, unless it is up to date, or differs and `force` is not set."""
    file = Path(SYSTEMS[system].file)
    proposal = run_or_exit(screen, lambda: propose(file, render(system.value, settings)))
    is_written = not proposal.is_same and (proposal.is_new or force)
    if is_written:
        run_or_exit(screen, lambda: write(proposal))
    if screen.format == "json":
        notes = _next_steps(system, settings) if is_written else []
        text = render_json(proposal, is_written=is_written, notes=[note for note in notes if note], migrated=migrated)
        print_text(text, sys.stdout)
    else:
        _print_result(system, settings, proposal, migrated, is_written=is_written)
    if not is_written and not proposal.is_same:
        text = message("{file} exists and differs; nothing was written. Use --force to overwrite it.", file=file)
        print_text(f"\n{text}", sys.stderr)
        raise Exit(ExitCode.FAILED)


def _print_result(
    system: SystemName,
    settings: Settings,
    proposal: Proposal,
    migrated: MigratedPipeline | None,
    *,
    is_written: bool,
) -> None:
    """Print what was written, the next steps, and last what is not carried over."""
    if not proposal.is_new and not proposal.is_same:
        print_text("\n".join(safe_lines(proposal.diff())), sys.stdout)
    lines = []
    if proposal.is_same:
        lines.append(message("{file} is up to date", file=proposal.path))
    elif is_written:
        lines += [message("wrote {file}", file=proposal.path), *_next_steps(system, settings)]
    if migrated is not None:
        lines += [step] if is_written and (step := next_step(migrated, proposal)) else []
        lines += ["", *report_lines(migrated)]
    print_text("\n".join(lines), sys.stdout)


def _ask(screen: OutputOptions, root: Path, system: SystemName) -> PipelineOptions:
    """Ask for the settings, with those detected from the project as defaults."""
    package = installed_source(root)
    if package is None:
        question = message(
            "Source of scfdeploy (git+https://HOST/OWNER/scfdeploy@COMMIT, or a wheel with #sha256=HASH)"
        )
        answer = ask(question, default=working_tree_source(root))
        package = run_or_exit(screen, lambda: parse_source(answer, root)).spec
    try:
        detected = resolve_settings(root, system.value, PipelineOptions(package=package))
    except ScfDeployError:
        # The folder has no project yet.
        detected = resolve_settings(root, system.value, PipelineOptions(runtime="python", package=package))
    runtime = ask(message("Language (python, nodejs, java)"), default=detected.language)
    type_ = ask(message("Function type (event, web)"), default=detected.type)
    tool = ask(message("Build tool"), default=detected.tool) if runtime == detected.language else None
    ((branch, stages),) = detected.stages.items()
    pairs = ask(message("Branches and their stages"), default=f"{branch}={stages[0]}")
    keys = ask(message("Credentials (secrets, oidc)"), default=detected.keys) if system == "github" else detected.keys
    return PipelineOptions(
        runtime=runtime, type=type_, build=tool, stage_branches=tuple(pairs.split()), keys=keys, package=package
    )


def _next_steps(system: SystemName, settings: Settings) -> list[str]:
    stages = ", ".join(dict.fromkeys(name for names in settings.stages.values() for name in names))
    match system, settings.keys:
        case SystemName.GITHUB, "oidc":
            needs = message("Next: set the variables TENCENTCLOUD_ROLE_ARN and TENCENTCLOUD_OIDC_PROVIDER.")
        case SystemName.GITHUB, _:
            needs = message("Next: set the secrets TENCENT_SECRET_ID and TENCENT_SECRET_KEY.")
        case SystemName.JENKINS, _:
            needs = message(
                "Next: create the credential tencent-cloud, with the key id as user name and the key as password."
            )
        case SystemName.CODING, _:
            needs = message("Next: set the variable TENCENT_CLOUD_API_CRED to the id of a Tencent Cloud credential.")
        case SystemName.CNB, _:
            needs = message(
                "Next: in .cnb.yml, replace GROUP/SECRETS by your secret repository, and put the key files into it."
            )
        case SystemName.GITLAB, _:
            needs = message(
                "Next: set the variables TENCENT_SECRET_ID and TENCENT_SECRET_KEY twice: with a read-only key and the"
                " environment scope plan/*, and with the key that deploys, protected, and the scope of each stage."
            )
    notes = [message("note: {text}", text=note) for note in settings.notes]
    lines = [*notes, "", needs]
    if settings.archive_events:
        lines.append(_archive_note(system))
    if system in (SystemName.GITHUB, SystemName.GITLAB):
        lines.append(message("Protect the environment of each stage: {stages}.", stages=stages))
    if settings.variables:
        lines.append(message("The pipeline also needs these secrets: {names}.", names=", ".join(settings.variables)))
    return lines


def _archive_note(system: SystemName) -> str:
    """What the timer job needs beside the pipeline file."""
    match system:
        case SystemName.GITHUB:
            return message("The daily job archives events on the branch scfdeploy-events with the repository secrets.")
        case SystemName.JENKINS:
            return message(
                "The daily job archives events on the branch scfdeploy-events: create the credential scfdeploy-git,"
                " with a user name and a password that can push."
            )
        case SystemName.CODING:
            return message(
                "To archive events on the branch scfdeploy-events, create a second build plan with the same"
                " Jenkinsfile, a daily timer and the variable ARCHIVE_EVENTS=true."
            )
        case SystemName.CNB:
            return message("The daily job archives events on the branch scfdeploy-events with scfdeploy-plan.yml.")
        case SystemName.GITLAB:
            return message(
                "To archive events on the branch scfdeploy-events, create a daily pipeline schedule, and allow Git"
                " pushes with job tokens in Settings > CI/CD > Job token permissions."
            )

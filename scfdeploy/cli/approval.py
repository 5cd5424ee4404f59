"""Runs `apply`, `destroy` and alias commands: approval prompt, progress, and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from scfdeploy.apply import Effect, Status
from scfdeploy.apply.stop import Stop
from scfdeploy.cli.exits import Exit, ExitCode
from scfdeploy.cli.interrupt import signals_stop, write_to_stderr
from scfdeploy.cli.output import (
    OutputOptions,
    print_text,
    run_and_exit,
    run_or_exit,
    show,
    write_reports_and_exit,
)
from scfdeploy.cli.questions import ask
from scfdeploy.cli.redaction import SECRETS
from scfdeploy.cli.region_parts import Part
from scfdeploy.cli.regions import run_parts, split_project
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.operations.apply import ApplyHooks
from scfdeploy.operations.request import Request
from scfdeploy.plan import Policy
from scfdeploy.records import dataclass
from scfdeploy.report.terminal import safe
from scfdeploy.results import Applied, Findings, Planned
from scfdeploy.results.aliases import AliasChanged


def run_apply(output: OutputOptions, use_case: Callable[[ApplyHooks], Applied], *, yes: bool) -> NoReturn:
    """Run an apply or a destroy, and exit."""
    applied = _run(output, use_case, yes=yes)
    write_reports_and_exit(output, applied, exit_code(applied))


def run_apply_by_region(
    output: OutputOptions, whole: Part, use_case: Callable[[Request, Policy, ApplyHooks], Applied], *, yes: bool
) -> NoReturn:
    """Run an apply or a destroy for each region of the project, until one fails, and exit."""
    prompt = ApprovalPrompt(output, yes)
    result = _execute(output, lambda hooks: use_case(*whole, hooks), prompt)
    parts = split_project(output, whole, result.findings)
    if not parts:
        _show(output, result, prompt)
        write_reports_and_exit(output, result, exit_code(result))
    has_changes: list[bool] = []

    def run(part: Part) -> NoReturn:
        applied = _run(output, lambda hooks: use_case(*part, hooks), yes=yes)
        has_changes.append(bool(applied.outcomes))
        write_reports_and_exit(output, applied, exit_code(applied))

    *before, last = run_parts(output, parts, run, stops=True)
    is_partial = last is ExitCode.FAILED and any(has_changes[: len(before)])
    raise Exit(ExitCode.PARTLY_APPLIED if is_partial else last)


def _run(output: OutputOptions, use_case: Callable[[ApplyHooks], Applied], *, yes: bool) -> Applied:
    """Run an apply or a destroy, and show the result."""
    prompt = ApprovalPrompt(output, yes)
    applied = _execute(output, use_case, prompt)
    _show(output, applied, prompt)
    return applied


def _execute(output: OutputOptions, use_case: Callable[[ApplyHooks], Applied], prompt: ApprovalPrompt) -> Applied:
    def run() -> Applied:
        from scfdeploy.report.progress import progress

        stop = Stop()
        live = output.format == "text" and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        display = progress(sys.stderr, live=live, color=output.color(sys.stderr), redact=SECRETS.redact)
        with display as listener, signals_stop(stop):
            return use_case(ApplyHooks(prompt, listener, stop))

    return run_or_exit(output, run, interrupted=_interrupted())


def _show(output: OutputOptions, applied: Applied, prompt: ApprovalPrompt) -> None:
    # The prompt has shown the findings above the plan; a JSON document contains them once.
    show(output, applied._replace(findings=Findings()) if prompt.is_shown else applied)


def run_alias_change(output: OutputOptions, use_case: Callable[[ApplyHooks], AliasChanged], *, yes: bool) -> None:
    """Run a command that changes an alias, and exit."""
    prompt = ApprovalPrompt(output, yes)

    def run() -> AliasChanged:
        stop = Stop()
        with signals_stop(stop, write_to_stderr):
            return use_case(ApplyHooks(prompt, lambda _: None, stop))

    run_and_exit(output, run, alias_exit_code, interrupted=_interrupted())


def alias_exit_code(result: AliasChanged) -> ExitCode:
    """The exit code of an alias command. A shift that is rolled back is not partly applied."""
    if result.ok:
        return ExitCode.DONE
    if result.interrupted:
        return ExitCode.INTERRUPTED
    some_done = any(outcome.status is Status.SUCCEEDED for outcome in result.outcomes)
    return ExitCode.PARTLY_APPLIED if some_done and not result.shifted_back else ExitCode.FAILED


def exit_code(result: Applied) -> ExitCode:
    """The exit code of an apply or destroy."""
    if result.plan is None:
        return ExitCode.INVALID
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.ok:
        return ExitCode.DONE
    some_done = any(
        outcome.half_replaced or outcome.effect in (Effect.CONFIRMED, Effect.PARTIAL) for outcome in result.outcomes
    )
    return ExitCode.PARTLY_APPLIED if some_done else ExitCode.FAILED


@dataclass(slots=True)
class ApprovalPrompt:
    """Shows a plan with changes, and asks for approval."""

    output: OutputOptions
    yes: bool
    is_shown: bool = False
    """Whether a plan was shown."""

    def __call__(self, planned: Planned, where: Callable[[], str]) -> None:
        """Return to continue. Raises ScfDeployError if the answer is not `yes`, or without a terminal.

        `where` describes the account and the endpoint. It can call the cloud, so it is called only for a prompt.
        """
        if self.output.format != "json":
            show(self.output, planned)
            print_text("\n", sys.stdout)
            self.is_shown = True
        if self.yes:
            return
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            command = self.output.command
            raise ScfDeployError(
                message("not approved: there is no terminal for the approval prompt; nothing was changed"),
                hint=message("Use `scfdeploy {command} --yes` to approve the plan without a prompt.", command=command),
            )
        answer = ask(self._question(planned, where()), default="", show_default=False)
        if answer.strip().lower() not in ("yes", message("yes")):
            raise ScfDeployError(message("not approved; nothing was changed"))

    def _question(self, planned: Planned, where: str) -> str:
        project = planned.plan.project if planned.plan else None
        target = where
        if project is not None:
            target = message(
                "{app} (stage {stage}, {region}, {where})",
                app=project.app,
                stage=project.stage,
                region=project.region,
                where=where,
            )
        if self.output.command == "destroy":
            return safe(message("Delete these resources of {target}? Type 'yes' to continue", target=target))
        return safe(message("Apply these changes to {target}? Type 'yes' to continue", target=target))


def _interrupted() -> str:
    return message("interrupted before any change was started")

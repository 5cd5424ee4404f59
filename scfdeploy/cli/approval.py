"""How `apply` and `destroy` meet the person who started them: the question, the progress, the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import typer

from scfdeploy.apply import Effect, Outcome, Status
from scfdeploy.apply.stop import Stop
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.interrupt import signals_stop, write_to_stderr
from scfdeploy.cli.output import OutputOptions, print_text, run_and_exit, show
from scfdeploy.cli.redaction import SECRETS
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.operations.apply import ApplyHooks
from scfdeploy.report.terminal import safe
from scfdeploy.results import AliasChanged, Applied, Findings, Planned

_INTERRUPTED = "interrupted before any change was started"


def run_apply(output: OutputOptions, use_case: Callable[[ApplyHooks], Applied], *, yes: bool) -> NoReturn:
    """Run an apply or a destroy, and exit."""
    question = ApprovalPrompt(output, yes)

    def run() -> Applied:
        with _apply_hooks(output, question) as hooks:
            return use_case(hooks)

    def without_shown(applied: Applied) -> Applied:
        # The findings stood above the plan; a document has them once, at its place.
        return applied._replace(findings=Findings()) if question.shown else applied

    run_and_exit(output, run, exit_code, on_screen=without_shown, interrupted=_INTERRUPTED)


def run_alias_change(output: OutputOptions, use_case: Callable[[ApplyHooks], AliasChanged], *, yes: bool) -> None:
    """Run a command that leads an alias elsewhere, and exit."""
    question = ApprovalPrompt(output, yes, hint=f"Give {output.command} --yes.")

    def run() -> AliasChanged:
        stop = Stop()
        with signals_stop(stop, write_to_stderr):
            return use_case(ApplyHooks(question, lambda _: None, stop))

    run_and_exit(output, run, alias_exit_code, interrupted=_INTERRUPTED)


def alias_exit_code(result: AliasChanged) -> ExitCode:
    """The contract's number for what became of it. What was shifted back is not done in part."""
    if result.ok:
        return ExitCode.DONE
    if result.interrupted:
        return ExitCode.INTERRUPTED
    some = any(outcome.status is Status.SUCCEEDED for outcome in result.outcomes)
    return ExitCode.PARTLY_APPLIED if some and not result.shifted_back else ExitCode.FAILED


def exit_code(result: Applied) -> ExitCode:
    """The contract's number for what became of it."""
    if result.plan is None:
        return ExitCode.INVALID
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.ok:
        return ExitCode.DONE
    some = any(_holds(outcome) for outcome in result.outcomes)
    return ExitCode.PARTLY_APPLIED if some else ExitCode.FAILED


def _holds(outcome: Outcome) -> bool:
    """Whether some of it is certainly done."""
    return outcome.half_replaced or outcome.effect in (Effect.CONFIRMED, Effect.PARTIAL)


@dataclass(slots=True)
class ApprovalPrompt:
    """Shows a plan that has something to do, and asks whether to do it; `shown` says whether it came to that."""

    output: OutputOptions
    yes: bool
    shown: bool = False
    hint: str = ""

    def __call__(self, planned: Planned, where: Callable[[], str]) -> None:
        """Return to continue. Raises ScfDeployError when the answer is no, and when there is no terminal to ask on.

        `where` gives the account and the endpoint; it may call the cloud, so only a question asks it.
        """
        if self.output.format != "json":
            show(self.output, planned)
            print_text("\n", sys.stdout)
            self.shown = True
        if self.yes:
            return
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise ScfDeployError(
                "not approved: there is no terminal to ask on; nothing was changed",
                hint=self.hint or f"Give {self.output.command} --yes to approve the plan without a prompt.",
            )
        answer = typer.prompt(self._question(planned, where()), default="", show_default=False, err=True)
        if answer.strip().lower() != "yes":
            raise ScfDeployError("not approved; nothing was changed")

    def _question(self, planned: Planned, where: str) -> str:
        project = planned.plan.project if planned.plan else None
        name = f"{project.app} (stage {project.stage}, {project.region}, {where})" if project else where
        verb = "Delete these resources of" if self.output.command == "destroy" else "Apply these changes to"
        return safe(f"{verb} {name}? Type 'yes' to continue")


@contextmanager
def _apply_hooks(output: OutputOptions, question: ApprovalPrompt) -> Iterator[ApplyHooks]:
    from scfdeploy.report.progress import progress

    stop = Stop()
    live = output.format == "text" and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    shown = progress(sys.stderr, live=live, color=output.color(sys.stderr), redact=SECRETS.redact)
    with shown as listener, signals_stop(stop):
        yield ApplyHooks(question, listener, stop)

"""How `apply` and `destroy` meet the person who started them: the question, the progress, the exit code."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from scfdeploy.apply import Status
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.interrupt import first_interrupt_stops
from scfdeploy.cli.show import Screen, finish, show
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.pipeline.applying import Conduct
from scfdeploy.report.results import Applied, Planned


def carry_out(screen: Screen, use_case: Callable[[Conduct], Applied], *, yes: bool) -> None:
    """Run an apply or a destroy, and exit."""

    def run() -> Applied:
        with _conduct(screen, yes=yes) as conduct:
            return use_case(conduct)

    finish(screen, run, exit_code)


def exit_code(result: Applied) -> ExitCode:
    """The contract's number for what became of it."""
    if result.plan is None:
        return ExitCode.INVALID
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.ok:
        return ExitCode.DONE
    some = any(outcome.status is Status.SUCCEEDED for outcome in result.outcomes)
    return ExitCode.PARTLY_APPLIED if some else ExitCode.FAILED


@contextmanager
def _conduct(screen: Screen, *, yes: bool) -> Iterator[Conduct]:
    from scfdeploy.report.progress import progress

    stop = threading.Event()
    live = screen.format == "text" and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    with progress(sys.stderr, live=live, color=screen.color(sys.stderr)) as listener, first_interrupt_stops(stop):
        yield Conduct(lambda planned: _confirm(screen, planned, yes=yes), listener, stop)


def _confirm(screen: Screen, planned: Planned, *, yes: bool) -> None:
    if screen.format == "text":
        show(screen, planned)
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ScfDeployError(
            "not confirmed: there is no terminal to ask on, and nothing was changed",
            hint=f"Look at the plan with `scfdeploy plan`, then give --yes to {screen.command} without being asked.",
        )
    answer = typer.prompt(f"Do this? Only `yes` goes on [{screen.command}]", default="", show_default=False, err=True)
    if answer.strip().lower() != "yes":
        raise ScfDeployError("not confirmed: nothing was changed")

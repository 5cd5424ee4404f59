"""`validate`: what is wrong with the files, offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Project
from scfdeploy.operations.check import load_and_check
from scfdeploy.operations.request import Request
from scfdeploy.results import Findings, Validated

if TYPE_CHECKING:
    from datetime import datetime

_FIRINGS = 5


def validate(*requests: Request, firing_after: datetime | None = None, mend: bool = False) -> Validated:
    """Read and check projects, each by itself, and tell of all together; with `mend`, edit what is certain first.

    With `firing_after`, it is logged when each timer fires next after that moment.
    """
    fixed: dict[str, int] = {}
    if mend:
        from scfdeploy.operations.fix import fix

        for request in requests:
            fixed |= fix(request)
    checked = [load_and_check(request) for request in requests]
    projects = [one.project for one in checked if one.project is not None]
    if firing_after is not None:
        for project in projects:
            _log_firings(project, firing_after)
    found = Diagnostics(finding for one in checked for finding in one.findings.diagnostics)
    sources = {file: text for one in checked for file, text in one.findings.sources.items()}
    functions = sum(len(project.functions) for project in projects)
    layers = sum(len(project.layers) for project in projects)
    ok = not any(one.failed for one in checked)
    return Validated(Findings(found.sorted(), sources), ok, len(sources), functions, fixed, layers)


def _log_firings(project: Project, after: datetime) -> None:
    import logging

    from scfdeploy.triggers.cron import CronError
    from scfdeploy.triggers.cron_times import next_times

    logger = logging.getLogger("scfdeploy.timers")
    timers = [one for function in project.functions for one in function.triggers if one.type == "timer"]
    if timers:
        logger.debug("timers are shown by the clock of %s; the platform's documents do not say theirs", after.tzname())
    for trigger in timers:
        expression = trigger.settings.get("cronExpression")
        if not isinstance(expression, str):
            continue
        try:
            times = next_times(expression, after, _FIRINGS)
        except CronError:
            continue  # told of by a rule
        listed = ", ".join(f"{moment:%Y-%m-%d %H:%M:%S}" for moment in times) or "never again"
        logger.debug('%s "%s" fires next: %s', trigger.address, expression, listed)

"""`validate`: check the files offline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Project
from scfdeploy.operations.check import CheckedProject, in_region, load_and_check, requests_by_region
from scfdeploy.operations.request import Request
from scfdeploy.results import Findings, Validated

if TYPE_CHECKING:
    from datetime import datetime

_TIMES_PER_TIMER = 5


def validate(*requests: Request, timers_after: datetime | None = None, apply_fixes: bool = False) -> Validated:
    """Check each project separately, after applying the certain fixes if `apply_fixes`; returns one result for all.

    `timers_after` logs when each timer fires next after that moment.
    """
    fixed: dict[str, int] = {}
    checked: list[CheckedProject] = []
    if apply_fixes:
        from scfdeploy.operations.fix import fix

        requests = tuple(part for request in requests for part in requests_by_region(request))
        for request in requests:
            edits, result = fix(request)
            fixed |= edits
            checked.append(result)
    if len(requests) > 1 or not apply_fixes:  # the fixes of one project can change files of another
        checked = [load_and_check(request, advise=True, read_code=True) for request in requests]
    checked = [part for result in checked for part in _by_region(result)]
    projects = [result.project for result in checked if result.project is not None]
    if timers_after is not None:
        for project in projects:
            _log_timers(project, timers_after)
    diagnostics = Diagnostics(dict.fromkeys(one for result in checked for one in result.findings.diagnostics))
    sources = {file: text for result in checked for file, text in result.findings.sources.items()}
    functions = sum(len(project.functions) for project in projects)
    layers = sum(len(project.layers) for project in projects)
    ok = not any(result.failed for result in checked)
    fixable = 0 if apply_fixes else sum(bool(finding.fix) for finding in diagnostics)
    return Validated(
        Findings(diagnostics.sorted(), sources),
        ok,
        len(sources),
        functions,
        fixed,
        layers,
        fixable,
        _fix_command(requests) if fixable else "",
    )


def _fix_command(requests: Iterable[Request]) -> str:
    import shlex

    paths = [request.path for request in requests if request.path != "."]
    return " ".join(["scfdeploy validate --fix", *map(shlex.quote, paths)])


def _by_region(checked: CheckedProject) -> list[CheckedProject]:
    """The checks of each region of a project with several, or the check of the whole project."""
    if not checked.regions:
        return [checked]
    requests = (in_region(checked.request, region) for region in checked.regions)
    return [load_and_check(request, advise=True, read_code=True) for request in requests]


def _log_timers(project: Project, after: datetime) -> None:
    import logging
    from datetime import timedelta, timezone

    from scfdeploy.triggers.cron import CronError
    from scfdeploy.triggers.cron_times import next_times

    logger = logging.getLogger("scfdeploy.timers")
    after = after.astimezone(timezone(timedelta(hours=8)))
    timers = [trigger for spec in project.functions for trigger in spec.triggers if trigger.type == "timer"]
    for trigger in timers:
        expression = trigger.settings.get("cronExpression")
        if not isinstance(expression, str):
            continue
        try:
            times = next_times(expression, after, _TIMES_PER_TIMER)
        except CronError:
            continue  # a rule reports it
        listed = ", ".join(moment.isoformat() for moment in times)
        text = f"{listed} (time zone assumed)" if listed else "never again"
        logger.debug('%s "%s" fires next: %s', trigger.address, expression, text)

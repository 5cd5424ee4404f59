"""The list of checks, and how they are run: at the same time, each with a time limit."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TypeAlias

from scfdeploy.config import load_project
from scfdeploy.config.load_result import LoadResult
from scfdeploy.diagnostics import ScfDeployError, Severity, message
from scfdeploy.operations.doctor.access import check_account, check_credentials, check_permissions
from scfdeploy.operations.doctor.context import DoctorContext, failed, not_checked, passed
from scfdeploy.operations.doctor.machine import check_disk, check_versions
from scfdeploy.operations.doctor.network import check_certificates, check_clock, check_connection, check_proxy
from scfdeploy.operations.doctor.programs import check_docker, check_installers, check_interpreters, check_node
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.providers.workers import Workers
from scfdeploy.results import Findings
from scfdeploy.results.doctor import CheckResult, DoctorReport

LIMIT_S = 20.0
"""The time limit of each check."""

Check: TypeAlias = Callable[[str, DoctorContext], CheckResult]
"""Looks at one thing; gets the name for its result. May raise ScfDeployError."""


def check_project(name: str, context: DoctorContext) -> CheckResult:
    """Whether there is a project that can be read."""
    loaded = context.loaded
    path = context.request.path
    if path != "." and not os.path.lexists(os.path.join(context.request.load.cwd, path)):  # noqa: PTH118
        return failed(name, message("{path} does not exist", path=repr(path)), message("Check the path."))
    if loaded is None or (loaded.project is None and not loaded.sources):
        return not_checked(
            name,
            message("no serverless.yml"),
            message("Run it in a project, or give its PATH, to check what its functions need."),
        )
    if loaded.regions:
        return not_checked(
            name,
            message("the project has several regions: {regions}", regions=", ".join(loaded.regions)),
            message("Name the folder of one region."),
        )
    errors = sum(finding.severity is Severity.ERROR for finding in loaded.diagnostics)
    if errors or loaded.project is None:
        return failed(
            name,
            message("errors in the files of the project: {count}", count=errors),
            message("Run `scfdeploy validate`."),
        )
    key = loaded.project.key
    return passed(
        name,
        message(
            "functions: {count}; app {app}, stage {stage}, region {region}",
            count=len(loaded.project.functions),
            app=key.app,
            stage=key.stage,
            region=key.region,
        ),
    )


CHECKS: Mapping[str, Check] = {
    "versions": check_versions,
    "project": check_project,
    "credentials": check_credentials,
    "proxy": check_proxy,
    "certificates": check_certificates,
    "connection": check_connection,
    "clock": check_clock,
    "account": check_account,
    "permissions": check_permissions,
    "interpreters": check_interpreters,
    "node": check_node,
    "installers": check_installers,
    "docker": check_docker,
    "disk": check_disk,
}
"""The checks by name, in the order of the report."""


def examine(
    request: Request,
    cloud: CloudOptions,
    *,
    checks: Mapping[str, Check] = CHECKS,
    limit_s: float = LIMIT_S,
    now: Callable[[], float] = time.time,
) -> DoctorReport:
    """Run every check. A check that takes longer than `limit_s`, or fails, is a result, too."""
    context = DoctorContext(request, cloud, _load(request), now)
    with Workers(name="check") as workers:
        running = {name: workers.submit(check, name, context) for name, check in checks.items()}
        deadline = time.monotonic() + limit_s
        results = [_result(name, future, deadline, limit_s) for name, future in running.items()]
    return DoctorReport(Findings(), results)


def _load(request: Request) -> LoadResult | None:
    try:
        return load_project(request.path, request.load)
    except ScfDeployError:
        return None


def _result(name: str, future: Future[CheckResult], deadline: float, limit_s: float) -> CheckResult:
    try:
        return future.result(max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        return not_checked(name, message("no answer within {seconds} s", seconds=f"{limit_s:g}"))
    except ScfDeployError as error:
        return failed(name, error.message, error.hint or "")
    except OSError as error:
        return not_checked(name, error.strerror or str(error))

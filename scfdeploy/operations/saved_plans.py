"""`plan --out` and `apply --plan`: save a plan to a file, and apply exactly that plan or nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from scfdeploy.config.files import absolute
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.operations.apply import ApplyHooks, apply_and_note
from scfdeploy.operations.plan import PlannedProject, plan_project
from scfdeploy.operations.request import CloudOptions, Request, endpoint_of
from scfdeploy.plan import Policy
from scfdeploy.plan.reach import reach_of_plan
from scfdeploy.plan.saved.compare import (
    Origin,
    SavedPlan,
    require_same_changes,
    require_same_cloud,
    require_same_project,
    require_same_resources,
    save,
)
from scfdeploy.plan.saved.digest import relevant
from scfdeploy.plan.saved.form import from_text, to_text
from scfdeploy.records import replace
from scfdeploy.results import Applied, Findings, Planned
from scfdeploy.workspace.atomic_write import write_file
from scfdeploy.workspace.lock import project_lock

_MAX_BYTES = 64 << 20


def plan_to_file(request: Request, cloud: CloudOptions, policy: Policy, *, out: str) -> Planned:
    """Plan from all of the cloud, and save the plan to the file `out`. A rejected plan is returned, but not saved."""
    planned = plan_project(_without_file(request, out), cloud.reading_everything(), policy)
    if isinstance(planned, Findings):
        return Planned(planned, ok=False, plan=None)
    if planned.plan.rejected:
        return Planned(planned.findings, ok=False, plan=planned.plan)
    load = request.load
    origin = Origin(_origin_path(request), endpoint_of(cloud), load.stage, load.region, load.skip_unsupported)
    salt = secrets.token_hex(16)
    saved = save(planned.plan, planned.project, planned.observed, origin=origin, policy=planned.policy, salt=salt)
    write_plan(saved, out)
    return Planned(planned.findings, ok=True, plan=planned.plan, saved_to=out)


def apply_saved(request: Request, cloud: CloudOptions, hooks: ApplyHooks, *, file: str) -> Applied:
    """Apply the plan saved in `file`; an empty `request.path` means the project that the plan was made from.

    Raises ScfDeployError, which lists the differences, if the files or the cloud have changed; then changes nothing.
    """
    cloud = cloud.reading_everything()
    saved = read_plan(file)
    require_same_cloud(saved, endpoint=endpoint_of(cloud))
    with project_lock("apply") as lock:
        planned = plan_project(_as_saved(_without_file(request, file), saved), cloud, saved.policy, lock=lock)
        if isinstance(planned, Findings):
            return Applied("apply", planned, ok=False, plan=None)
        _require_same(saved, planned)
        return apply_and_note(planned, cloud, hooks)


def write_plan(saved: SavedPlan, path: str) -> None:
    """Write a plan to a file that only its owner can read. Raises ScfDeployError if it cannot be written."""
    try:
        write_file(path, to_text(saved).encode(), private=True)
    except OSError as error:
        raise ScfDeployError(
            message("the plan cannot be written to {path}: {reason}", path=path, reason=error.strerror),
            hint=message("Choose another file for --out."),
        ) from error


def read_plan(path: str) -> SavedPlan:
    """Read a plan from a file. Raises ScfDeployError if the file contains none."""
    hint = message("Give a file that was written by `plan --out`.")
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            size = _MAX_BYTES >> 20
            reason = message("{path} is not a plan: it is larger than {size} MB", path=path, size=size)
            raise ScfDeployError(reason, hint=hint)
        text = content.decode("utf-8")
    except OSError as error:
        raise ScfDeployError(
            message("{path} cannot be read: {reason}", path=path, reason=error.strerror), hint=hint
        ) from error
    except UnicodeDecodeError as error:
        raise ScfDeployError(message("{path} is not a plan: it is not UTF-8 text", path=path), hint=hint) from error
    try:
        return from_text(text)
    except ScfDeployError as error:
        raise ScfDeployError(f"{path}: " + error.message, hint=error.hint) from error


def _require_same(saved: SavedPlan, planned: PlannedProject) -> None:
    require_same_project(saved, planned.project)
    require_same_resources(
        saved, planned.plan, relevant(planned.observed, reach_of_plan(planned.project, planned.policy))
    )
    require_same_changes(saved, planned.plan)


def _as_saved(request: Request, saved: SavedPlan) -> Request:
    """The request, with the path and options of the saved plan where it has none of its own."""
    load = replace(
        request.load,
        stage=request.load.stage or saved.origin.stage,
        region=request.load.region or saved.origin.region,
        skip_unsupported=request.load.skip_unsupported or saved.origin.skip_unsupported,
    )
    return replace(request, path=request.path or saved.origin.path, load=load)


def _origin_path(request: Request) -> str:
    """The project's path, relative to the current folder if it is inside: a later job can check out elsewhere."""
    path = absolute(request.path, request.load.cwd)
    relative = os.path.relpath(path, request.load.cwd)
    return path if relative.startswith(os.pardir) else relative


def _without_file(request: Request, file: str) -> Request:
    return replace(request, exclude_path=absolute(file, request.load.cwd))

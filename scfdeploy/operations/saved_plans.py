"""`plan --out` and `apply --plan`: a plan that is kept, and exactly that plan carried out, or nothing."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace

from scfdeploy.config.files import absolute
from scfdeploy.operations import plan_file
from scfdeploy.operations.apply import ApplyHooks, apply_planned
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
    require_unmoved,
    save,
)
from scfdeploy.plan.saved.digest import concerning
from scfdeploy.results import Applied, Findings, Planned
from scfdeploy.workspace.lock import project_lock


def plan_to_file(request: Request, cloud: CloudOptions, policy: Policy, *, out: str) -> Planned:
    """Plan, and keep the plan in a file; one that cannot be applied is shown and not kept."""
    planned = plan_project(_sparing(request, out), cloud, policy)
    if isinstance(planned, Findings):
        return Planned(planned, ok=False, plan=None)
    if planned.plan.rejected:
        return Planned(planned.findings, ok=False, plan=planned.plan)
    load = request.load
    origin = Origin(_path(request), endpoint_of(cloud), load.stage, load.region, load.skip_unsupported)
    salt = secrets.token_hex(16)
    plan_file.write(save(planned.plan, planned.project, planned.observed, origin=origin, policy=policy, salt=salt), out)
    return Planned(planned.findings, ok=True, plan=planned.plan, saved_to=out)


def apply_saved(request: Request, cloud: CloudOptions, hooks: ApplyHooks, *, file: str) -> Applied:
    """UpdateMode out the plan in a file. `request.path` is empty for the project that the plan was made of.

    Raises ScfDeployError, and changes nothing, when the plan does not hold any more: then it says what differs.
    """
    saved = plan_file.read(file)
    require_same_cloud(saved, endpoint=endpoint_of(cloud))
    with project_lock("apply") as lock:
        planned = plan_project(_as_planned(_sparing(request, file), saved), cloud, saved.policy, lock=lock)
        if isinstance(planned, Findings):
            return Applied("apply", planned, ok=False, plan=None)
        _require_same(saved, planned)
        return apply_planned(planned, cloud, hooks)


def _require_same(saved: SavedPlan, planned: PlannedProject) -> None:
    require_same_project(saved, planned.project)
    require_unmoved(saved, planned.plan, concerning(planned.observed, reach_of_plan(planned.project, planned.policy)))
    require_same_changes(saved, planned.plan)


def _as_planned(request: Request, saved: SavedPlan) -> Request:
    given = request.load
    load = replace(
        given,
        stage=given.stage or saved.origin.stage,
        region=given.region or saved.origin.region,
        skip_unsupported=given.skip_unsupported or saved.origin.skip_unsupported,
    )
    return replace(request, path=request.path or saved.origin.path, load=load)


def _path(request: Request) -> str:
    """As it was given where it lies below: a pipeline may check the project out elsewhere in the next job."""
    path = absolute(request.path, request.load.cwd)
    below = os.path.relpath(path, request.load.cwd)
    return path if below.startswith(os.pardir) else below


def _sparing(request: Request, file: str) -> Request:
    return replace(request, exclude_path=absolute(file, request.load.cwd))

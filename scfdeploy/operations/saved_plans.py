"""`plan --out` and `apply --plan`: a plan that is kept, and exactly that plan carried out, or nothing."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace

from scfdeploy.config.files import absolute
from scfdeploy.operations import plan_file
from scfdeploy.operations.apply import Conduct, carry_out
from scfdeploy.operations.plan import Made, make
from scfdeploy.operations.request import Cloud, Request, endpoint_of
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


def plan_to_file(request: Request, cloud: Cloud, policy: Policy, *, out: str) -> Planned:
    """Plan, and keep the plan in a file; one that cannot be applied is shown and not kept."""
    made = make(_sparing(request, out), cloud, policy)
    if isinstance(made, Findings):
        return Planned(made, ok=False, plan=None)
    if made.plan.rejected:
        return Planned(made.findings, ok=False, plan=made.plan)
    load = request.load
    origin = Origin(_path(request), endpoint_of(cloud), load.stage, load.region, load.skip_unsupported)
    salt = secrets.token_hex(16)
    plan_file.write(save(made.plan, made.project, made.observed, origin=origin, policy=policy, salt=salt), out)
    return Planned(made.findings, ok=True, plan=made.plan, saved_to=out)


def apply_saved(request: Request, cloud: Cloud, conduct: Conduct, *, file: str) -> Applied:
    """UpdateMode out the plan in a file. `request.path` is empty for the project that the plan was made of.

    Raises ScfDeployError, and changes nothing, when the plan does not hold any more: then it says what differs.
    """
    saved = plan_file.read(file)
    require_same_cloud(saved, endpoint=endpoint_of(cloud))
    with project_lock("apply") as lock:
        made = make(_as_planned(_sparing(request, file), saved), cloud, saved.policy, lock=lock)
        if isinstance(made, Findings):
            return Applied("apply", made, ok=False, plan=None)
        _require_same(saved, made)
        return carry_out(made, cloud, conduct)


def _require_same(saved: SavedPlan, made: Made) -> None:
    require_same_project(saved, made.project)
    require_unmoved(saved, made.plan, concerning(made.observed, reach_of_plan(made.project, made.policy)))
    require_same_changes(saved, made.plan)


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
    return replace(request, spared=absolute(file, request.load.cwd))

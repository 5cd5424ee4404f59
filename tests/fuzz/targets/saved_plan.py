"""Any bytes as a saved plan: refused in words, or the plan that was kept; never anything that is carried out."""

from __future__ import annotations

from functools import cache

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Observed, Project
from scfdeploy.operations.saved_plans import read_plan
from scfdeploy.plan import Plan, Policy, make_plan
from scfdeploy.plan.saved.compare import (
    Origin,
    SavedPlan,
    require_same_changes,
    require_same_cloud,
    require_same_project,
    require_same_resources,
    save,
)
from scfdeploy.plan.saved.form import from_text, to_text
from tests.fuzz.promises import require, require_told, scratch
from tests.support.builders import bundle, bundles, cloud, deployed, function, project, trigger

WORDS = tuple(
    word.encode()
    for word in (
        *(
            '"kind": "scfdeploy-plan"',
            '"format": 1',
            '"format": 2',
            '"origin"',
            '"project"',
            '"policy"',
            '"targets": [',
        ),
        *('"functions"', '"changes": []', '"fields"', '"address"', '"path"', '"observedDigest"', '"traces"', '"salt"'),
        *(
            '"seal"',
            "null",
            "true",
            "NaN",
            "1e999",
            "{}",
            "[]",
            '"\\ud800"',
            '"function/default/hello"',
            '"adopt"',
            '"keep"',
        ),
    )
)
LONGEST = 8192


def target(data: bytes) -> None:
    """Read it, and compare it with the project and the cloud that the seeds were made of."""
    path = scratch("saved_plan") / "saved.plan"
    path.write_bytes(data)
    try:
        found = read_plan(str(path))
    except ScfDeployError as error:
        require_told(error)
        return
    require(to_text(from_text(to_text(found))) == to_text(found), "it is not kept as it was read")
    kept, plan, own, observed = example()
    try:
        require_same_cloud(found, endpoint="")
        require_same_project(found, own)
        require_same_resources(found, plan, observed)
        require_same_changes(found, plan)
    except ScfDeployError as error:
        require_told(error)
    else:
        require(found.changes == kept.changes and found.seal == kept.seal, "a changed plan passes for the one kept")


@cache
def example() -> tuple[SavedPlan, Plan, Project, Observed]:
    """A plan that was kept, made of a small project and a cloud that differs."""
    spec = function("hello", trigger(), memorySize=256)
    own, observed = project(spec), cloud(deployed(function("hello"), memorySize=128))
    plan = make_plan(own, bundles(bundle(spec)), observed, Policy())
    kept = save(plan, own, observed, origin=Origin(".", ""), policy=Policy(), salt="a salt")
    return kept, plan, own, observed

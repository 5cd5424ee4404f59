"""Plans that are kept: what is written reads back, and no secret is in it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Observed, Project, Secret
from scfdeploy.plan import Plan, Policy, make_plan
from scfdeploy.plan.saved.compare import Origin, SavedPlan, require_same_changes, require_same_resources, save
from scfdeploy.plan.saved.form import from_text, to_text
from tests.support.builders import HELLO, function, project, trigger

NOTHING = Observed({})
ORIGIN = Origin("hello", "", stage="dev")


def planned(**settings: object) -> tuple[Plan, Project]:
    wanted = project(function("hello", trigger(), **settings))  # type: ignore[arg-type]
    return make_plan(wanted, {}, NOTHING, Policy()), wanted


def kept(plan: Plan, wanted: Project, policy: Policy | None = None) -> SavedPlan:
    return save(plan, wanted, NOTHING, origin=ORIGIN, policy=policy or Policy(), salt="salt")


def test_saved_plan_round_trips() -> None:
    plan, wanted = planned(memorySize=256)
    saved = kept(plan, wanted, Policy(adopt=True, targets=(HELLO,)))
    assert from_text(to_text(saved)) == saved


def test_secrets_are_sealed_and_still_compared() -> None:
    plan, wanted = planned(environment={"variables": {"TOKEN": Secret("hunter2")}})
    saved = from_text(to_text(kept(plan, wanted)))
    assert "hunter2" not in to_text(saved)
    require_same_changes(saved, plan)
    other, _ = planned(environment={"variables": {"TOKEN": Secret("hunter3")}})
    with pytest.raises(ScfDeployError, match="a value that is not shown"):
        require_same_changes(saved, other)


def test_different_salts_give_different_seals() -> None:
    plan, wanted = planned(environment={"variables": {"TOKEN": Secret("hunter2")}})
    again = save(plan, wanted, NOTHING, origin=ORIGIN, policy=Policy(), salt="other")
    assert again.seal != kept(plan, wanted).seal


def test_unchanged_cloud_is_accepted() -> None:
    plan, wanted = planned()
    require_same_resources(kept(plan, wanted), plan, NOTHING)


@given(st.text(max_size=200), st.integers(0, 5000), st.integers(0, 200))
def test_damaged_plan_is_only_ever_rejected(junk: str, start: int, length: int) -> None:
    plan, wanted = planned()
    text = to_text(kept(plan, wanted))
    # Anything but this error would be a traceback for the user.
    with suppress(ScfDeployError):
        from_text(text[:start] + junk + text[start + length :])


def test_salt_with_lone_surrogate_is_rejected() -> None:
    text = to_text(kept(*planned()))
    with pytest.raises(ScfDeployError, match="damaged"):
        from_text(text.replace('"salt": "salt"', r'"salt": "\ud800"'))

"""What one change tells is in the settings of those that wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scfdeploy.apply import Outcome, Status, run
from scfdeploy.model import Address, ProjectKey, Ref
from scfdeploy.plan import Action, Change, FieldChange, Plan
from scfdeploy.providers.base import Step
from tests.support.fake_clock import FakeClock
from tests.support.fake_writer import FakeWriter, function

A, B, C = function("aa"), function("bb"), function("cc")
USES = {"weights": ({"version": Ref(A, "version")},), "plain": 1}


@dataclass
class TellingWriter(FakeWriter):
    """Each change tells the version 7, and what it was asked to make is kept."""

    asked: dict[Address, Change] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=lambda: {"version": "7"})

    def create(self, change: Change) -> Sequence[Step]:
        self.asked[change.address] = change
        return (Step("create", run=lambda: "request", outputs=lambda: self.told),)


def outcomes(writer: TellingWriter, *changes: Change) -> Sequence[Outcome]:
    plan = Plan(ProjectKey("app", "dev", "ap-guangzhou"), changes)
    return run(plan, writer, listener=lambda _: None, clock=FakeClock())


def test_a_value_known_after_one_change_arrives_at_the_next() -> None:
    writer = TellingWriter()
    first, second = outcomes(
        writer,
        Change(A, Action.CREATE, ""),
        Change(B, Action.CREATE, "", settings=USES, requires=(A,)),
    )

    assert first.known == {"version": "7"}
    assert second.status is Status.SUCCEEDED
    assert writer.asked[B].settings == {"weights": ({"version": "7"},), "plain": 1}


def test_unresolved_reference_fails_dependent_change() -> None:
    writer = TellingWriter(told={})
    _, second = outcomes(
        writer,
        Change(A, Action.CREATE, ""),
        Change(B, Action.CREATE, "", settings=USES, requires=(A,)),
    )

    assert second.status is Status.FAILED
    assert second.error is not None
    assert second.error.message == "function/default/aa#version is not known, though function/default/aa was to tell it"
    assert second.error.hint == "Run apply again."
    assert B not in writer.asked


def test_field_changes_show_resolved_references() -> None:
    writer = TellingWriter()
    own = FieldChange("publish", None, Ref(B, "version"))
    outcomes(
        writer,
        Change(A, Action.CREATE, ""),
        Change(
            B,
            Action.CREATE,
            "",
            (FieldChange("weights", ("1",), USES["weights"]), own, FieldChange("plain", None, 1)),
            USES,
            requires=(A,),
        ),
    )

    assert writer.asked[B].fields == (
        FieldChange("weights", ("1",), ({"version": "7"},)),
        own,
        FieldChange("plain", None, 1),
    )


def test_several_changes_tell_what_one_needs() -> None:
    writer = TellingWriter()
    both = {"one": Ref(A, "version"), "two": [Ref(B, "version")]}
    *_, third = outcomes(
        writer,
        Change(A, Action.CREATE, ""),
        Change(B, Action.CREATE, "", requires=(A,)),
        Change(C, Action.CREATE, "", settings=both, requires=(B,)),
    )

    assert third.status is Status.SUCCEEDED
    assert writer.asked[C].settings == {"one": "7", "two": ("7",)}

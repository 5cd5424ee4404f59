"""Outputs of a change resolve references in the settings of later changes."""

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
class VersionWriter(FakeWriter):
    """Each change has the output version 7; the requested changes are recorded."""

    requested: dict[Address, Change] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=lambda: {"version": "7"})

    def create(self, change: Change) -> Sequence[Step]:
        self.requested[change.address] = change
        return (Step("create", run=lambda: "request", outputs=lambda: self.outputs),)


def outcomes(writer: VersionWriter, *changes: Change) -> Sequence[Outcome]:
    plan = Plan(ProjectKey("app", "dev", "ap-guangzhou"), changes)
    return run(plan, writer, listener=lambda _: None, clock=FakeClock())


def test_output_resolves_reference_of_dependent_change() -> None:
    writer = VersionWriter()
    first, second = outcomes(
        writer,
        Change(A, Action.CREATE, ""),
        Change(B, Action.CREATE, "", settings=USES, requires=(A,)),
    )

    assert first.outputs == {"version": "7"}
    assert second.status is Status.SUCCEEDED
    assert writer.requested[B].settings == {"weights": ({"version": "7"},), "plain": 1}


def test_unresolved_reference_fails_dependent_change() -> None:
    writer = VersionWriter(outputs={})
    _, second = outcomes(
        writer,
        Change(A, Action.CREATE, ""),
        Change(B, Action.CREATE, "", settings=USES, requires=(A,)),
    )

    assert second.status is Status.FAILED
    assert second.error is not None
    assert second.error.message == "function/default/aa#version is unknown: function/default/aa did not provide it"
    assert second.error.hint == "Run apply again."
    assert B not in writer.requested


def test_field_changes_show_resolved_references() -> None:
    writer = VersionWriter()
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

    assert writer.requested[B].fields == (
        FieldChange("weights", ("1",), ({"version": "7"},)),
        own,
        FieldChange("plain", None, 1),
    )


def test_outputs_of_several_changes_resolve_references() -> None:
    writer = VersionWriter()
    both = {"one": Ref(A, "version"), "two": [Ref(B, "version")]}
    *_, third = outcomes(
        writer,
        Change(A, Action.CREATE, ""),
        Change(B, Action.CREATE, "", requires=(A,)),
        Change(C, Action.CREATE, "", settings=both, requires=(B,)),
    )

    assert third.status is Status.SUCCEEDED
    assert writer.requested[C].settings == {"one": "7", "two": ("7",)}

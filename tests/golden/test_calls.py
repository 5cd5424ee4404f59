"""Each type of trigger and kind of component is applied, planned again and destroyed: with these writes, no others."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from scfdeploy.config.components.kinds import kinds
from scfdeploy.triggers import TRIGGER_TYPES
from tests.support.command import scfdeploy
from tests.support.local_server import READS, LocalServer, local_server

_HERE = Path(__file__).parent
_OF_KINDS = ("create-event", "create-web", "image", "multi-scf", "layer-create", "domain-create")
_CASES = sorted(
    path.parent
    for path in _HERE.glob("*/cloud.json")
    if path.parent.name in _OF_KINDS or path.parent.name.startswith(("framework-", "trigger-"))
)
_NOT_MADE = ("trigger-apigw", "trigger-destroy")
_PLANNED = ("cloud.json", "plan.txt", "plan.json", "diagnostics.txt", "calls.txt")


@pytest.mark.parametrize("case", [case for case in _CASES if case.name not in _NOT_MADE], ids=lambda case: case.name)
def test_calls_are_as_recorded(case: Path, tmp_path: Path, update_golden: bool) -> None:
    folder = shutil.copytree(case, tmp_path / "project", ignore=shutil.ignore_patterns(*_PLANNED))
    with local_server() as cloud:
        made = "\n".join(
            [
                *_written(cloud, "apply to an empty region", ["apply", folder, "--yes"]),
                *_written(cloud, "plan of what was applied", ["plan", folder, "--detailed-exitcode"]),
                *_written(cloud, "destroy", ["destroy", folder, "--yes"]),
                "",
            ]
        )
        assert not {"function", "layer", "trigger", "custom_domain", "tags"} & cloud.control("state").keys()
    recorded = case / "calls.txt"
    if update_golden:
        recorded.write_text(made, "utf-8")
    assert made == recorded.read_text("utf-8")


def test_each_type_of_trigger_and_each_kind_of_component_has_its_case() -> None:
    kinds_there = {name for kind in kinds() for name in kind.names} - {"scf", "multi-scf", "layer"}
    wanted = {f"trigger-{kind.type}" for kind in TRIGGER_TYPES} | {f"framework-{name}" for name in kinds_there}
    assert wanted | set(_OF_KINDS) <= {case.name for case in _CASES}


def _written(cloud: LocalServer, title: str, command: Sequence[str | Path]) -> list[str]:
    """How often each action was called that changes something. How often somebody looks is up to the clock."""
    before = len(cloud.calls())
    ran = scfdeploy(*command, env=cloud.env)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    counted = Counter(action for action in cloud.calls()[before:] if not action.startswith(READS))
    return [title, *(f"  {action} {count}" for action, count in sorted(counted.items()))]

"""Files with very many keys are answered with few findings: each is looked at once, and the rest is counted."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

from tests.support.command import scfdeploy
from tests.support.project import write_project


def _findings(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = scfdeploy("validate", folder, "--format", "json").document["diagnostics"]
    return found


def test_many_unknown_inputs_are_counted(tmp_path: Path) -> None:
    found = _findings(write_project(tmp_path, "".join(f"  thing{number}: 1\n" for number in range(3000))))
    assert len(found) == 201
    assert (found[-1]["rule"], found[-1]["severity"]) == ("unknown-key", "error")
    assert '2800 more keys are unknown in component: scf, beginning with "thing200"' in found[-1]["detail"]


def test_many_unknown_top_level_keys_are_counted(tmp_path: Path) -> None:
    file = write_project(tmp_path) / "serverless.yml"
    file.write_text(file.read_text() + "".join(f"thing{number}: 1\n" for number in range(3000)))
    found = _findings(tmp_path)
    assert len(found) == 201
    assert "2800 more keys are unknown in the top level" in found[-1]["detail"]


@pytest.mark.parametrize("key", ["same", "  memorySize"])
def test_list_of_duplicate_keys_is_limited(tmp_path: Path, key: str) -> None:
    file = write_project(tmp_path) / "serverless.yml"
    file.write_text(file.read_text() + f"{key}: 128\n" * 3000)
    found = [one for one in _findings(tmp_path) if one["rule"] == "duplicate-key"]
    assert len(found) == 100
    assert "not listed" in found[-1]["detail"]


@pytest.mark.parametrize(
    ("inputs", "rule"),
    [
        ("  events:\n" + "".join(f"    - tmer{number}: 1\n" for number in range(4000)), "trigger-unknown"),
        ("  tags: {" + "".join(f"'!{number}': '!', " for number in range(60)) + "}\n", "tag-form"),
    ],
)
def test_mistakes_beyond_the_limit_get_no_suggestion(tmp_path: Path, inputs: str, rule: str) -> None:
    comparisons = 0

    def count_comparisons(frame: FrameType, event: str, _: object) -> None:
        nonlocal comparisons
        comparisons += event == "call" and frame.f_code.co_name == "real_quick_ratio"

    sys.setprofile(count_comparisons)
    try:
        found = [one for one in _findings(write_project(tmp_path, inputs)) if one["rule"] == rule]
    finally:
        sys.setprofile(None)
    assert found
    assert comparisons < 35_000


def test_unknown_key_is_an_error_where_no_suggestion_is_looked_for(tmp_path: Path) -> None:
    words = "".join(f"    f{number}: {{handler: index.main_handler, x{number}: 1}}\n" for number in range(2000))
    file = write_project(tmp_path) / "serverless.yml"
    file.write_text(
        "component: multi-scf\nname: many\ninputs:\n  region: ap-guangzhou\n  runtime: Python3.10\n  src: ./src\n"
        f"  functions:\n{words}    last: {{handler: index.main_handler, memorySizw: 256}}\n"
    )
    last = [one for one in _findings(tmp_path) if one["rule"] == "unknown-key"][-1]
    assert last["severity"] == "error"


def test_many_triggers_are_read_in_linear_time(tmp_path: Path) -> None:
    count = 1000
    trigger = "    - timer: {{name: t{}, parameters: {{cronExpression: '0 0 * * * * *', enable: true}}}}\n"
    project = write_project(tmp_path, "  events:\n" + "".join(map(trigger.format, range(count))))
    comparisons = 0

    def count_comparisons(frame: FrameType, event: str, _: object) -> None:
        nonlocal comparisons
        comparisons += event == "call" and frame.f_code.co_name == "__eq__"

    sys.setprofile(count_comparisons)
    try:
        _findings(project)
    finally:
        sys.setprofile(None)
    assert comparisons < 50 * count


@pytest.mark.parametrize("name", ["NOPE", "N{}"])
def test_many_unset_variables_are_handled_in_bounded_time(tmp_path: Path, name: str) -> None:
    text = "".join(f"${{env:{name.format(number)}}}" for number in range(2000))
    found = _findings(write_project(tmp_path, f"  description: '{text}'\n"))
    assert 0 < len([one for one in found if one["rule"] == "variable-unset"]) <= 100

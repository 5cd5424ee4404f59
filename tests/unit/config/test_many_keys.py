"""Files with very many keys are read in linear time, with a limited number of findings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from tests.support.command import scfdeploy
from tests.support.project import write_project
from tests.support.sampling import sample_size


def _findings(folder: Path) -> list[dict[str, str]]:
    findings: list[dict[str, str]] = scfdeploy("validate", folder, "--format", "json").document["diagnostics"]
    return findings


@contextmanager
def calls(*, of: str = "") -> Iterator[list[None]]:
    """One item for each call of a Python function meanwhile, or of those with a name."""
    made: list[None] = []

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and of in ("", frame.f_code.co_name):
            made.append(None)

    sys.setprofile(count)
    try:
        yield made
    finally:
        sys.setprofile(None)


def test_many_unknown_inputs_are_counted(tmp_path: Path) -> None:
    findings = _findings(write_project(tmp_path, "".join(f"  thing{number}: 1\n" for number in range(3000))))
    assert len(findings) == 201
    assert (findings[-1]["rule"], findings[-1]["severity"]) == ("unknown-key", "error")
    assert '2800 more keys are unknown in component: scf, beginning with "thing200"' in findings[-1]["detail"]


def test_many_unknown_top_level_keys_are_counted(tmp_path: Path) -> None:
    file = write_project(tmp_path) / "serverless.yml"
    file.write_text(file.read_text() + "".join(f"thing{number}: 1\n" for number in range(3000)))
    findings = _findings(tmp_path)
    assert len(findings) == 201
    assert "2800 more keys are unknown in the top level" in findings[-1]["detail"]


@pytest.mark.parametrize("key", ["same", "  memorySize"])
def test_list_of_duplicate_keys_is_limited(tmp_path: Path, key: str) -> None:
    file = write_project(tmp_path) / "serverless.yml"
    file.write_text(file.read_text() + f"{key}: 128\n" * 3000)
    findings = [finding for finding in _findings(tmp_path) if finding["rule"] == "duplicate-key"]
    assert len(findings) == 100
    assert "not listed" in findings[-1]["detail"]


@pytest.mark.parametrize(
    ("inputs", "rule"),
    [
        ("  events:\n" + "".join(f"    - tmer{number}: 1\n" for number in range(4000)), "trigger-unknown"),
        ("  tags: {" + "".join(f"'!{number}': '!', " for number in range(60)) + "}\n", "tag-form"),
    ],
)
def test_mistakes_beyond_the_limit_get_no_suggestion(tmp_path: Path, inputs: str, rule: str) -> None:
    with calls(of="real_quick_ratio") as comparisons:
        findings = [finding for finding in _findings(write_project(tmp_path, inputs)) if finding["rule"] == rule]
    assert findings
    assert len(comparisons) < 35_000


def test_unknown_key_without_search_for_suggestions_is_an_error(tmp_path: Path) -> None:
    words = "".join(f"    f{number}: {{handler: index.main_handler, x{number}: 1}}\n" for number in range(2000))
    file = write_project(tmp_path) / "serverless.yml"
    file.write_text(
        "component: multi-scf\nname: many\ninputs:\n  region: ap-guangzhou\n  runtime: Python3.10\n  src: ./src\n"
        f"  functions:\n{words}    last: {{handler: index.main_handler, memorySizw: 256}}\n"
    )
    last = [finding for finding in _findings(tmp_path) if finding["rule"] == "unknown-key"][-1]
    assert last["severity"] == "error"


def test_many_triggers_are_read_in_linear_time(tmp_path: Path) -> None:
    count = 1000
    trigger = "    - timer: {{name: t{}, parameters: {{cronExpression: '0 0 * * * * *', enable: true}}}}\n"
    project = write_project(tmp_path, "  events:\n" + "".join(map(trigger.format, range(count))))
    with calls(of="__eq__") as comparisons:
        _findings(project)
    assert len(comparisons) < 50 * count


@pytest.mark.parametrize("name", ["NOPE", "N{}"])
def test_many_unset_variables_are_handled_in_bounded_time(tmp_path: Path, name: str) -> None:
    text = "".join(f"${{env:{name.format(number)}}}" for number in range(2000))
    findings = _findings(write_project(tmp_path, f"  description: '{text}'\n"))
    assert 0 < len([finding for finding in findings if finding["rule"] == "variable-unset"]) <= 100


@pytest.mark.parametrize(
    ("first", "more", "last"),
    [
        ("", "app: shop\n", "name: many\ncomponent: scf\ninputs:\n  src: ./src\n"),
        ("component: scf\nname: many\ninputs:\nsrc: ./src\n", "thing{}: 1\n", ""),
        ("component: scf\nname: many\nsrc: ./src\n", "thing{}: 1\n", ""),
    ],
    ids=["repeated", "beside-inputs", "without-inputs"],
)
def test_three_times_as_many_keys_need_three_times_as_many_calls(
    first: str, more: str, last: str, tmp_path: Path
) -> None:
    def needed(count: int) -> int:
        (tmp_path / "serverless.yml").write_text(first + "".join(map(more.format, range(count))) + last)
        with calls() as made:
            assert _findings(tmp_path)
        return len(made)

    needed(1)  # loads the modules
    count = sample_size(2000)
    assert needed(3 * count) < 4 * needed(count)

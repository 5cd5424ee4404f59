"""Whatever triggers a file has: after apply the plan is empty, and a change is a change of just that trigger."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer, local_server
from tests.support.project import write_project
from tests.support.sampling import sample_size

_BUCKET = "photos-1300000001.cos.ap-guangzhou.myqcloud.com"
_SWITCH = {"enable": st.booleans()}
_QUALIFIER = {"qualifier": st.sampled_from(["$DEFAULT", "$LATEST"])}
_NUMBERS = st.integers(1, 60)
_SOURCES: Mapping[str, list[dict[str, object]]] = {
    "timer": [{"name": "tick"}, {"name": "tock"}],
    "http": [{"name": "url"}],
    "cos": [
        {"bucket": _BUCKET, "events": "cos:ObjectRemove:*"},
        {"bucket": _BUCKET, "events": "cos:ObjectCreated:Put", "filter": {"prefix": "a:b/", "suffix": ".jpg"}},
        {"bucket": _BUCKET, "events": "cos:ObjectCreated:Put", "filter": {"prefix": "a:c/"}},
    ],
    "cmq": [{"name": "orders"}, {"name": "returns"}],
    "ckafka": [{"instanceId": "ckafka-1a", "topic": "t"}, {"name": "ckafka-1a", "topic": "other-topic"}],
    "cls": [{"topicId": "7953cd3d-993f"}],
    "mps": [{"type": "WorkflowTask"}, {"type": "EditMediaTask"}],
    "clb": [{"loadBalanceId": "lb-l6golr1k", "protocol": "HTTP", "port": 80, "domain": "a.b", "url": "/"}],
}
_SETTINGS: Mapping[str, dict[str, st.SearchStrategy[object]]] = {
    "timer": {**_SWITCH, **_QUALIFIER, "argument": st.sampled_from(["", "go", "走"])},
    "http": {**_QUALIFIER, "authType": st.sampled_from(["NONE", "CAM"])},
    "cos": {**_SWITCH, **_QUALIFIER},
    "cmq": {**_SWITCH, **_QUALIFIER, "filterKey": st.lists(st.sampled_from("abc"), min_size=1, max_size=2)},
    "ckafka": {
        **_SWITCH,
        **_QUALIFIER,
        **dict.fromkeys(("maxMsgNum", "retry", "timeout"), _NUMBERS),
        "offset": st.sampled_from(["latest", "earliest", "1700000000000"]),
        "consumerGroupName": st.sampled_from(["one", "two"]),
    },
    "cls": {**_QUALIFIER, "maxWait": st.integers(3, 300), "maxSize": _NUMBERS},
    "mps": _QUALIFIER,
    "clb": {**_QUALIFIER, "weight": st.integers(0, 100)},
}
Trigger = tuple[str, dict[str, object]]


@st.composite
def _trigger(draw: st.DrawFn, kind: str, source: Mapping[str, object]) -> Trigger:
    more = draw(st.fixed_dictionaries({}, optional=_SETTINGS[kind]))
    fixed = {"cronExpression": "0 0 2 * * * *"} if kind == "timer" else {}
    return kind, {**source, **fixed, **more}


@st.composite
def _lives(draw: st.DrawFn) -> tuple[list[Trigger], list[Trigger]]:
    """Some triggers, and the same with one of them drawn anew."""
    sources = [(kind, source) for kind, found in _SOURCES.items() for source in found]
    chosen = draw(st.lists(st.sampled_from(sources), min_size=1, max_size=5, unique_by=repr))
    first = [draw(_trigger(kind, source)) for kind, source in chosen]
    at = draw(st.integers(0, len(chosen) - 1))
    return first, [*first[:at], draw(_trigger(*chosen[at])), *first[at + 1 :]]


def _write(folder: Path, triggers: list[Trigger]) -> None:
    events = [{kind: {"parameters": parameters}} for kind, parameters in triggers]
    write_project(folder, f"  events: {json.dumps(events, ensure_ascii=False)}\n")


def _run(cloud: LocalServer, command: str, folder: Path, *options: str) -> dict[str, object]:
    ran = scfdeploy(command, folder, *options, "--format", "json", env=cloud.env)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    return ran.document


def _planned(cloud: LocalServer, folder: Path) -> list[str]:
    changes = _run(cloud, "plan", folder)["changes"]
    assert isinstance(changes, list)
    return [change["address"] for change in changes if change["action"] != "no-op"]


@settings(deadline=None, max_examples=sample_size(12))
@given(_lives())
def test_an_applied_plan_is_empty_and_a_change_is_one_change(lives: tuple[list[Trigger], list[Trigger]]) -> None:
    first, second = lives
    with tempfile.TemporaryDirectory() as name, local_server() as cloud:
        folder = Path(name)
        _write(folder, first)
        _run(cloud, "apply", folder, "--yes")
        assert _planned(cloud, folder) == []
        _write(folder, second)
        assert len(_planned(cloud, folder)) <= 1
        _run(cloud, "apply", folder, "--yes")
        assert _planned(cloud, folder) == []
        _run(cloud, "destroy", folder, "--yes")
        assert cloud.writes()[-1] == "DeleteFunction"

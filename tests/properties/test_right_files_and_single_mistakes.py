"""A file without a mistake has no error, and one with a single mistake has exactly that error, in its line."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.config import LoadOptions
from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.pipeline.checked import load_and_check
from scfdeploy.pipeline.request import Request
from tests.support import strategies
from tests.support.strategies import write

Settings = dict[str, Any]
Path_ = tuple[str | int, ...]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("valid")
    strategies.write_code(made)
    return made


def errors(folder: Path, text: str) -> list[Diagnostic]:
    (folder / "serverless.yml").write_text(text, encoding="utf-8")
    checked = load_and_check(Request(".", LoadOptions(cwd=str(folder))))
    return [one for one in checked.findings.diagnostics if one.severity is Severity.ERROR]


@given(inputs=strategies.inputs())
@settings(max_examples=120, deadline=None)
def test_a_right_file_has_no_error(folder: Path, inputs: Settings) -> None:
    assert errors(folder, write(inputs).text) == []


def test_what_is_generated_exists() -> None:
    assert set(strategies.VALUES) <= strategies.supported_fields()
    assert set(strategies.TRIGGERS) == strategies.trigger_types()


class Mistake(NamedTuple):
    """One mistake: the rule that finds it, and what makes it and gives the path of its line."""

    rule: str
    make: Callable[[Settings], Path_]


def to(key: str, value: Any, *line: str | int) -> Callable[[Settings], Path_]:
    """A key set to a wrong value. The finding is in its line, or in that of `line` below it."""

    def make(inputs: Settings) -> Path_:
        inputs[key] = copy.deepcopy(value)
        return (key, *line)

    return make


def within(key: str, inner: str, name: str, value: Any) -> Callable[[Settings], Path_]:
    """One more name in a block."""

    def make(inputs: Settings) -> Path_:
        block = inputs.setdefault(key, {})
        (block.setdefault(inner, {}) if inner else block)[name] = value
        return (key, inner, name) if inner else (key, name)

    return make


def misspelt(right: str, wrong: str, value: Any) -> Callable[[Settings], Path_]:
    def make(inputs: Settings) -> Path_:
        inputs.pop(right, None)
        inputs[wrong] = value
        return (wrong,)

    return make


def one_more(item: Any, *line: str | int) -> Callable[[Settings], Path_]:
    """One more item of `events`."""

    def make(inputs: Settings) -> Path_:
        events = inputs.setdefault("events", [])
        events.append(copy.deepcopy(item))
        return ("events", len(events) - 1, *line)

    return make


def timer(**parameters: Any) -> dict[str, Any]:
    return {"timer": {"parameters": {"name": "wrong", "cronExpression": "0 0 2 * * * *", "enable": True, **parameters}}}


PARAMETERS = ("timer", "parameters")
LAYERS = [{"name": f"layer-{number}", "version": 1} for number in range(6)]
MISTAKES = {
    "memory between steps": Mistake("memory-step", to("memorySize", 100)),
    "memory of nothing": Mistake("memory-step", to("memorySize", 0)),
    "no time": Mistake("timeout-range", to("timeout", 0)),
    "no time to start": Mistake("init-timeout-range", to("initTimeout", 0)),
    "too many retries": Mistake("number-range", to("retryNum", 9)),
    "too short a life": Mistake("number-range", to("msgTTL", 1)),
    "a unit": Mistake("wrong-type", to("timeout", "10s")),
    "yes": Mistake("wrong-type", to("publicAccess", "yes")),
    "a text for a list": Mistake("wrong-type", to("layers", "shared")),
    "a mapping for a text": Mistake("wrong-type", to("description", {"text": "x"}, "text")),
    "half a block": Mistake("missing-key", to("vpcConfig", {"vpcId": "vpc-aaaaaaaa"}, "vpcId")),
    "a variable that begins with a digit": Mistake(
        "environment-key", within("environment", "variables", "9LIVES", "x")
    ),
    "a variable of the platform": Mistake("environment-reserved", within("environment", "variables", "SCF_MODE", "x")),
    "a reserved tag": Mistake("tag-reserved", within("tags", "", "scfdeploy:app", "x")),
    "a misspelt key": Mistake("unknown-key", misspelt("memorySize", "memorysize", 128)),
    "swapped letters": Mistake("unknown-key", misspelt("timeout", "tiemout", 3)),
    "a spelling of the API": Mistake("unknown-key", misspelt("role", "Role", "app_role")),
    "a runtime in small letters": Mistake("runtime-spelling", to("runtime", "python3.10")),
    "a layer too many": Mistake("layers-too-many", to("layers", LAYERS, 5, "name")),
    "a name that begins with a digit": Mistake("function-name", to("name", "1st")),
    "an unset variable": Mistake("variable-unset", to("description", "${env:SURELY_NOT_SET}")),
    "an unknown variable": Mistake("variable-unknown", to("description", "${stgae}")),
    "code that is not there": Mistake("src-missing", to("src", "./nowhere")),
    "a broken clock": Mistake(
        "timer-cron", one_more(timer(cronExpression="0 61 * * * * *"), *PARAMETERS, "cronExpression")
    ),
    "words for a clock": Mistake(
        "timer-cron", one_more(timer(cronExpression="every day"), *PARAMETERS, "cronExpression")
    ),
    "a misspelt parameter": Mistake("unknown-key", one_more(timer(enabel=True), *PARAMETERS, "enabel")),
    "an unknown trigger": Mistake("trigger-unknown", one_more({"tiemr": {"parameters": {}}}, "tiemr")),
    "an API gateway": Mistake("apigw-retired", one_more({"apigw": {"parameters": {}}}, "apigw")),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_one_mistake_is_one_error_in_its_line(folder: Path, mistake: Mistake, data: st.DataObject) -> None:
    inputs = copy.deepcopy(data.draw(strategies.inputs()))
    path = mistake.make(inputs)
    written = write(inputs)

    found = errors(folder, written.text)

    assert [one.rule for one in found] == [mistake.rule], written.text
    assert found[0].subject is not None
    assert found[0].subject.start.line == written.lines[path], written.text


@given(inputs=strategies.inputs(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_key_twice_is_one_error_at_the_second(folder: Path, inputs: Settings, data: st.DataObject) -> None:
    written = write(inputs)
    key = data.draw(st.sampled_from([key for key in inputs if not isinstance(inputs[key], dict | list)]))
    lines = written.text.splitlines()
    lines.append(lines[written.lines[key,] - 1])

    found = errors(folder, "\n".join(lines) + "\n")

    assert [(one.rule, one.subject and one.subject.start.line) for one in found] == [("duplicate-key", len(lines))]


@given(inputs=strategies.inputs(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_tab_is_one_error_in_its_line(folder: Path, inputs: Settings, data: st.DataObject) -> None:
    written = write(inputs)
    line = written.lines[data.draw(st.sampled_from(list(inputs))),]
    lines = written.text.splitlines()
    lines[line - 1] = "\t" + lines[line - 1].lstrip()

    found = errors(folder, "\n".join(lines) + "\n")

    assert [(one.rule, one.subject and one.subject.start.line) for one in found] == [("yaml-tab", line)]

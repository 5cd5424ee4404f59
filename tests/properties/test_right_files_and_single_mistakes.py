"""A file without a mistake has no error, and one with a single mistake has exactly that error, in its line."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.config import LoadOptions
from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.operations.check import load_and_check
from scfdeploy.operations.request import Request
from tests.support import strategies
from tests.support.sampling import sample_size
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
@settings(max_examples=sample_size(120), deadline=None)
def test_a_right_file_has_no_error(folder: Path, inputs: Settings) -> None:
    assert errors(folder, write(inputs).text) == []


def test_generated_values_cover_existing_fields_and_triggers() -> None:
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


def python(make: Callable[[Settings], Path_]) -> Callable[[Settings], Path_]:
    """The mistake in an event function in Python: of another function some are none, or others."""

    def made(inputs: Settings) -> Path_:
        inputs |= {"type": "event", "src": "./python", "runtime": "Python3.10", "handler": "index.main_handler"}
        return make(inputs)

    return made


def alone(kind: str, make: Callable[[Settings], Path_]) -> Callable[[Settings], Path_]:
    """The mistake with no other trigger of that type, which it could clash with."""

    def made(inputs: Settings) -> Path_:
        inputs["events"] = [item for item in inputs.get("events", []) if kind not in item]
        return make(inputs)

    return made


def without(key: str, make: Callable[[Settings], Path_]) -> Callable[[Settings], Path_]:
    """The mistake in a file that does not have this key."""

    def made(inputs: Settings) -> Path_:
        inputs.pop(key, None)
        return make(inputs)

    return made


def cos(**parameters: Any) -> dict[str, Any]:
    right = {"bucket": "films-1250000000.cos.ap-guangzhou.myqcloud.com", "events": "cos:ObjectCreated:*"}
    return {"cos": {"parameters": {**right, "enable": True, **parameters}}}


PARAMETERS = ("timer", "parameters")
OF_COS = ("cos", "parameters")
MOUNT = {"cfsId": "cfs-aaaaaaaa", "localMountDir": "/mnt/a", "remoteMountDir": "/"}
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
    "a misspelt runtime": Mistake("unknown-key", misspelt("runtime", "Runtime", "Python3.10")),
    "a misspelt handler": Mistake("unknown-key", python(misspelt("handler", "handeler", "index.main_handler"))),
    "a handler without a function": Mistake("handler-format", python(to("handler", "index"))),
    "a function that the code does not have": Mistake("handler-not-in-source", python(to("handler", "index.main"))),
    "a file that the code does not have": Mistake("handler-not-in-source", python(to("handler", "app.main_handler"))),
    "an empty variable": Mistake("environment-empty-value", within("environment", "variables", "EMPTY", "")),
    "a dead letter queue of no kind": Mistake(
        "value-not-allowed", to("deadLetter", {"type": "CMQ", "name": "dead"}, "type")
    ),
    "a dead letter queue without a name": Mistake(
        "dead-letter-name", to("deadLetter", {"type": "CMQ-QUEUE", "name": ""}, "name")
    ),
    "half a log topic": Mistake("missing-key", to("cls", {"topicId": "a-b"}, "topicId")),
    "files of no network": Mistake("cfs-without-vpc", without("vpcConfig", to("cfs", [MOUNT]))),
    "an output of nobody": Mistake("output-unknown-instance", to("description", "${output:dev:demo:net.vpcId}")),
    "a timer's name that begins with a digit": Mistake("timer-name", one_more(timer(name="1st"), *PARAMETERS, "name")),
    "a timer without a clock": Mistake(
        "missing-key", one_more({"timer": {"parameters": {"enable": True}}}, *PARAMETERS, "enable")
    ),
    "a bucket without an account": Mistake(
        "cos-bucket-form", python(alone("cos", one_more(cos(bucket="films"), *OF_COS, "bucket")))
    ),
    "an event that no bucket has": Mistake(
        "value-not-allowed",
        python(without("region", alone("cos", one_more(cos(events="cos:Created"), *OF_COS, "events")))),
    ),
    "a suffix without a dot": Mistake(
        "cos-suffix-form",
        python(without("region", alone("cos", one_more(cos(filter={"suffix": "jpg"}), *OF_COS, "filter", "suffix")))),
    ),
    "messages of no instance": Mistake(
        "ckafka-instance",
        python(alone("ckafka", one_more({"ckafka": {"parameters": {"topic": "a", "enable": True}}}, "ckafka"))),
    ),
    "a URL for nobody": Mistake(
        "value-not-allowed",
        alone("http", one_more({"http": {"parameters": {"authType": "none"}}}, "http", "parameters", "authType")),
    ),
    "the form of another component": Mistake(
        "trigger-form", one_more({"type": "timer", "parameters": {"cronExpression": "0 0 2 * * * *"}}, "type")
    ),
    "an API gateway": Mistake("apigw-retired", one_more({"apigw": {"parameters": {}}}, "apigw")),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
@given(data=st.data())
@settings(max_examples=sample_size(12), deadline=None)
def test_one_mistake_is_one_error_in_its_line(folder: Path, mistake: Mistake, data: st.DataObject) -> None:
    inputs = copy.deepcopy(data.draw(strategies.inputs()))
    path = mistake.make(inputs)
    written = write(inputs)

    found = errors(folder, written.text)

    assert [one.rule for one in found] == [mistake.rule], written.text
    assert found[0].subject is not None
    assert found[0].subject.start.line == written.lines[path], written.text


@given(inputs=strategies.inputs(), data=st.data())
@settings(max_examples=sample_size(40), deadline=None)
def test_a_key_twice_is_one_error_at_the_second(folder: Path, inputs: Settings, data: st.DataObject) -> None:
    written = write(inputs)
    key = data.draw(st.sampled_from([key for key in inputs if not isinstance(inputs[key], dict | list)]))
    lines = written.text.splitlines()
    lines.append(lines[written.lines[key,] - 1])

    found = errors(folder, "\n".join(lines) + "\n")

    assert [(one.rule, one.subject and one.subject.start.line) for one in found] == [("duplicate-key", len(lines))]


@given(inputs=strategies.inputs(), data=st.data())
@settings(max_examples=sample_size(40), deadline=None)
def test_a_tab_is_one_error_in_its_line(folder: Path, inputs: Settings, data: st.DataObject) -> None:
    written = write(inputs)
    line = written.lines[data.draw(st.sampled_from(list(inputs))),]
    lines = written.text.splitlines()
    lines[line - 1] = "\t" + lines[line - 1].lstrip()

    found = errors(folder, "\n".join(lines) + "\n")

    assert [(one.rule, one.subject and one.subject.start.line) for one in found] == [("yaml-tab", line)]


def single(inputs: Settings) -> list[str]:
    """The keys of the function whose values are single ones."""
    return [key for key in inputs if not isinstance(inputs[key], dict | list)]


def rewritten(text: str, line: int, new: str) -> str:
    lines = text.splitlines()
    lines[line - 1 : line] = new.splitlines()
    return "\n".join(lines) + "\n"


LINES = {
    "a wide colon": ("yaml-colon", lambda line: line.replace(": ", "\N{FULLWIDTH COLON}", 1)),
    "no blank after the colon": ("yaml-colon", lambda line: line.replace(": ", ":", 1)),
    "a quote that is not closed": ("yaml-quote", lambda line: re.sub(r": .*", ': "abc', line)),
    "a bracket that is not closed": ("yaml-bracket", lambda line: re.sub(r": .*", ": [abc", line)),
    "a placeholder of a pipeline": ("yaml-placeholder", lambda line: re.sub(r": .*", ": ${{ secrets.X }}", line)),
    "a placeholder of a template": ("yaml-placeholder", lambda line: re.sub(r": .*", ": <%= value %>", line)),
    "both sides of a merge": (
        "yaml-merge-conflict",
        lambda line: f"<<<<<<< HEAD\n{line}\n=======\n{line}\n>>>>>>> other",
    ),
}


@pytest.mark.parametrize(("rule", "spoil"), LINES.values(), ids=list(LINES))
@given(inputs=strategies.inputs(), data=st.data())
@settings(max_examples=sample_size(12), deadline=None)
def test_a_spoilt_line_is_one_error_in_it(
    folder: Path, rule: str, spoil: Callable[[str], str], inputs: Settings, data: st.DataObject
) -> None:
    written = write(inputs)
    line = written.lines[data.draw(st.sampled_from(single(inputs))),]
    text = rewritten(written.text, line, spoil(written.text.splitlines()[line - 1]))

    found = errors(folder, text)

    assert [(one.rule, one.subject and one.subject.start.line) for one in found] == [(rule, line)], text


@given(inputs=strategies.inputs(), start=st.sampled_from(list("*&!@`%|")))
@settings(max_examples=sample_size(40), deadline=None)
def test_a_value_that_needs_quotes_is_one_error_at_its_place(folder: Path, inputs: Settings, start: str) -> None:
    written = write(inputs | {"description": "words"})
    line = written.lines["description",]

    found = errors(folder, rewritten(written.text, line, f"  description: {start}/5 words"))

    assert [one.subject and (one.subject.start.line, one.subject.start.column) for one in found] == [(line, 16)]
    assert "uote" in str(found[0].hint)


@given(inputs=strategies.inputs(), data=st.data())
@settings(max_examples=sample_size(150), deadline=None)
def test_unresolvable_value_is_one_error(folder: Path, inputs: Settings, data: st.DataObject) -> None:
    written = write(inputs)
    texts = written.text.splitlines()
    places = [line for line in written.lines.values() if re.search(r": \S", texts[line - 1])]
    line = data.draw(st.sampled_from(sorted(places)))
    text = rewritten(written.text, line, re.sub(r": .*", ": ${env:SURELY_NOT_SET}", texts[line - 1]))

    found = errors(folder, text)

    assert [(one.rule, one.subject and one.subject.start.line) for one in found] == [("variable-unset", line)], text

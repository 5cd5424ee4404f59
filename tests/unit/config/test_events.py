from __future__ import annotations

import pytest

from scfdeploy.model import Address, TriggerSpec
from scfdeploy.model.resource_kind import TRIGGER
from tests.support.configured import Workspace, findings, function_of, only

CRON = "cronExpression: '0 0 8 * * * *'"


def triggers(workspace: Workspace, events: str) -> tuple[TriggerSpec, ...]:
    loaded = workspace.load_inputs(events)
    assert findings(loaded) == []
    return function_of(loaded).triggers


def test_timer_is_read(workspace: Workspace) -> None:
    (timer,) = triggers(
        workspace,
        """\
        events:
          - timer:
              parameters:
                cronExpression: '*/5 * * * * * *'
                enable: false
                argument: 0123
        """,
    )
    assert timer.address == Address(TRIGGER, "default", "shop-dev-mall", "timer/timer-shop-dev")
    assert (timer.type, timer.name) == ("timer", "timer-shop-dev")
    assert timer.settings == {"cronExpression": "*/5 * * * * * *", "enable": False, "argument": "0123"}
    assert str(timer.spans["cronExpression",]) == "serverless.yml:10:27"
    assert str(timer.span) == "serverless.yml:8:7"
    assert (timer.span.end.line, timer.span.end.column) == (12, 25)


def test_function_url_is_read(workspace: Workspace) -> None:
    (url,) = triggers(
        workspace,
        """\
        events:
          - http:
              parameters:
                netConfig: {enableIntranet: true}
                corsConfig: {enable: true, origins: ['*'], maxAge: 10}
        """,
    )
    assert url.type == "http"
    assert url.settings == {
        "netConfig": {"enableIntranet": True},
        "corsConfig": {"enable": True, "origins": ("*",), "maxAge": 10},
    }
    assert str(url.spans["corsConfig", "origins", 0]) == "serverless.yml:11:48"


@pytest.mark.parametrize(
    "event",
    [
        f"timer: {{name: tick, parameters: {{enable: true, {CRON}}}}}",
        f"timer: {{parameters: {{name: tick, enable: true, {CRON}}}}}",
        f"timer: {{name: tick, parameters: {{name: tick, enable: true, {CRON}}}}}",
        f"timer: {{name: '${{env:T}}', parameters: {{enable: true, {CRON}}}}}",
    ],
)
def test_trigger_name_is_read_in_or_beside_parameters(workspace: Workspace, event: str) -> None:
    loaded = workspace.load_inputs(f"events: [{event}]\n", environ={"T": "tick"})
    assert findings(loaded) == []
    (timer,) = function_of(loaded).triggers
    assert (timer.name, timer.settings["name"]) == ("tick", "tick")
    assert ("name",) in timer.spans


def test_empty_events_give_no_triggers(workspace: Workspace) -> None:
    assert triggers(workspace, "events: []\n") == ()
    assert triggers(workspace, "") == ()


def test_trigger_without_enable_is_a_warning(workspace: Workspace) -> None:
    loaded = workspace.load_inputs(f"events:\n  - timer:\n      parameters: {{{CRON}}}\n  - http:\n")
    assert findings(loaded) == ["8:7 enable-missing?"]
    assert [trigger.type for trigger in function_of(loaded).triggers] == ["timer", "http"]
    assert "enable" not in function_of(loaded).triggers[0].settings


OK = "parameters: {enable: true, cronExpression: a}"
CASES = {
    "parameters not indented": (
        "events:\n  - timer:\n    parameters: {enable: true, cronExpression: a}\n",
        ["9:7 trigger-indentation"],
        1,
        "Indent it by two spaces",
    ),
    "name and parameters not indented": (
        f"events:\n  - timer:\n    name: x\n    {OK}\n",
        ["9:7 trigger-indentation"],
        1,
        "Indent",
    ),
    "parameters beside a name's level": (
        f"events:\n  - timer:\n        name: x\n    {OK}\n",
        ["10:7 trigger-indentation"],
        1,
        "Indent",
    ),
    "a dash is missing": (
        f"events:\n  - timer:\n      name: a\n      {OK}\n    timers:\n      name: b\n      {OK}\n",
        ["11:7 trigger-dash"],
        1,
        "dash",
    ),
    "a dash is missing between two types": (
        f"events:\n  - timer:\n      {OK}\n    http: {{}}\n",
        ["10:7 trigger-dash"],
        2,
        "dash",
    ),
    "settings beside parameters": (
        "events:\n  - timer: {enable: true, cronExpression: a}\n",
        ["8:15 trigger-parameters"],
        1,
        "under `parameters:`",
    ),
    "an unknown type": ("events: [{tmer: {}}]\n", ["7:13 trigger-unknown"], 0, 'Did you mean "timer"?'),
    "another unknown type": ("events: [{often: {}}]\n", ["7:13 trigger-unknown"], 0, "http, mps, timer"),
    "another spelling": ("events: [{Timer: {}}]\n", ["7:13 trigger-unknown"], 0, 'Did you mean "timer"?'),
    "several events of one bucket": (
        "events: [{cos: {parameters: {bucket: b, events: [a, b], enable: true}}}]\n",
        ["7:51 wrong-type"],
        1,
        "Write text alone",
    ),
    "two broken ones": (
        "events: [{cmq: {parameters: {enable: true}}}, {cmq: {parameters: {enable: true}}}]\n",
        ["7:31 missing-key", "7:68 missing-key"],
        1,
        "",
    ),
    "one rule twice": (
        "events: [{mps: {parameters: {type: WorkflowTask}}}, {mps: {parameters: {type: WorkflowTask}}}]\n",
        ["7:56 trigger-duplicate"],
        1,
        "Remove one",
    ),
    "API Gateway": ("events: [{apigw: {x: 1}}]\n", ["7:13 apigw-retired"], 0, "- http:"),
    "the form of multi-scf": (
        "events: [{type: timer, parameters: {}}]\n",
        ["7:13 trigger-form"],
        0,
        "`- timer:`",
    ),
    "a word": ("events: [timer]\n", ["7:12 wrong-type"], 0, "`- timer:`"),
    "nothing": ("events:\n  -\n", ["8:6 wrong-type"], 0, "`- timer:`"),
    "an empty mapping": ("events: [{}]\n", ["7:12 wrong-type"], 0, "`- timer:`"),
    "a text in place of settings": (
        "events: [{timer: often}]\n",
        ["7:13 missing-key", "7:20 wrong-type"],
        1,
        "name, parameters",
    ),
    "parameters that are a list": (
        "events: [{http: {parameters: [a]}}]\n",
        ["7:32 wrong-type"],
        1,
        "Remove the dash",
    ),
    "a required parameter is missing": (
        "events: [{timer: {parameters: {enable: true}}}]\n",
        ["7:33 missing-key"],
        1,
        "cronExpression",
    ),
    "a parameter of the wrong type": (
        "events: [{timer: {parameters: {enable: close, cronExpression: a}}}]\n",
        ["7:42 wrong-type"],
        1,
        "Write false.",
    ),
    "an unknown parameter": (
        "events: [{timer: {parameters: {enable: true, cronExpression: a, argment: b}}}]\n",
        ["7:67 unknown-key"],
        1,
        'Did you mean "argument"?',
    ),
    "two names for one trigger": (
        "events: [{timer: {name: a, parameters: {name: b, enable: true, cronExpression: c}}}]\n",
        ["7:27 trigger-name-twice"],
        1,
        "Keep one",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("inputs", "expected", "count", "words"), CASES.values(), ids=CASES.keys())
def test_invalid_event_is_reported(
    workspace: Workspace, inputs: str, expected: list[str], count: int, words: str
) -> None:
    loaded = workspace.load_inputs(inputs)
    assert findings(loaded) == expected
    assert len(function_of(loaded).triggers) == count
    assert words in " ".join(f"{found.detail} {found.hint}" for found in loaded.diagnostics)


def test_duplicate_trigger_is_rejected(workspace: Workspace) -> None:
    loaded = workspace.load_inputs(f"events:\n  - timer:\n      {OK}\n  - timer:\n      {OK}\n")
    assert findings(loaded) == ["10:7 trigger-duplicate"]
    assert "Give each a `name`" in (only(loaded).hint or "")
    assert [str(span) for _, span in only(loaded).related] == ["serverless.yml:8:7"]
    loaded = workspace.load_inputs(
        "events:\n"
        "  - timer: {parameters: {name: a, enable: true, cronExpression: x}}\n"
        "  - timer: {parameters: {name: a, enable: true, cronExpression: y}}\n"
    )
    assert findings(loaded) == ["9:34 trigger-duplicate"]
    assert len(function_of(loaded).triggers) == 1


def test_api_gateway_retirement_is_reported_with_dates(workspace: Workspace) -> None:
    found = only(workspace.load_inputs("events: [{apigw: {}}]\n"))
    assert "2024-07-01" in found.detail
    assert "2025-06-30" in found.detail


BUCKET = "photos-1300000001.cos.ap-guangzhou.myqcloud.com"
NAMES = {
    f"cos: {{parameters: {{bucket: {BUCKET}, events: 'cos:ObjectRemove:*'}}}}": f"cos/{BUCKET}:ObjectRemove:*",
    f"cos: {{parameters: {{bucket: {BUCKET}, events: 'cos:ObjectCreated:Put', filter: {{prefix: 'a:b/'}}}}}}": (
        f"cos/{BUCKET}:ObjectCreated:Put:a%3Ab/:"
    ),
    "cos: {name: a-label, parameters: {bucket: b, events: 'cos:ObjectCreated:*'}}": "cos/b:ObjectCreated:*",
    "cmq: {name: a-label, parameters: {name: orders}}": "cmq/orders",
    "ckafka: {name: a-label, parameters: {name: ckafka-1a, topic: t}}": "ckafka/ckafka-1a-t",
    "ckafka: {parameters: {instanceId: ckafka-1a, topic: t}}": "ckafka/ckafka-1a-t",
    "ckafka: {parameters: {name: ckafka-1a-t, topic: t}}": "ckafka/ckafka-1a-t",
    "cls: {parameters: {topicId: abc}}": "cls/abc",
    "mps: {parameters: {type: EditMediaTask}}": "mps/EditMediaTask",
    "clb: {parameters: {loadBalanceId: lb-1, protocol: HTTP, port: 80, domain: a.b, url: /}}": "clb/lb-1/HTTP:80/a.b/",
}


@pytest.mark.parametrize(("item", "name"), NAMES.items())
def test_trigger_name_is_derived_from_its_settings(workspace: Workspace, item: str, name: str) -> None:
    loaded = workspace.load_inputs(f"events: [{{{item}}}]\n")
    (trigger,) = function_of(loaded).triggers
    assert [found for found in findings(loaded) if "enable-missing" not in found] == []
    assert trigger.address.name == name
    assert Address.parse(str(trigger.address)) == trigger.address


@pytest.mark.parametrize(
    ("written", "value"), [("OPEN", True), ("CLOSE", False), ("'OPEN'", True), ("true", True), ("false", False)]
)
@pytest.mark.parametrize("kind", ["timer", "cos", "cmq", "ckafka"])
def test_enable_accepts_api_words(workspace: Workspace, kind: str, written: str, value: object) -> None:
    loaded = workspace.load_inputs(f"events: [{{{kind}: {{parameters: {{enable: {written}}}}}}}]\n")
    assert "wrong-type" not in [found.rule for found in loaded.diagnostics]
    [trigger] = function_of(loaded).triggers
    assert trigger.settings["enable"] is value


@pytest.mark.parametrize("written", ["[]", "x", "true", "[{type: topic, name: a}]"])
def test_dead_letter_that_is_no_block_has_documented_code(workspace: Workspace, written: str) -> None:
    [found] = [one for one in workspace.load_inputs(f"deadLetter: {written}\n").diagnostics if one.rule == "wrong-type"]
    assert found.code == "InvalidParameterValue.DeadLetterConfig"


@pytest.mark.parametrize("written", ["open", "Close", "yes", "1", "on", "ENABLE", "maybe", "''", "[OPEN]"])
@pytest.mark.parametrize("kind", ["timer", "cos", "cmq", "ckafka", "cls", "clb", "mps"])
def test_invalid_enable_has_documented_code(workspace: Workspace, kind: str, written: str) -> None:
    loaded = workspace.load_inputs(f"events: [{{{kind}: {{parameters: {{enable: {written}}}}}}}]\n")
    [found] = [one for one in loaded.diagnostics if one.rule == "wrong-type"]
    assert found.code == "InvalidParameterValue.Enable"
    assert "true, false, OPEN or CLOSE" in found.detail

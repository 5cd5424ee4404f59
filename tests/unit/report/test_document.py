from __future__ import annotations

import json
from typing import Any

import pytest

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import Address, Ref, Secret
from scfdeploy.plan import FieldChange
from scfdeploy.providers.invocation import Invocation
from scfdeploy.report.document import document, dumps
from scfdeploy.report.values import to_json
from scfdeploy.results import Applied, Failed, Findings, Planned, Validated
from scfdeploy.results.invoked import Invoked
from scfdeploy.results.status import FunctionStatus, LayerStatus, StatusReport
from tests.support.results import HELLO, KEY, MEMORY_STEP, OUTCOMES, PLAN, REFUSED, span

NONE = Findings()


def head(command: str, ok: bool, diagnostics: list[Any] | None = None) -> dict[str, Any]:
    return {"format": 1, "command": command, "ok": ok, "diagnostics": diagnostics or []}


def test_diagnostic_has_every_key_of_the_contract() -> None:
    related = Diagnostic("x", Severity.INFO, "S", related=(("there", span(1, 2, 3)),))
    actual = document(Validated(Findings([MEMORY_STEP, related]), False, files=1, functions=2))

    assert actual == {
        **head(
            "validate",
            False,
            [
                {
                    "rule": "memory-step",
                    "code": "InvalidParameterValue.Memory",
                    "severity": "error",
                    "summary": "Memory size is no step",
                    "detail": "100 MB is neither 64 nor a multiple of 128.",
                    "hint": "Write 128.",
                    "file": "serverless.yml",
                    "line": 3,
                    "column": 15,
                    "endLine": 3,
                    "endColumn": 18,
                    "address": "function/default/hello",
                    "related": [],
                    "fix": [],
                },
                {
                    "rule": "x",
                    "code": None,
                    "severity": "info",
                    "summary": "S",
                    "detail": "",
                    "hint": None,
                    "file": "",
                    "line": 1,
                    "column": 1,
                    "endLine": 1,
                    "endColumn": 1,
                    "address": None,
                    "related": [
                        {
                            "message": "there",
                            "file": "serverless.yml",
                            "line": 1,
                            "column": 2,
                            "endLine": 1,
                            "endColumn": 3,
                        }
                    ],
                    "fix": [],
                },
            ],
        ),
        "files": 1,
        "functions": 2,
        "layers": 0,
        "fixed": [],
    }


def test_missing_plan_has_empty_keys() -> None:
    assert document(Planned(NONE, False, None)) == {
        **head("plan", False),
        "project": None,
        "changes": [],
        "summary": {"create": 0, "update": 0, "replace": 0, "delete": 0, "unchanged": 0},
        "savedTo": None,
    }


def test_plan_has_project_changes_and_summary() -> None:
    actual = document(Planned(NONE, True, PLAN))

    assert list(actual)[:4] == ["format", "command", "ok", "diagnostics"]
    assert actual["project"] == {"app": "shop", "stage": "dev", "region": "ap-guangzhou"}
    assert actual["summary"] == {"create": 1, "update": 0, "replace": 1, "delete": 1, "unchanged": 1}
    replaced = actual["changes"][1]
    assert (replaced["address"], replaced["action"]) == ("function/default/hello", "replace")
    fields = {field["path"]: field for field in replaced["fields"]}
    assert fields["runtime"] == {
        "path": "runtime",
        "before": "Python3.9",
        "after": "Python3.10",
        "sensitive": False,
        "forcesReplace": True,
    }
    assert fields["layers[0].version"]["after"] == {"unknown": "layer/shared#version"}
    assert "old-key" not in dumps(actual)
    assert "new-key" not in dumps(actual)


def test_apply_lists_every_outcome_and_counts_them() -> None:
    outputs = {"api": {"url": "https://x.example", "token": Secret("hidden")}}
    assert document(Applied("apply", NONE, False, PLAN, OUTCOMES, outputs)) == {
        **head("apply", False),
        "results": [
            {
                "address": "function/default/hello",
                "action": "create",
                "status": "succeeded",
                "seconds": 2.142,
                "requestIds": ["req-1", "req-2"],
                "effect": "confirmed",
                "error": None,
            },
            {
                "address": "function/default/old",
                "action": "delete",
                "status": "failed",
                "seconds": 0.5,
                "requestIds": ["req-3"],
                "effect": "none",
                "error": {
                    "code": "ResourceInUse",
                    "message": "The function is being used.",
                    "requestId": "req-3",
                    "retryable": True,
                },
            },
            {
                "address": "trigger/default/hello/timer/nightly",
                "action": "create",
                "status": "skipped",
                "seconds": 0.0,
                "requestIds": [],
                "effect": "none",
                "error": {
                    "code": "Skipped",
                    "message": "waits for function/default/old, which failed",
                    "requestId": "",
                    "retryable": False,
                },
            },
        ],
        "summary": {"succeeded": 1, "failed": 1, "skipped": 1, "unchanged": 1},
        "outputs": {"api": {"url": "https://x.example", "token": "(sensitive)"}},
        "refused": [],
        "leftAlone": [
            {"address": "trigger/default/hello/timer/manual", "reason": "made by hand; left alone without --prune"}
        ],
        "interrupted": False,
    }


def test_refused_apply_says_what_was_refused() -> None:
    actual = document(Applied("destroy", NONE, False, REFUSED))

    assert actual["command"] == "destroy"
    assert [refused["rule"] for refused in actual["refused"]] == ["foreign-owner"]


def test_status_shows_functions_with_their_differences() -> None:
    drift = (FieldChange("environment.variables.API_KEY", Secret("a"), "plain", sensitive=True),)
    triggers = ({"type": "timer", "name": "nightly"},)
    function = FunctionStatus(
        HELLO,
        "Active",
        "",
        "Python3.10",
        128,
        3,
        "2026-01-02",
        True,
        drift,
        triggers,
        ("https://x",),
        ("1",),
        ("prod",),
    )
    assert document(StatusReport(NONE, True, KEY, (function,))) == {
        **head("status", True),
        "project": {"app": "shop", "stage": "dev", "region": "ap-guangzhou"},
        "functions": [
            {
                "address": "function/default/hello",
                "state": "Active",
                "stateReason": "",
                "runtime": "Python3.10",
                "memorySize": 128,
                "timeout": 3,
                "modified": "2026-01-02",
                "owned": True,
                "drift": [
                    {
                        "path": "environment.variables.API_KEY",
                        "before": "(sensitive)",
                        "after": "(sensitive)",
                        "sensitive": True,
                        "forcesReplace": False,
                    }
                ],
                "triggers": [{"type": "timer", "name": "nightly"}],
                "urls": ["https://x"],
                "versions": ["1"],
                "aliases": ["prod"],
            }
        ],
        "layers": [],
        "domains": [],
    }


def test_status_shows_layers_with_their_differences() -> None:
    base = Address.of_layer("base")
    drift = (FieldChange("version", 3, Ref(base, "version")),)
    layer = LayerStatus(base, "Active", 3, ("Python3.10",), "2026-01-02", True, drift, ("2", "3"))
    assert document(StatusReport(NONE, True, KEY, (), (layer,)))["layers"] == [
        {
            "address": "layer/base",
            "state": "Active",
            "version": 3,
            "runtimes": ["Python3.10"],
            "modified": "2026-01-02",
            "owned": True,
            "drift": [
                {
                    "path": "version",
                    "before": 3,
                    "after": {"unknown": "layer/base#version"},
                    "sensitive": False,
                    "forcesReplace": False,
                }
            ],
            "versions": ["2", "3"],
        }
    ]


def test_invoke_document_has_result_error_and_figures() -> None:
    call = Invocation("rid", None, ("KeyError", "'x'", "trace"), 430, 12.5, 17.3, "log")
    assert document(Invoked(NONE, False, "default/hello", call)) == {
        **head("invoke", False),
        "function": "default/hello",
        "asynchronous": False,
        "result": None,
        "error": {"type": "KeyError", "message": "'x'", "trace": "trace"},
        "requestId": "rid",
        "statusCode": 430,
        "durationMs": 12.5,
        "memoryMb": 17.3,
        "log": "log",
    }


def test_failure_has_message_hint_and_code() -> None:
    assert document(Failed("status", "No network.", "Try later.", "ClientNetworkError", "rid")) == {
        **head("status", False),
        "error": {
            "code": "ClientNetworkError",
            "message": "No network.",
            "hint": "Try later.",
            "requestId": "rid",
        },
    }


def test_to_json_hides_secrets_and_unknown_values() -> None:
    value = {"a": (Secret("hidden"), Ref(HELLO, "url")), "b": float("nan"), "c": True}
    assert to_json(value) == {
        "a": ["(sensitive)", {"unknown": "function/default/hello#url"}],
        "b": None,
        "c": True,
    }


@pytest.mark.parametrize("value", [b"bytes", object(), {1, 2}])
def test_to_json_rejects_unknown_types(value: Any) -> None:
    with pytest.raises(TypeError):
        to_json(value)


def test_document_text_keeps_key_order_and_characters() -> None:
    text = dumps({"z": "中文", "a": "\x1b \x9b \ud83d \u202e"})

    assert list(json.loads(text)) == ["z", "a"]
    assert json.loads(text)["a"] == "\x1b \x9b \ud83d \u202e"
    assert "中文" in text
    assert text.endswith("}\n")
    assert not set(text) & {"\x1b", "\x9b", "\ud83d", "\u202e"}

"""The helper of templates/failures turns the messages of all platforms into one form."""

from __future__ import annotations

import ast
import base64
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from scfdeploy.delivery.envelopes import EventResult
from scfdeploy.delivery.platform import AsyncPlatform
from scfdeploy.delivery.profiles import function_compute, functiongraph, lambda_async, scf
from scfdeploy.delivery.trace import DeliveryKind

HELPER = Path(__file__).parents[3] / "templates" / "failures" / "normalize_failure.py"
ID = "00000001-0000-4000-8000-000000000000"
FAILED = EventResult(
    ID, "orders", '{"id": 7}', 3, 2, 430, "RetriesExhausted", "null", "KeyError: 'customer'",
    1795831200000, 1795831320000, 21_600_000,
)  # fmt: skip
NORMALIZED = {
    "function": "orders",
    "requestId": ID,
    "condition": "RetriesExhausted",
    "attempts": 3,
    "payload": {"id": 7},
    "error": "KeyError: 'customer'",
}


@pytest.fixture(scope="module")
def helper() -> ModuleType:
    spec = importlib.util.spec_from_file_location("normalize_failure", HELPER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sent(platform: AsyncPlatform, service: str, kind: DeliveryKind = DeliveryKind.FAILURE) -> str:
    return platform.write("failed", service, kind, FAILED).body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            sent(scf.PLATFORM, "cmq-queue", DeliveryKind.DEAD_LETTER), {"cloud": "scf", "condition": None}, id="scf"
        ),
        pytest.param(sent(functiongraph.PLATFORM, "smn"), {"cloud": "functiongraph"}, id="functiongraph"),
        pytest.param(sent(function_compute.PLATFORM, "mns-queue"), {"cloud": "fc"}, id="fc"),
        pytest.param(sent(function_compute.PLATFORM, "eventbridge"), {"cloud": "fc"}, id="fc-eventbridge"),
        pytest.param(sent(lambda_async.PLATFORM, "sqs"), {"cloud": "lambda"}, id="lambda"),
        pytest.param(sent(lambda_async.PLATFORM, "eventbridge"), {"cloud": "lambda"}, id="lambda-eventbridge"),
    ],
)
def test_messages_of_all_platforms_have_one_form(helper: ModuleType, body: str, expected: dict[str, object]) -> None:
    wanted = {**NORMALIZED, **expected}
    assert helper.normalize_failure(body) == wanted
    assert helper.normalize_failure(json.loads(body)) == wanted
    in_queue = {"Records": [{"messageId": "1", "body": body, "attributes": {}, "messageAttributes": {}}]}
    assert helper.normalize_failure(in_queue) == wanted
    in_topic = {"Records": [{"Sns": {"Message": body, "MessageAttributes": {}}}] * 2}
    assert helper.normalize_failures(in_topic) == [wanted, wanted]
    in_cmq = {"Records": [{"CMQ": {"type": "topic", "msgBody": body}}]}
    assert helper.normalize_failure(in_cmq) == wanted
    in_stream = {"Records": [{"kinesis": {"data": base64.b64encode(body.encode()).decode()}}]}
    assert helper.normalize_failure(in_stream) == wanted


def test_dead_letter_of_lambda_is_read_with_its_attributes(helper: ModuleType) -> None:
    message = lambda_async.PLATFORM.write("failed", "sqs", DeliveryKind.DEAD_LETTER, FAILED)
    attributes = {name: {"stringValue": str(value), "dataType": "String"} for name, value in message.attributes}
    record = {"messageId": "1", "body": message.body, "attributes": {}, "messageAttributes": attributes}
    assert helper.normalize_failure({"Records": [record]}) == {
        **NORMALIZED,
        "cloud": "lambda",
        "function": None,
        "attempts": None,
    }


def test_message_that_the_queue_moved_has_only_its_count(helper: ModuleType) -> None:
    record = {"body": '{"id": 7}', "attributes": {"ApproximateReceiveCount": "3"}, "messageAttributes": {}}
    assert helper.normalize_failure({"Records": [record]}) == {
        "cloud": "lambda",
        "function": None,
        "requestId": None,
        "condition": "MaxReceiveExceeded",
        "attempts": 3,
        "payload": {"id": 7},
        "error": None,
    }


def test_failed_batch_of_a_stream_has_its_position_as_payload(helper: ModuleType) -> None:
    batch = {"shardId": "0", "startSequenceNumber": "3", "endSequenceNumber": "3", "batchSize": 1}
    record = {
        "requestContext": {
            "requestId": ID,
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:orders",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 3,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-11-28T02:00:02.000Z",
        "KinesisBatchInfo": batch,
    }
    assert helper.normalize_failure(record) == {
        **NORMALIZED,
        "cloud": "lambda",
        "condition": "RetryAttemptsExhausted",
        "payload": batch,
        "error": "Unhandled",
    }


def test_older_spellings_are_read(helper: ModuleType) -> None:
    notification = json.loads(sent(functiongraph.PLATFORM, "smn"))
    notification["response_context"] = {"statusCode": 500, "function_error": ""}
    notification["response_payload"] = None
    assert helper.normalize_failure(notification)["error"] == "status 500"
    callback = json.loads(sent(function_compute.PLATFORM, "fc"))
    callback["requestContext"]["functionArn"] = "acs:fc:::services/shop.LATEST/functions/orders"
    assert helper.normalize_failure(callback)["function"] == "orders"


def test_event_that_is_nested_too_deep_stays_text(helper: ModuleType) -> None:
    event = "[" * 50_000 + "]" * 50_000
    message = json.loads(sent(scf.PLATFORM, "cmq-queue", DeliveryKind.DEAD_LETTER))
    message["Body"]["ClientContext"] = event
    assert helper.normalize_failure(message)["payload"] == event


@pytest.mark.parametrize(
    "message",
    [
        *("", "text", "[]", "{}", {"id": 7}, None, 3, {"Records": []}),
        *({"source": "lambda"}, {"source": "acs:fc", "data": 3}, {"request_context": "x"}),
    ],
)
def test_other_messages_are_rejected(helper: ModuleType, message: object) -> None:
    with pytest.raises(ValueError, match=r"not a failure message|0 messages"):
        helper.normalize_failure(message)


def test_helper_imports_the_standard_library_only_and_is_python_3_6() -> None:
    tree = ast.parse(HELPER.read_text(encoding="utf-8"), feature_version=(3, 6))
    modules = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for name in node.names
    }
    assert modules <= sys.stdlib_module_names

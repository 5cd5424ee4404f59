"""Run functions with the events of a simulation, each in the form of its source."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scfdeploy.config.scenario import CkafkaSource, QueueSource, Scenario, Source, StreamSource
from scfdeploy.delivery.driver import START_MS
from scfdeploy.delivery.driver import Invocation as EventCall
from scfdeploy.delivery.trace import Attempt
from scfdeploy.operations.simulate.handlers import MAX_MESSAGES, TIMEOUT_STATUSES, MessageKey

if TYPE_CHECKING:
    from scfdeploy.operations.simulate.local_functions import RealFunctions
    from scfdeploy.providers.invocation import Invocation

_SUCCESS = 200


class RealEventHandler:
    """Runs each attempt of an event. Its duration is that of the scenario, so that a run can be repeated."""

    def __init__(self, functions: RealFunctions, *, duration_ms: int) -> None:
        self._functions = functions
        self._duration_ms = duration_ms
        self.messages: dict[MessageKey, str] = {}

    def __call__(self, call: EventCall) -> Attempt:
        """The result of one attempt. A function that is not in the project succeeds."""
        if call.function not in self._functions:
            return Attempt(_SUCCESS, self._duration_ms)
        result = self._functions.call(call.function, call.payload)
        error = error_text(result)
        if error and len(self.messages) < MAX_MESSAGES:
            self.messages[call.function, (call.item,), call.tries] = error
        has_timed_out = result.status_code in TIMEOUT_STATUSES
        duration_ms = self._functions.timeout_ms(call.function) if has_timed_out else self._duration_ms
        returned = json.dumps(result.result, ensure_ascii=False)
        return Attempt(result.status_code, duration_ms, result=returned, error=error)


def error_text(result: Invocation) -> str:
    """The error of a call: its type and message; empty after success."""
    if result.error is None:
        return ""
    kind, text, _ = result.error
    return ": ".join(part for part in (kind, text) if part)


class RealBatchHandler:
    """Runs the function with each batch, in the form of the event of its source."""

    def __init__(self, functions: RealFunctions, scenario: Scenario, function: str) -> None:
        self._functions = functions
        self._scenario = scenario
        self._function = function
        self._receives: dict[int, int] = {}
        self._messages = functions.batch_errors

    def __call__(self, items: tuple[int, ...], tries: int, at: int) -> Attempt:
        """The result of one call. What a call that failed has completed is not known, unless it deletes messages."""
        for item in items:
            self._receives[item] = self._receives.get(item, 0) + 1
        event = batch_event(self._scenario, items, self._receives, at)
        self._functions.take_deleted()
        result = self._functions.call(self._function, json.dumps(event, ensure_ascii=False))
        has_timed_out = result.status_code in TIMEOUT_STATUSES
        duration_ms = self._functions.timeout_ms(self._function) if has_timed_out else self._scenario.duration_ms
        error = error_text(result)
        if error and len(self._messages) < MAX_MESSAGES:
            self._messages[self._function, items, tries] = error
        if result.status_code != _SUCCESS and deletes_messages(self._scenario.source):
            deleted = set(self._functions.take_deleted())
            done = tuple(item for item in items if message_id(item) in deleted)
            return Attempt(result.status_code, duration_ms, done, error=error)
        if result.status_code != _SUCCESS:
            return Attempt(result.status_code, duration_ms, error=error)
        failed = _reported(result.result, items) if _reads_reports(self._scenario.source) else ()
        completed = tuple(item for item in items if item not in failed)
        return Attempt(_SUCCESS, duration_ms, completed, failed)


def deletes_messages(source: Source) -> bool:
    """Whether the function deletes each message that it has processed."""
    return isinstance(source, QueueSource) and source.acknowledge == "delete"


def _reads_reports(source: Source) -> bool:
    return isinstance(source, QueueSource) and source.acknowledge == "report"


def _reported(result: object, items: tuple[int, ...]) -> tuple[int, ...]:
    """The items that a returned `batchItemFailures` names."""
    listed = result.get("batchItemFailures") if isinstance(result, Mapping) else None
    names = {
        str(entry.get("itemIdentifier"))
        for entry in (listed if isinstance(listed, list | tuple) else ())
        if isinstance(entry, Mapping)
    }
    return tuple(item for item in items if message_id(item) in names)


def message_id(item: int) -> str:
    """The id of a message of a queue."""
    return f"00000000-0000-4000-8000-{item:012d}"


def batch_event(
    scenario: Scenario, items: tuple[int, ...], receives: Mapping[int, int], at: int
) -> Mapping[str, object]:
    """The event that a source sends for these items."""
    source = scenario.source
    texts = [scenario.item_text(item) for item in items]
    match source:
        case QueueSource():
            records = [
                _queue_record(source, item, text, receives[item], at) for item, text in zip(items, texts, strict=True)
            ]
        case StreamSource():
            records = [_stream_record(source, item, text) for item, text in zip(items, texts, strict=True)]
        case _:
            name = source.name if isinstance(source, CkafkaSource) else ""
            records = [
                {"Ckafka": {"topic": name, "partition": 0, "offset": item, "msgKey": "None", "msgBody": text}}
                for item, text in zip(items, texts, strict=True)
            ]
    return {"Records": records}


def _queue_record(source: QueueSource, item: int, text: str, receives: int, at: int) -> dict[str, object]:
    sent = START_MS + (item - 1) * source.every_ms
    return {
        "messageId": message_id(item),
        "receiptHandle": f"{message_id(item)}/{receives}",
        "body": text,
        "attributes": {
            "ApproximateReceiveCount": str(receives),
            "SentTimestamp": str(sent),
            "SenderId": "123456789012",
            "ApproximateFirstReceiveTimestamp": str(sent if receives == 1 else min(sent, START_MS + at)),
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{source.name}",
        "awsRegion": "us-east-1",
    }


def _stream_record(source: StreamSource, item: int, text: str) -> dict[str, object]:
    arrival = START_MS + (item - 1) * source.every_ms
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "1",
            "sequenceNumber": str(item),
            "data": base64.b64encode(text.encode()).decode(),
            "approximateArrivalTimestamp": arrival / 1000,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-{(item - 1) % source.shards:012d}:{item}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::123456789012:role/lambda-role",
        "awsRegion": "us-east-1",
        "eventSourceARN": f"arn:aws:kinesis:us-east-1:123456789012:stream/{source.name}",
    }

"""The messages that destinations receive, one writer per format, fields in the documented order."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import NamedTuple

from scfdeploy.delivery.trace import DeliveryKind
from scfdeploy.facts import delivery_value
from scfdeploy.facts.errors import status_code

_CHINA = timezone(timedelta(hours=8))
_APP_ID = 1300000001
_UIN = "100000000001"
_OTHER_ACCOUNT = "123456789012"
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_quoted = json.encoder.encode_basestring
_NO_FUNCTION_ERRORS = frozenset({0, 200, 429, 432, 500})
_PAYLOADS = ("requestPayload", "responsePayload")


class EventResult(NamedTuple):
    """What became of an event of a simulated run. Times are milliseconds since the epoch."""

    request_id: str
    function: str
    payload: str
    """The text of the event."""
    attempts: int
    retries: int
    status: int
    """Of the last attempt, in the numbers of SCF; 0 when there was none."""
    reason: str
    """Why the event failed; empty when it succeeded."""
    result: str
    """The value that the last attempt returned, as JSON text."""
    error: str
    accepted_at: int
    sent_at: int
    max_age_ms: int


class FailedBatch(NamedTuple):
    """Records of a stream that are not tried again. Times are milliseconds since the epoch."""

    stream: str
    shard: int
    function: str
    first: int
    """The sequence number of the first record."""
    last: int
    size: int
    first_arrived_at: int
    last_arrived_at: int
    condition: str
    attempts: int
    status: int
    """Of the last attempt, in the numbers of SCF; 0 when there was none."""
    sent_at: int


class Message(NamedTuple):
    """A message and the attributes that are sent beside it."""

    body: str
    attributes: tuple[tuple[str, str | int], ...] = ()


class FailedEvent(NamedTuple):
    """A failed event of SCF, as its dead letter describes it. Times are milliseconds since the epoch."""

    request_id: str
    status: int
    error_message: str
    """The stack trace, or the text of the status."""
    app_id: int
    uin: str
    request_source: str
    function: str
    namespace: str
    qualifier: str
    event: str
    """The text of the event, unchanged."""
    first_triggered_at: int
    sent_at: int
    retries: int
    ttl_s: int
    """Seconds until the event would have expired."""


def scf_dead_letter(failed: FailedEvent, *, plain: bool = False) -> Message:
    """A dead letter: the text that `json` writes, in a third of the time.

    The guide's sample shows -1, RequestResponse and 0 where an asynchronous event would suggest its status, Event and
    the seconds left. Consumers meet either, so `plain` writes the other reading.
    """
    code, kind, ttl_s = (failed.status, "Event", failed.ttl_s) if plain else (-1, "RequestResponse", 0)
    request_id = _quoted(failed.request_id)
    body = (
        f'{{"RequestId": {request_id}, "ErrorCode": {code}, "ErrorMessage": {_quoted(failed.error_message)}, '
        f'"Body": {{"AppId": {failed.app_id}, "Uin": {_quoted(failed.uin)}, "SubAccountUin": null, '
        f'"RequestSource": {_quoted(failed.request_source)}, "FunctionName": {_quoted(failed.function)}, '
        f'"Namespace": {_quoted(failed.namespace)}, "Qualifier": {_quoted(failed.qualifier)}, '
        f'"InvocationType": "{kind}", "ClientContext": {_quoted(failed.event)}, "LogType": "", '
        f'"TimeStampForInvoker": "{failed.first_triggered_at}", "RequestId": {request_id}, '
        f'"PushTime": "{_push_time(failed.sent_at)}", "RetryNum": {failed.retries}, "Ttl": {ttl_s}}}}}'
    )
    attributes = (("RequestId", failed.request_id), ("ErrorCode", code), ("ErrorMessage", failed.error_message))
    return Message(body, attributes)


def texts_of_dead_letter(text: str) -> Sequence[str] | None:
    """The texts among the values of a dead letter; None for what `scf_dead_letter` does not write.

    A dead letter is its own JSON text: whoever has nothing to change in these texts need not parse it.
    """
    found = _dead_letter_pattern().fullmatch(text)
    if found is None:
        return None
    texts = found.groups()
    return [text.replace('\\"', '"') for text in texts] if "\\" in text else texts


@cache
def _dead_letter_pattern() -> re.Pattern[str]:
    """Matches dead letters in whose texts nothing is escaped but quotes; a group per text."""
    sample = scf_dead_letter(FailedEvent("", 0, "", 0, "", "", "", "", "", "", 0, 0, 0, 0)).body
    plain = r'[^"\\\x00-\x1f]*'
    text, number = rf'"({plain}(?:\\"{plain})*)"', "(?:0|-?[1-9][0-9]{0,17})"
    parts = re.split(r'(?<=: )("[^"]*"|-?[0-9]+)', sample)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = (text if value.startswith('"') else number for value in parts[1::2])
    return re.compile("".join(parts))


def _push_time(at: int) -> str:
    return f"{_second(at // 1000, _CHINA)}.{at % 1000:03d}000000+08:00"


def scf_message(name: str, service: str, kind: DeliveryKind, result: EventResult) -> Message:
    """The message that a dead letter queue of SCF receives."""
    ttl_s = max(0, (result.accepted_at + result.max_age_ms - result.sent_at) // 1000)
    failed = FailedEvent(
        result.request_id,
        result.status or -1,
        result.error or _status_text(result),
        _APP_ID,
        _UIN,
        "CLOUD_API",
        result.function,
        "default",
        "$DEFAULT",
        result.payload,
        result.accepted_at,
        result.sent_at,
        result.retries,
        ttl_s,
    )
    return scf_dead_letter(failed)


def functiongraph_message(name: str, service: str, kind: DeliveryKind, result: EventResult) -> Message:
    """The notification that a destination of FunctionGraph receives."""
    response: str | None = _response(result)
    if response is not None and len(response.encode()) > delivery_value("functiongraph", "result.max_bytes"):
        response = None
    record = {
        "timestamp": _timestamp(result.sent_at, _CHINA),
        "request_context": {
            "request_id": result.request_id,
            "function_urn": f"urn:fss:cn-north-4:{_OTHER_ACCOUNT}:function:default:{result.function}:latest",
            "condition": result.reason or "Success",
            "approximate_invoke_count": result.attempts,
        },
        "request_payload": result.payload,
        "response_context": {
            "status_code": _other_status(result.status),
            "function_error": _function_error(result, "UnhandledInvocationError"),
        },
        "response_payload": response,
    }
    return Message(_compact(record))


def function_compute_message(name: str, service: str, kind: DeliveryKind, result: EventResult) -> Message:
    """The callback that a destination of Function Compute receives, for EventBridge as a CloudEvent."""
    arn = f"acs:fc:cn-hangzhou:{_OTHER_ACCOUNT}:functions/{result.function}"
    record: dict[str, object] = {
        "timestamp": result.sent_at,
        "requestContext": {
            "requestId": result.request_id,
            "functionArn": arn,
            "condition": result.reason or "Success",
            "approximateInvokeCount": result.attempts,
        },
        "requestPayload": result.payload,
        "responseContext": {
            "statusCode": _other_status(result.status),
            "functionError": _function_error(result, "UnhandledInvocationError"),
        },
        "responsePayload": _response(result),
    }
    if service == "eventbridge":
        record = {
            "datacontenttype": "application/json;charset=utf-8",
            "aliyunaccountid": _OTHER_ACCOUNT,
            "data": record,
            "subject": arn,
            "source": "acs:fc",
            "type": "fc:AsyncInvoke:succeeded" if kind is DeliveryKind.SUCCESS else "fc:AsyncInvoke:failed",
            "aliyunpublishtime": _timestamp(result.sent_at, UTC),
            "specversion": "1.0",
            "aliyuneventbusname": name,
            "id": result.request_id,
            "time": f"{_second(result.sent_at // 1000, UTC)}Z",
            "aliyunregionid": "cn-hangzhou",
            "aliyunpublishaddr": "127.0.0.1",
        }
    return Message(_compact(record))


def lambda_message(name: str, service: str, kind: DeliveryKind, result: EventResult) -> Message:
    """What Lambda sends: the event itself to a dead letter queue, a record of the result to a destination."""
    status = _other_status(result.status)
    error = _function_error(result, "Unhandled")
    if kind is DeliveryKind.DEAD_LETTER:
        attributes = (
            ("RequestID", result.request_id),
            ("ErrorCode", status),
            ("ErrorMessage", (result.error or _status_text(result)).encode()[:1024].decode(errors="ignore")),
        )
        return Message(result.payload, attributes)
    response_context: dict[str, object] = {"statusCode": status, "executedVersion": "$LATEST"}
    if error:
        response_context["functionError"] = error
    record: dict[str, object] = {
        "version": "1.0",
        "timestamp": _timestamp(result.sent_at, UTC),
        "requestContext": {
            "requestId": result.request_id,
            "functionArn": f"arn:aws:lambda:us-east-1:{_OTHER_ACCOUNT}:function:{result.function}:$LATEST",
            "condition": result.reason or "Success",
            "approximateInvokeCount": result.attempts,
        },
        "requestPayload": _parsed(result.payload),
        "responseContext": response_context,
        "responsePayload": _parsed(_response(result)),
    }
    if service == "sns" and len(_compact(record).encode()) > delivery_value("lambda_async", "sns.message_max_bytes"):
        record = {key: value for key, value in record.items() if key not in _PAYLOADS}
    if service == "eventbridge":
        end = "Success" if kind is DeliveryKind.SUCCESS else "Failure"
        record = {
            "version": "0",
            "id": result.request_id,
            "detail-type": f"Lambda Function Invocation Result - {end}",
            "source": "lambda",
            "account": _OTHER_ACCOUNT,
            "time": f"{_second(result.sent_at // 1000, UTC)}Z",
            "region": "us-east-1",
            "resources": [f"arn:aws:lambda:us-east-1:{_OTHER_ACCOUNT}:function:{result.function}:$LATEST"],
            "detail": record,
        }
    return Message(_compact(record))


def lambda_stream_message(failed: FailedBatch) -> str:
    """What Lambda sends about records of a stream: which ones, and none of their content."""
    response: dict[str, object] = {"statusCode": _other_status(failed.status), "executedVersion": "$LATEST"}
    if failed.status not in _NO_FUNCTION_ERRORS:
        response["functionError"] = "Unhandled"
    record = {
        "requestContext": {
            "requestId": f"{failed.first:08x}-0000-4000-8000-000000000000",
            "functionArn": f"arn:aws:lambda:us-east-1:{_OTHER_ACCOUNT}:function:{failed.function}",
            "condition": failed.condition,
            "approximateInvokeCount": failed.attempts,
        },
        **({"responseContext": response} if failed.attempts else {}),
        "version": "1.0",
        "timestamp": _timestamp(failed.sent_at, UTC),
        "KinesisBatchInfo": {
            "shardId": f"shardId-{failed.shard:012d}",
            "startSequenceNumber": str(failed.first),
            "endSequenceNumber": str(failed.last),
            "approximateArrivalOfFirstRecord": _timestamp(failed.first_arrived_at, UTC),
            "approximateArrivalOfLastRecord": _timestamp(failed.last_arrived_at, UTC),
            "batchSize": failed.size,
            "streamArn": f"arn:aws:kinesis:us-east-1:{_OTHER_ACCOUNT}:stream/{failed.stream}",
        },
    }
    return _compact(record)


def _status_text(result: EventResult) -> str:
    """The name of the last status; without an attempt, why the event failed."""
    known = status_code(result.status)
    return known.name if known is not None else str(result.reason)


def _other_status(status: int) -> int:
    """The status in the numbers of other platforms: an error of the function is a response with status 200."""
    match status:
        case 429 | 432:
            return 429
        case 500:
            return 500
        case _:
            return 200


def _function_error(result: EventResult, name: str) -> str:
    return name if result.status not in _NO_FUNCTION_ERRORS else ""


def _response(result: EventResult) -> str:
    """What the function responded with: its result, or its error."""
    if result.status == 200:
        return result.result
    return _compact({"errorMessage": result.error}) if result.error else ""


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text or None


def _timestamp(at: int, zone: tzinfo) -> str:
    return f"{_second(at // 1000, zone)}.{at % 1000:03d}" + ("Z" if zone is UTC else "+08:00")


@lru_cache(maxsize=16)
def _second(at: int, zone: tzinfo) -> str:
    """A time in seconds. Formatting takes as long as the rest of a message, and many events fail at the same time."""
    return datetime.fromtimestamp(at, zone).isoformat()[: len("2026-11-28T10:00:00")]


def _compact(document: object) -> str:
    return _COMPACT.encode(document)

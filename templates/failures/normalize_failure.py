"""One form for the failure messages of four clouds. Copy this file into your project: it needs nothing else.

    for failure in normalize_failures(event):
        print(failure["cloud"], failure["function"], failure["requestId"], failure["payload"])

`event` is what a function receives that handles failures: the message itself, or the records of the queue or topic that
it was sent to. Each failure has these keys; what a message does not say is None:

    cloud      "scf", "functiongraph", "fc" or "lambda"
    function   the name of the function that failed
    requestId  the request id of the failed event
    condition  why the platform gave up, such as "RetriesExhausted", or "Success" for messages about successes
    attempts   how often the function was called; SCF does not count attempts after statuses 432 and 500
    payload    the event, parsed where it is JSON
    error      what went wrong, as text

Python 3.6 or newer.
"""

import base64
import json


def normalize_failures(event):
    """Every failure in an event of a queue, topic, bus or stream, or in a message that was delivered directly."""
    return [normalize_failure(message) for message in _messages(event)]


def normalize_failure(message):
    """One failure message, as a dictionary or as JSON text. Raises ValueError for a message in no known form."""
    message = _parsed(message)
    if not isinstance(message, dict):
        raise ValueError(f"not a failure message: {message!r:.80}")
    if "Records" in message or "messages" in message:
        found = normalize_failures(message)
        if len(found) != 1:
            raise ValueError(f"{len(found)} messages: use normalize_failures")
        return found[0]
    for is_form, read in _FORMS:
        if is_form(message):
            try:
                return read(message)
            except (AttributeError, KeyError, TypeError):
                # It has the keys of a form, and something else in them.
                break
    raise ValueError("not a failure message: it has the keys " + ", ".join(sorted(map(str, message))))


def _scf(message):
    """SCF: the message of a CMQ dead letter queue."""
    body = message["Body"]
    return _failure(
        "scf",
        body.get("FunctionName"),
        message.get("RequestId") or body.get("RequestId"),
        # The message does not say which rule ended the event.
        None,
        body["RetryNum"] + 1 if isinstance(body.get("RetryNum"), int) else None,
        body.get("ClientContext"),
        message.get("ErrorMessage"),
    )


def _functiongraph(message):
    """FunctionGraph: a notification. Older ones spell statusCode."""
    context, response = message["request_context"], message.get("response_context") or {}
    status = response.get("status_code", response.get("statusCode"))
    return _failure(
        "functiongraph",
        _name(context.get("function_urn")),
        context.get("request_id"),
        context.get("condition") or _condition(status, response.get("function_error")),
        context.get("approximate_invoke_count"),
        message.get("request_payload"),
        _error(message.get("response_payload"), response.get("function_error"), status),
    )


def _function_compute(message):
    """Function Compute: a callback."""
    context, response = message["requestContext"], message.get("responseContext") or {}
    status = response.get("statusCode")
    return _failure(
        "fc",
        (context.get("functionArn") or "").rpartition("functions/")[2].partition("/")[0] or None,
        context.get("requestId"),
        context.get("condition") or _condition(status, response.get("functionError")),
        context.get("approximateInvokeCount"),
        message.get("requestPayload"),
        _error(message.get("responsePayload"), response.get("functionError"), status),
    )


def _lambda(message):
    """Lambda: the record of a destination, or of a failed batch of a stream, which has no payload."""
    context, response = message["requestContext"], message.get("responseContext") or {}
    payload = message.get("requestPayload")
    for batch in ("KinesisBatchInfo", "DDBStreamBatchInfo"):
        payload = message.get(batch, payload)
    return _failure(
        "lambda",
        _name(context.get("functionArn")),
        context.get("requestId"),
        context.get("condition"),
        context.get("approximateInvokeCount"),
        payload,
        _error(message.get("responsePayload"), response.get("functionError"), response.get("statusCode")),
    )


def _lambda_dead_letter(record):
    """Lambda: a dead letter queue has the event itself; what failed is in the attributes of the message."""
    attributes = record.get("messageAttributes") or record.get("MessageAttributes") or {}
    received = (record.get("attributes") or {}).get("ApproximateReceiveCount")
    by_lambda = "RequestID" in attributes
    return _failure(
        "lambda",
        None,
        _attribute(attributes, "RequestID"),
        # Without the attributes, the queue's own rule moved the message.
        "RetriesExhausted" if by_lambda else "MaxReceiveExceeded",
        int(received) if received and not by_lambda else None,
        record["body"] if "body" in record else record.get("Message"),
        _attribute(attributes, "ErrorMessage"),
    )


_FORMS = (
    (lambda message: isinstance(message.get("Body"), dict) and "ClientContext" in message["Body"], _scf),
    (lambda message: "request_context" in message, _functiongraph),
    # EventBridge of both clouds puts the record into an envelope.
    (lambda message: message.get("source") == "acs:fc", lambda message: _function_compute(message["data"])),
    (lambda message: message.get("source") == "lambda", lambda message: _lambda(message["detail"])),
    (lambda message: "requestContext" in message and "version" in message, _lambda),
    (lambda message: "requestContext" in message, _function_compute),
    (lambda message: "messageAttributes" in message or "MessageAttributes" in message, _lambda_dead_letter),
)


def _messages(event):
    """The messages in an event, without the envelopes of the queue or topic that brought them."""
    event = _parsed(event)
    if isinstance(event, list):
        return [message for item in event for message in _messages(item)]
    if not isinstance(event, dict):
        return [event]
    records = event.get("Records")
    if isinstance(records, list):
        return [message for record in records for message in _messages(_record(record))]
    return [event]


def _record(record):
    """The message in a record of CMQ, SQS, SNS or Kinesis; a dead letter of Lambda stays in its record."""
    if "CMQ" in record:
        return record["CMQ"].get("msgBody")
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode()
    inner = record.get("Sns", record)
    text = inner.get("body") if "body" in inner else inner.get("Message", inner)
    message = _parsed(text)
    if isinstance(message, dict) and any(is_form(message) for is_form, _ in _FORMS[:-1]):
        return message
    return inner


def _failure(cloud, function, request_id, condition, attempts, payload, error):
    return {
        "cloud": cloud,
        "function": function or None,
        "requestId": request_id or None,
        "condition": condition or None,
        "attempts": attempts,
        "payload": _parsed(payload),
        "error": error or None,
    }


def _name(identifier):
    """The part of a URN of FunctionGraph, or of an ARN of Lambda, that names the function."""
    parts = (identifier or "").split(":")
    return parts[6] if len(parts) > 6 else identifier


def _condition(status, function_error):
    """Some messages leave the condition empty."""
    return "Success" if status == 200 and not function_error else None


def _error(response, function_error, status):
    """The message of the function, else the kind of its error, else the status of the platform."""
    if status == 200 and not function_error:
        return None
    response = _parsed(response)
    text = response.get("errorMessage") if isinstance(response, dict) else None
    return text or function_error or f"status {status}"


def _attribute(attributes, name):
    """A message attribute, as events (stringValue, Value) and SDKs (StringValue) spell it."""
    value = attributes.get(name)
    if not isinstance(value, dict):
        return value
    return value.get("stringValue", value.get("StringValue", value.get("Value")))


def _parsed(text):
    """JSON text as a value; everything else as it is, also text that is nested too deep."""
    if not isinstance(text, (str, bytes)):
        return text
    try:
        return json.loads(text if isinstance(text, str) else text.decode())
    except (ValueError, RecursionError):
        return text

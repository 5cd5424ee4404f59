"""Maps error codes of the API and errors of HTTP libraries to `CloudError`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import Message
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.providers.base import CloudError, ErrorKind

if TYPE_CHECKING:
    from scfdeploy.providers.tencent.transport.http import UntrustedResponseError

NO_RESPONSE = "ClientNetworkError"
INVALID_RESPONSE = "ServerNetworkError"
UNTRUSTED_RESPONSE = "UntrustedResponse"
TOO_LARGE = "ResponseSizeLimitExceeded"

_NAME = lazy_pattern(r"[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]")
_MISSING = (
    "FailedOperation.Domain.UnExist",
    "ResourceNotFound",
    "ResourceNotFound.Alias",
    "ResourceNotFound.AsyncEvent",
    "ResourceNotFound.Function",
    "ResourceNotFound.FunctionName",
    "ResourceNotFound.Layer",
    "ResourceNotFound.LayerVersion",
    "ResourceNotFound.Trigger",
    # Returned for a moment while a function is being deleted.
    "ResourceNotFound.Version",
)
# A load balancer accepts one change at a time.
_BUSY_ELSEWHERE = ("FailedOperation.ResourceInOperating",)
# Returned for invalid values, and while the function is changing; a few retries tell the two apart.
_MAYBE_BUSY = ("FailedOperation.DeleteTrigger", "FailedOperation.UpdateTrigger")
_MAX_MESSAGE_LENGTH = 4000
_MAX_EXCERPT_LENGTH = 200
_READS_AND_DELETIONS = ("Get", "List", "Delete")
_BY_RETRY = {"yes": ErrorKind.AMBIGUOUS, "wait": ErrorKind.BUSY}


def classify(action: str, code: str, function_name: str = "") -> ErrorKind:
    """Classify a failure of `action` with `code`; `function_name` is that of the request, if any."""
    if code.startswith("RequestLimitExceeded"):
        return ErrorKind.THROTTLED
    if _is_missing(action, code, function_name):
        return ErrorKind.MISSING
    if code.startswith("ResourceInUse") and action.startswith("Create"):
        return ErrorKind.EXISTS
    if code.startswith(("ResourceBusy", "ResourceUnavailable")) or code in _BUSY_ELSEWHERE:
        return ErrorKind.BUSY
    if code in _MAYBE_BUSY:
        return ErrorKind.AMBIGUOUS
    from scfdeploy.facts.errors import error_code

    known = error_code(code)
    return _BY_RETRY.get(known.retry, ErrorKind.REJECTED) if known else ErrorKind.REJECTED


def cloud_error(action: str, code: str, text: str, *, request_id: str = "", function_name: str = "") -> CloudError:
    """The exception for an error response of the API."""
    kind = classify(action, code, function_name)
    return CloudError(kind, code, one_line(text), action=action, request_id=request_id)


def one_line(text: str, max_length: int = _MAX_MESSAGE_LENGTH) -> str:
    """The beginning of what a server said, on one line; in both languages if our own words are around it."""
    shortened = " ".join(text[:_MAX_MESSAGE_LENGTH].split())[:max_length]
    return Message(shortened, one_line(text.english, max_length)) if isinstance(text, Message) else shortened


def no_response(action: str, host: str, error: BaseException) -> CloudError:
    """The exception for a call without a response; `error` is that of the HTTP library."""
    untrusted = _untrusted_response(error)
    if untrusted is not None:
        return CloudError(
            ErrorKind.REJECTED if untrusted.is_refusal else ErrorKind.AMBIGUOUS,
            untrusted.code if untrusted.is_final else NO_RESPONSE,
            untrusted.text,
            action=action,
            hint=message("Check the endpoint, the network and the proxy settings."),
        )
    text = _root_message(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "SSLError" in type(error).__name__:
        return CloudError(
            ErrorKind.REJECTED,
            NO_RESPONSE,
            message("no trusted connection to {host}: {reason}", host=host, reason=text),
            action=action,
            hint=message("Check the endpoint and the proxy settings."),
        )
    return CloudError(
        ErrorKind.AMBIGUOUS,
        NO_RESPONSE,
        message("no response from {host}: {reason}", host=host, reason=describe_failure(error)),
        action=action,
        hint=message("Check the network, the proxy settings and the endpoint."),
    )


def describe_failure(error: BaseException) -> str:
    """A short reason for a missing response, from the exception of an HTTP library."""
    text = _root_message(error)
    if "refused" in text:
        return message("connection refused")
    if "resolve" in text:
        return message("host name not found")
    if "timed out" in text:
        return message("timed out")
    if "Remote end closed" in text or "reset by peer" in text:
        return message("connection closed by the server")
    return one_line(text, _MAX_EXCERPT_LENGTH)


def invalid_response(action: str, host: str, text: str) -> CloudError:
    """The exception for a response that is not from the API: wrong HTTP status, no JSON, a gateway's error page."""
    excerpt = one_line(text, _MAX_EXCERPT_LENGTH) or message("it is empty")
    return CloudError(
        ErrorKind.AMBIGUOUS,
        INVALID_RESPONSE,
        message("unexpected response from {host}: {excerpt}", host=host, excerpt=excerpt),
        action=action,
        hint=message("Check the endpoint and the proxy settings, or try again later."),
    )


def malformed_field(action: str, field: str) -> CloudError:
    """The exception for a JSON response in which a field is not of the documented type."""
    text = message("the field {field} of the response is malformed", field=field)
    return CloudError(ErrorKind.AMBIGUOUS, INVALID_RESPONSE, text, action=action, hint=message("Try again later."))


def _is_missing(action: str, code: str, function_name: str) -> bool:
    if code in _MISSING:
        return True
    if not action.startswith(_READS_AND_DELETIONS):
        return False
    if code == "ResourceNotFound.Namespace":
        return True
    # Documented as "does not exist", but also returned for a malformed name.
    return code == "InvalidParameterValue.FunctionName" and _NAME.fullmatch(function_name) is not None


def _untrusted_response(error: BaseException | None) -> UntrustedResponseError | None:
    """The UntrustedResponseError among the causes, if any."""
    if "requests" not in sys.modules:
        return None
    from scfdeploy.providers.tencent.transport.http import UntrustedResponseError

    while error is not None and not isinstance(error, UntrustedResponseError):
        error = error.__cause__ or error.__context__
    return error


def _root_message(error: BaseException) -> str:
    """The message of the root cause, which libraries wrap several times."""
    while True:
        reason = getattr(error, "reason", None)
        argument = next((argument for argument in error.args if isinstance(argument, BaseException)), None)
        cause = reason if isinstance(reason, BaseException) else argument
        if cause is None or cause is error:
            return str(error)
        error = cause

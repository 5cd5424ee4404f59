"""Maps error codes of the API and of the SDK to `ErrorKind`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scfdeploy.facts import error_code
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.providers.base import CloudError, ErrorKind

if TYPE_CHECKING:
    from scfdeploy.providers.tencent.transport.http import UntrustedResponseError

NO_ANSWER = "ClientNetworkError"
BAD_ANSWER = "ServerNetworkError"
UNTRUSTED_ANSWER = "UntrustedResponse"
TOO_LARGE = "ResponseSizeLimitExceeded"

_NAME = lazy_pattern(r"[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]")
_FUNCTION_MISSING = ("ResourceNotFound.Function", "ResourceNotFound.FunctionName")
_MISSING = (
    *_FUNCTION_MISSING,
    "ResourceNotFound",
    "ResourceNotFound.Alias",
    "ResourceNotFound.AsyncEvent",
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
_LONGEST_MESSAGE = 4000  # characters; an answer may hold megabytes of them
_LOOKING = ("Get", "List", "Delete")
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
    known = error_code(code)
    return _BY_RETRY.get(known.retry, ErrorKind.REJECTED) if known else ErrorKind.REJECTED


def cloud_error(action: str, code: str, message: str, *, request_id: str = "", function_name: str = "") -> CloudError:
    """The exception for an error response of the API."""
    kind = classify(action, code, function_name)
    return CloudError(kind, code, " ".join(message[:_LONGEST_MESSAGE].split()), action=action, request_id=request_id)


def no_answer(action: str, host: str, error: BaseException) -> CloudError:
    """The exception for a call without a response; `error` is that of the HTTP library."""
    refused = _refused_response(error)
    if refused is not None:
        return _untrusted(action, refused)
    text = _innermost(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "SSLError" in type(error).__name__:
        return CloudError(
            ErrorKind.REJECTED,
            NO_ANSWER,
            f"no trusted connection to {host}: {text}",
            action=action,
            hint="Check the endpoint and the proxy settings.",
        )
    return CloudError(
        ErrorKind.AMBIGUOUS,
        NO_ANSWER,
        f"no answer from {host}: {reason_of(error)}",
        action=action,
        hint="Check the network, the proxy settings and the endpoint.",
    )


def reason_of(error: BaseException) -> str:
    """A short reason for the missing response."""
    return _worded(_innermost(error))


def bad_answer(action: str, host: str, text: str) -> CloudError:
    """The exception for a response that is not from the API: wrong HTTP status, no JSON, a gateway's error page."""
    shown = " ".join(text[:_LONGEST_MESSAGE].split())[:200] or "an empty answer"
    return CloudError(
        ErrorKind.AMBIGUOUS,
        BAD_ANSWER,
        f"{host} did not answer as the API does: {shown}",
        action=action,
        hint="Check the endpoint and the proxy settings, or try again later.",
    )


def odd_answer(action: str, field: str) -> CloudError:
    """The exception for a JSON response in which a field is not of the documented form."""
    message = f"the answer is not of the documented form: {field} is something else"
    return CloudError(ErrorKind.AMBIGUOUS, BAD_ANSWER, message, action=action, hint="Try again later.")


def _is_missing(action: str, code: str, function_name: str) -> bool:
    if code in _MISSING:
        return True
    if not action.startswith(_LOOKING):
        return False
    if code == "ResourceNotFound.Namespace":
        return True
    # Documented as "does not exist", but also returned for a malformed name.
    return code == "InvalidParameterValue.FunctionName" and _NAME.fullmatch(function_name) is not None


def _untrusted(action: str, refused: UntrustedResponseError) -> CloudError:
    """The exception for a response that was not read. Ambiguous unless the call was certainly not executed."""
    return CloudError(
        ErrorKind.REJECTED if refused.is_refusal else ErrorKind.AMBIGUOUS,
        refused.code if refused.is_final else NO_ANSWER,
        refused.words,
        action=action,
        hint="Check the endpoint, the network and the proxy settings.",
    )


def _refused_response(error: BaseException | None) -> UntrustedResponseError | None:
    """The UntrustedResponseError among the causes, if any."""
    if "requests" not in sys.modules:
        return None
    from scfdeploy.providers.tencent.transport.http import UntrustedResponseError

    while error is not None and not isinstance(error, UntrustedResponseError):
        error = error.__cause__ or error.__context__
    return error


def _innermost(error: BaseException) -> str:
    """The message of the root cause, which libraries wrap several times."""
    seen: BaseException = error
    while True:
        reason = getattr(seen, "reason", None)
        inside = next((one for one in seen.args if isinstance(one, BaseException)), None)
        deeper = reason if isinstance(reason, BaseException) else inside
        if deeper is None or deeper is seen:
            return str(seen)
        seen = deeper


def _worded(text: str) -> str:
    for sign, words in (
        ("refused", "the connection was refused"),
        ("resolve", "its name is not known"),
        ("timed out", "it took too long"),
        ("Remote end closed", "the connection was cut"),
        ("reset by peer", "the connection was cut"),
    ):
        if sign in text:
            return words
    return " ".join(text.split())[:200]

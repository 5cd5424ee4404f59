"""The messages that destinations receive, one writer per format, fields in the documented order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class FailedEvent:
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


def scf_dead_letter(failed: FailedEvent, *, plain: bool = False) -> Mapping[str, object]:
    """The body of a dead letter.

    The guide's sample shows -1, RequestResponse and 0 where an asynchronous event would suggest its status, Event and
    the seconds left. Consumers meet either, so `plain` writes the other reading.
    """
    sent = datetime.fromtimestamp(failed.sent_at // 1000, _CHINA)
    return {
        "RequestId": failed.request_id,
        "ErrorCode": failed.status if plain else -1,
        "ErrorMessage": failed.error_message,
        "Body": {
            "AppId": failed.app_id,
            "Uin": failed.uin,
            "SubAccountUin": None,
            "RequestSource": failed.request_source,
            "FunctionName": failed.function,
            "Namespace": failed.namespace,
            "Qualifier": failed.qualifier,
            "InvocationType": "Event" if plain else "RequestResponse",
            "ClientContext": failed.event,
            "LogType": "",
            "TimeStampForInvoker": str(failed.first_triggered_at),
            "RequestId": failed.request_id,
            "PushTime": f"{sent:%Y-%m-%dT%H:%M:%S}.{failed.sent_at % 1000:03d}000000+08:00",
            "RetryNum": failed.retries,
            "Ttl": failed.ttl_s if plain else 0,
        },
    }

"""Explanations of the status codes of invocations: retry class, interval and what follows."""

from __future__ import annotations

from scfdeploy.delivery.core import ResultClass
from scfdeploy.delivery.profiles.scf import CLASSES, REFUSED_AT_ACCEPTANCE
from scfdeploy.diagnostics import message
from scfdeploy.facts import delivery_value, limit
from scfdeploy.facts.errors import StatusCode
from scfdeploy.results.explained import Explanation

_REJECTED = "rejected"
_IN_BOTH_PLACES = frozenset({435, 438, 441, 442})
"""Statuses that a call gets at acceptance, and an accepted event when its attempt begins."""
_MS_PER_S = 1000
_S_PER_H = 3600


def explain_status(status: StatusCode) -> Explanation:
    """What a status means, and how an asynchronous event with it continues."""
    retry_class = _REJECTED if status.code in REFUSED_AT_ACCEPTANCE else CLASSES.get(status.code, ResultClass.EXECUTION)
    is_retried = retry_class not in (_REJECTED, ResultClass.SUCCESS)
    at_acceptance, while_queued = _by_time(status.code)
    return Explanation(
        "status-code",
        status.name,
        message(status.meaning),
        fix=message(status.fix),
        retried=is_retried,
        retry=_retry(retry_class),
        number=status.code,
        inferred=status.basis == "derived",
        retry_class=str(retry_class),
        interval_s=delivery_value("scf", "interval_ms") // _MS_PER_S if is_retried else None,
        then=_then(retry_class),
        recycles_instance=status.recycles_instance,
        at_acceptance=at_acceptance,
        while_queued=while_queued,
        remarks=_remarks(status.code),
    )


def _retry(retry_class: str) -> str:
    """How the platform retries an accepted event with a status of this class."""
    match retry_class:
        case ResultClass.EXECUTION:
            return message(
                "one minute apart, up to retryNum times (0–{most}, default {default}), within msgTTL",
                most=limit("retry_num.max"),
                default=limit("retry_num.default"),
            )
        case ResultClass.OVERRUN | ResultClass.SYSTEM:
            return message(
                "every minute within msgTTL (default {hours} h), without using a retry",
                hours=limit("msg_ttl.default_s") // _S_PER_H,
            )
        case ResultClass.SUCCESS:
            return message("none, because the event is finished")
        case _:
            return message("none, because the call is rejected and there is no event")


def _then(retry_class: str) -> str:
    match retry_class:
        case ResultClass.EXECUTION | ResultClass.OVERRUN | ResultClass.SYSTEM:
            return message("sent to the dead letter queue, or dropped")
        case ResultClass.SUCCESS:
            return message("finished")
        case _:
            return message("returned to the caller")


def _by_time(number: int) -> tuple[str, str]:
    """How the status is handled at acceptance and while the event is queued, where that differs."""
    if number in REFUSED_AT_ACCEPTANCE:
        return (
            message("returned to the caller; the event is never queued."),
            message("does not occur."),
        )
    if number in _IN_BOTH_PLACES:
        return (
            message("returned to the caller; the event is never queued."),
            message("execution error, which is retried."),
        )
    if CLASSES.get(number) is ResultClass.OVERRUN:
        return (
            message("a synchronous call is rejected and not retried; an asynchronous call is accepted."),
            message("overrun, which is retried."),
        )
    return "", ""


def _remarks(number: int) -> tuple[str, ...]:
    match number:
        case 403:
            return (message("API gateways call synchronously, so an event gets this status only by a fault rule."),)
        case 429:
            return (
                message(
                    "The guide calls every status other than 500 and 432 an execution error, so 429 uses retries."
                    ' The setting burst_as = "overrun" of the local server repeats it like 432.'
                ),
            )
        case 499:
            return (message("An event that is cancelled with `events cancel` is aborted and not retried."),)
        case _:
            return ()

"""Explanations of the settings of a function: at length of those that decide what happens to asynchronous events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_messages
from scfdeploy.facts import delivery_value, limit
from scfdeploy.model import FUNCTION_FIELDS, Field
from scfdeploy.results.explained import Explanation

_FIELDS = {field.name: field for field in FUNCTION_FIELDS if field.supported}
SETTINGS = tuple(_FIELDS)
"""The keys under `inputs` of a function."""

_MS_PER_S = 1000
_S_PER_H = 3600


def explain_setting(name: str) -> Explanation:
    """What a setting in serverless.yml means. Raises KeyError for a name that is not in `SETTINGS`."""
    return _settings_of_events().get(name) or _explain_field(_FIELDS[name])


def _explain_field(field: Field) -> Explanation:
    inner = message("Keys in it: {names}", names=", ".join(key.name for key in field.fields)) if field.fields else ""
    value = join_messages("; ", _values(field))
    return Explanation(
        "setting", field.name, message(field.description), value=value, remarks=(inner,) if inner else ()
    )


def _values(field: Field) -> Iterator[str]:
    """The values that a key can have, and its default."""
    if field.choices:
        yield ", ".join(field.choices)
    if field.minimum is not None and field.maximum is not None:
        yield message("{least} to {most}", least=field.minimum, most=field.maximum)
    if field.default:
        yield message("default {default}", default=field.default)


def _settings_of_events() -> Mapping[str, Explanation]:
    trace_hours = delivery_value("scf", "trace.kept_ms") // _MS_PER_S // _S_PER_H
    return {
        "retryNum": Explanation(
            "setting",
            "retryNum",
            message("How often the platform repeats an asynchronous event after an execution error"),
            value=message(
                "0 to {most}, default {default}", most=limit("retry_num.max"), default=limit("retry_num.default")
            ),
            remarks=(
                message("Retries are one minute apart and stop at msgTTL."),
                message("Statuses 432 and 500 do not use retries: they are repeated every minute until msgTTL."),
                message("After the last retry the event is sent to the dead letter queue in deadLetter, or dropped."),
                message("A fixed number of two attempts, which the guide also names, is the default of this setting."),
                message("Has no effect with asyncRunEnable: true, nor on synchronous calls."),
            ),
        ),
        "msgTTL": Explanation(
            "setting",
            "msgTTL",
            message("How long the platform tries to run an asynchronous event, in seconds since it was accepted"),
            value=message(
                "{least} to {most} s, default {default} s ({hours} h)",
                least=f"{limit('msg_ttl.min_s'):,}",
                most=f"{limit('msg_ttl.max_s'):,}",
                default=f"{limit('msg_ttl.default_s'):,}",
                hours=limit("msg_ttl.default_s") // _S_PER_H,
            ),
            remarks=(
                message(
                    "An event that is older than msgTTL when its next attempt is due ends without that attempt: it is"
                    " sent to the dead letter queue with the reason EventAgeExceeded, or dropped."
                ),
                message("Statuses 432 and 500 are repeated every minute until then."),
                message(
                    "The 24-hour limit in the dead letter chapter is an older policy: 86400 is rejected with"
                    " LimitExceeded.MsgTTL."
                ),
            ),
        ),
        "deadLetter": Explanation(
            "setting",
            "deadLetter",
            message("The queue or topic that receives asynchronous events that failed permanently"),
            value=message("type: CMQ-QUEUE, CMQ-TOPIC, queue or topic; name: of the queue or topic"),
            remarks=(
                message(
                    "An event fails permanently when its retries are used up (RetriesExhausted), when it is older than"
                    " msgTTL (EventAgeExceeded), or when {most} events are waiting (QueueFull).",
                    most=f"{delivery_value('scf', 'queue.max_events'):,}",
                ),
                message("Without deadLetter the event is dropped."),
                message(
                    "Delivery is tried once. It fails without permission, when the queue or topic does not exist, and"
                    " when the message is too large; the event is then lost."
                ),
                message("A call through an alias uses the queue of the alias's main version."),
                message("Has no effect with asyncRunEnable: true."),
            ),
        ),
        "asyncRunEnable": Explanation(
            "setting",
            "asyncRunEnable",
            message("Runs each event of the function asynchronously, for up to 24 hours"),
            value=message("true or false, default false"),
            remarks=(
                message("An event gets one attempt. It is neither retried nor sent to the dead letter queue."),
                message("With traceEnable the platform records the status of each event."),
            ),
        ),
        "traceEnable": Explanation(
            "setting",
            "traceEnable",
            message("Records the status of each asynchronous event: RUNNING, then FINISHED, FAILED or ABORTED"),
            value=message("true or false, default false"),
            remarks=(
                message("Needs asyncRunEnable: true, which turns retries and the dead letter queue off."),
                message("A record is deleted {hours} hours after its event ended.", hours=trace_hours),
                message("When it is turned off, nothing more is recorded, and existing records are deleted."),
                message("See the records with `scfdeploy events list`."),
            ),
        ),
    }

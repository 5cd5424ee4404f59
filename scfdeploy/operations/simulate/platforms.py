"""Each platform: its sources, its rules for asynchronous events, and the names of its destinations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scfdeploy.config.scenario import CkafkaSource, FunctionPolicy, QueueSource, Source, StreamSource, Target
from scfdeploy.delivery.core import AsyncProfile
from scfdeploy.delivery.platform import AsyncPlatform
from scfdeploy.delivery.profiles import function_compute, functiongraph, lambda_async, scf

SOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "scf": ("events", "ckafka"),
        "functiongraph": ("events",),
        "fc": ("events",),
        "lambda": ("events", "queue", "stream"),
    }
)
"""What can deliver to a function."""

NEAREST_SOURCES: Mapping[tuple[str, str], str] = MappingProxyType(
    {("scf", "queue"): "ckafka", ("scf", "stream"): "ckafka", ("lambda", "ckafka"): "stream"}
)
"""For a source that a platform does not have, the one that is most like it; otherwise `events`."""

ASYNC_PLATFORMS: Mapping[str, AsyncPlatform] = MappingProxyType(
    {
        platform.name: platform
        for platform in (scf.PLATFORM, functiongraph.PLATFORM, function_compute.PLATFORM, lambda_async.PLATFORM)
    }
)
"""The rules for asynchronous events, by platform."""

SERVICE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "cmq-queue": "CMQ-QUEUE",
        "cmq-topic": "CMQ-TOPIC",
        "functiongraph": "FunctionGraph",
        "obs": "OBS",
        "dis": "DIS",
        "smn": "SMN",
        "mns-queue": "MNS queue",
        "mns-topic": "MNS topic",
        "fc": "FC",
        "eventbridge": "EventBridge",
        "rocketmq": "RocketMQ",
        "sqs": "SQS",
        "sns": "SNS",
        "lambda": "Lambda",
        "s3": "S3",
    }
)
"""The services of destinations, as users know them."""


def source_word(source: Source) -> str:
    """The word for a source in a scenario."""
    match source:
        case QueueSource():
            return "queue"
        case StreamSource():
            return "stream"
        case CkafkaSource():
            return "ckafka"
        case _:
            return "events"


def async_profile(platform: str, policy: FunctionPolicy, limits: Mapping[str, int]) -> AsyncProfile:
    """The profile of a function whose policy the platform accepts."""
    retries, max_age_ms = policy.retries, policy.max_age_ms
    dead_letter, on_failure, on_success = map(_text, (policy.dead_letter, policy.on_failure, policy.on_success))
    match platform:
        case "functiongraph":
            return functiongraph.functiongraph_profile(
                retries=retries, max_age_ms=max_age_ms, on_failure=on_failure, on_success=on_success, limits=limits
            )
        case "fc":
            return function_compute.function_compute_profile(
                retries=retries, max_age_ms=max_age_ms, on_failure=on_failure, on_success=on_success, limits=limits
            )
        case "lambda":
            return lambda_async.lambda_profile(
                retries=retries,
                max_age_ms=max_age_ms,
                dead_letter=dead_letter,
                on_failure=on_failure,
                on_success=on_success,
                limits=limits,
            )
        case _:
            return scf.scf_profile(
                retries=retries,
                max_age_ms=max_age_ms,
                dead_letter=dead_letter,
                is_traced=bool(policy.is_traced),
                queue_limit=policy.queue_limit,
                limits=limits,
            )


def _text(target: Target | None) -> str:
    return "" if target is None else str(target)

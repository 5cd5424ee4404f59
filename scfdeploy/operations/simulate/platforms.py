"""Each platform: the sources that it has, its destinations, and the steps of a scenario on it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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

SERVICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "scf": {"queue": "CMQ-QUEUE", "topic": "CMQ-TOPIC"},
        "functiongraph": {"function": "FunctionGraph", "bucket": "OBS", "stream": "DIS", "topic": "SMN"},
        "fc": {
            "queue": "MNS queue",
            "topic": "MNS topic",
            "function": "FC",
            "bus": "EventBridge",
            "rocketmq": "RocketMQ",
        },
        "lambda": {"queue": "SQS", "topic": "SNS", "function": "Lambda", "bus": "EventBridge", "bucket": "S3"},
    }
)
"""The services that can be destinations, by kind."""

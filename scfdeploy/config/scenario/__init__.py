"""Read the scenario file of `simulate`: what arrives, what the handler does with it, and how it is retried."""

from scfdeploy.config.scenario.definition import (
    CkafkaSource,
    DestinationRules,
    EventSource,
    FunctionPolicy,
    QueueSource,
    Scenario,
    Source,
    StreamSource,
    Target,
)
from scfdeploy.config.scenario.reader import parse_scenario, read_outcome_list, read_scenario

__all__ = [
    "CkafkaSource",
    "DestinationRules",
    "EventSource",
    "FunctionPolicy",
    "QueueSource",
    "Scenario",
    "Source",
    "StreamSource",
    "Target",
    "parse_scenario",
    "read_outcome_list",
    "read_scenario",
]

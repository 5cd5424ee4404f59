"""Check a scenario against the platforms that it runs on."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.config.scenario import CkafkaSource, QueueSource, Scenario, StreamSource
from scfdeploy.config.scenario.reader import SCENARIO_SOURCE, span_of
from scfdeploy.diagnostics import Diagnostic
from scfdeploy.operations.simulate.platforms import NEAREST_SOURCES, SOURCES


def check_sources(scenario: Scenario) -> Iterator[Diagnostic]:
    """Sources that a platform does not have."""
    source = source_name(scenario)
    for platform in scenario.on:
        if source in SOURCES[platform]:
            continue
        others = [other for other, sources in SOURCES.items() if source in sources]
        yield SCENARIO_SOURCE.at(
            span_of(scenario, "source"),
            platform=platform,
            source=source,
            nearest=NEAREST_SOURCES.get((platform, source), "events"),
            other=",".join(others),
        )


def source_name(scenario: Scenario) -> str:
    """The word for the source in a scenario."""
    match scenario.source:
        case QueueSource():
            return "queue"
        case StreamSource():
            return "stream"
        case CkafkaSource():
            return "ckafka"
        case _:
            return "events"

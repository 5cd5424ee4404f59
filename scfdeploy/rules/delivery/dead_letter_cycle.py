"""Failed events in a loop.

## What is wrong

The function sends its failed events to a topic whose messages call the same function again, directly or through other
functions.

## Why

If the failure stays, the platform sends the same event around for ever, in an envelope that grows each time, and every
round is paid for.

## Wrong

```text
deadLetter: {type: CMQ-TOPIC, name: failed-orders}
events:
  - cmq:
      parameters: {name: failed-orders, enable: true}
```

## Right

```text
deadLetter: {type: CMQ-QUEUE, name: failed-orders}
```
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec, Project, TriggerSpec
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.values import block_of, enabled_triggers, integer, text, texts, unread

_BY_BINDING_KEY = 2
_ANY = "#"
_Topic = tuple[str, str]


@project_rule(
    "dead-letter-cycle",
    Severity.WARNING,
    "Failed events in a loop",
    detail="Failed events of {functions} go around in a loop: the topic {topic} calls {first} again.",
    hint="Send failed events to a queue, or to a topic that calls none of these functions.",
    looks_at=("settings.deadLetter",),
)
def dead_letter_cycle(project: Project) -> Findings:
    called = _in_loops(_functions_by_topic(project))
    reported: set[int] = set()
    for function in project.functions:
        if id(function) in reported:
            continue
        cycle = _cycle_from(function, called)
        if cycle:
            reported.update(id(member) for member in cycle)
            last = _topic_of(cycle[-1])
            yield dead_letter_cycle.finding_at(
                function,
                "deadLetter",
                "name",
                functions=" -> ".join(member.name for member in cycle),
                topic=last[1] if last else "",
                first=function.name,
            )


def _functions_by_topic(project: Project) -> Mapping[_Topic, list[FunctionSpec]]:
    called: dict[_Topic, list[FunctionSpec]] = {}
    for function in project.functions:
        for trigger in enabled_triggers(function, "cmq"):
            if _receives_failed_events(trigger):
                called.setdefault((function.region, text(trigger.settings, "name") or ""), []).append(function)
    return called


def _receives_failed_events(trigger: TriggerSpec) -> bool:
    """Whether the filter lets failed events pass, which have no tag and no routing key."""
    if unread(trigger, "filterKey") or unread(trigger, "filterType"):
        return False
    keys = [key for _, key in texts(trigger.settings, "filterKey")]
    return not keys or (integer(trigger.settings, "filterType") == _BY_BINDING_KEY and _ANY in keys)


def _topic_of(function: FunctionSpec) -> _Topic | None:
    target = block_of(function, "deadLetter")
    name = text(target, "name")
    return (function.region, name) if name and text(target, "type") in ("CMQ-TOPIC", "topic") else None


def _in_loops(called: Mapping[_Topic, list[FunctionSpec]]) -> Mapping[_Topic, list[FunctionSpec]]:
    """The topics from which failed events can get into a loop: usually none, however many functions there are."""
    from graphlib import CycleError, TopologicalSorter  # imported here, because few projects need it

    if not called:
        return called
    sorter = TopologicalSorter(
        {
            topic: [following for one in functions if (following := _topic_of(one))]
            for topic, functions in called.items()
        }
    )
    with suppress(CycleError):
        sorter.prepare()
    ended: set[_Topic] = set()
    while ready := sorter.get_ready():
        ended.update(ready)
        sorter.done(*ready)
    return {topic: functions for topic, functions in called.items() if topic not in ended}


def _cycle_from(start: FunctionSpec, called: Mapping[_Topic, list[FunctionSpec]]) -> list[FunctionSpec]:
    """The shortest way of a failed event from this function back to it; empty if there is none."""
    ways = [[start]]
    seen: set[_Topic] = set()
    for way in ways:
        topic = _topic_of(way[-1])
        if topic is None or topic in seen:
            continue
        seen.add(topic)
        for following in called.get(topic, ()):
            if following is start:
                return way
            ways.append([*way, following])
    return []

"""Test event too large for the dead letter queue.

## What is wrong

A test event of the function, saved with `scfdeploy template save`, does not fit into a message of its dead letter
queue together with the data that the platform adds.

## Why

An event may have 128 KB, but a message of the queue only 64 KB (assumed: no document gives the number). If such an
event fails for good, the delivery fails too, and the event is lost.

## Wrong

```text
.scfdeploy/templates/orders/large.json with 70,000 bytes, for a function with a deadLetter
```

## Right

```text
An event that names the data, for example an object in COS, instead of containing it.
```
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, Severity
from scfdeploy.facts import delivery_value
from scfdeploy.model import FunctionSpec, Project
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.values import block_of, flag, text
from scfdeploy.workspace.template_files import folder_name, template_dir

_MAX_BYTES = 1 << 20  # an event has at most 128 KB; larger files are none


@project_rule(
    "dead-letter-size",
    Severity.WARNING,
    "Test event too large for the dead letter queue",
    detail="The template {template} of {function} has {size} bytes as a message of {queue}; at most {limit} are "
    "allowed (assumed). If such an event fails for good, it is lost.",
    hint="Keep the data elsewhere, for example in COS, and name it in the event.",
    looks_at=("settings.deadLetter",),
)
def dead_letter_size(project: Project) -> Findings:
    limit = delivery_value("scf", "queue.message_max_bytes")
    for function in project.functions:
        queue = text(block_of(function, "deadLetter"), "name")
        if not queue or flag(function.settings, "asyncRunEnable"):
            continue
        for template, event in _templates(project.root, function):
            size = _message_size(function, event)
            if size > limit:
                yield dead_letter_size.finding_at(
                    function,
                    "deadLetter",
                    "name",
                    template=template,
                    function=function.name,
                    size=f"{size:,}",
                    queue=queue,
                    limit=f"{limit:,}",
                )


def _templates(root: str, function: FunctionSpec) -> Iterator[tuple[str, str]]:
    try:
        paths = sorted(
            template_dir(root, folder_name(function.address.namespace, function.address.function)).glob("*.json")
        )
    except (ScfDeployError, OSError):
        return  # `template` reports it
    for path in paths:
        event = _read(path)
        if event is not None:
            yield path.stem, event


def _read(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return None  # reading a pipe would never end
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _message_size(function: FunctionSpec, event: str) -> int:
    """The size with the shortest values: a message with a stack trace is larger."""
    # Only projects with saved templates pay for this import.
    from scfdeploy.delivery.envelopes import FailedEvent, scf_dead_letter

    failed = FailedEvent(
        request_id="",
        status=0,
        error_message="",
        app_id=0,
        uin="",
        request_source="",
        function=function.name,
        namespace=function.address.namespace,
        qualifier="",
        event=event,
        first_triggered_at=0,
        sent_at=0,
        retries=0,
        ttl_s=0,
    )
    return len(scf_dead_letter(failed).body.encode())

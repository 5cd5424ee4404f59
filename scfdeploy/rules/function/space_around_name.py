"""Whitespace around a name.

## What is wrong

A name or an id begins or ends with a space, a line break or an invisible character.

## Why

The platform treats it as a different name: the queue, topic or version is not found, or a second one is created.

## Wrong

```yaml
deadLetter:
  type: queue
  name: 'failed-orders '
```

## Right

```yaml
deadLetter:
  type: queue
  name: failed-orders
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, message, reworded
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.fields import codes_where, written_fields
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of

# Names whose format no other rule checks. Descriptions, patterns and arguments can end with spaces.
_NAMES = frozenset(
    (
        "aliasFunctionVersion", "cfsId", "consumerGroupName", "domain", "imageUrl", "lastVersion", "listenerId",
        "loadBalanceId", "logsetId", "mountInsId", "name", "nodeSpec", "qualifier", "region", "registryId", "topic",
        "topicId", "topicName", "version",
    )
)  # fmt: skip
_CHECKED_ELSEWHERE = frozenset(("name", "layers", "aliasName", "namespace"))
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


@rule(
    "space-around-name",
    Severity.ERROR,
    "Whitespace around a name",
    hint="{advice}",
    further_codes=codes_where(lambda field: field.name in _NAMES),
)
def space_around_name(function: FunctionSpec, context: Context) -> Findings:
    own = str(function.address)
    for entry in written_fields(function):
        if entry.field.name not in _NAMES:
            continue
        outer = entry.name.partition(".")[0].partition("[")[0]
        if entry.address == own and outer in _CHECKED_ELSEWHERE:
            continue
        if isinstance(entry.value, str) and entry.value and entry.value != _trimmed(entry.value):
            trimmed = _trimmed(entry.value)
            yield entry.finding(
                space_around_name,
                fix=reworded(entry.span, entry.value, trimmed) if trimmed else (),
                detail='{key} is "{value}".',
                key=entry.name,
                value=entry.value,
                advice=_hint(entry.value),
            )
    for key, value in block_of(function, "tags").items():
        if key != _trimmed(key):
            yield space_around_name.finding_at_key(
                function, "tags", key, detail='The tag key is "{key}".', key=key, advice=_hint(key)
            )
        if isinstance(value, str) and value != _trimmed(value):
            yield space_around_name.finding_at(
                function, "tags", key, detail='The tag "{key}" is "{value}".', key=key, value=value, advice=_hint(value)
            )


def _trimmed(text: str) -> str:
    return text.strip().strip(_INVISIBLE).strip()


def _hint(text: str) -> str:
    trimmed = _trimmed(text)
    return message('Use "{trimmed}".', trimmed=trimmed) if trimmed else message("Set the name, or remove the key.")

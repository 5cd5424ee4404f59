"""Unknown region.

## What is wrong

`region` of a function or a layer, or `--region`, is none of the regions that served SCF when this version was released.

## Why

It may be newer than this tool. Otherwise no request reaches the cloud: the name is part of every call.

## Wrong

```yaml
region: guangzhou
```

## Right

```yaml
region: ap-guangzhou
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, Span, message, nearest
from scfdeploy.facts import region_names
from scfdeploy.model import FunctionSpec, LayerSpec, Project
from scfdeploy.rules.rule import project_rule


@project_rule(
    "region-unknown",
    Severity.WARNING,
    "Unknown region",
    hint="{advice}",
    code="UnsupportedOperation.Region",
)
def region_unknown(project: Project) -> Iterator[Diagnostic]:
    """Find regions that are not in the table: each that is written, and once the one of the command line."""
    specs: tuple[FunctionSpec | LayerSpec, ...] = (*project.functions, *project.layers)
    known = ", ".join(sorted(region_names()))
    told: set[Span | None] = set()
    for spec in specs:
        place = spec.spans.get(("region",))
        if spec.region in region_names() or place in told:
            continue
        told.add(place)
        yield region_unknown.at(
            place,
            address=str(spec.address) if place else None,
            detail='"{region}" is not among the regions known to serve SCF: {known}.'
            if place
            else '"{region}", given with --region, is not among the regions known to serve SCF: {known}.',
            region=spec.region,
            known=known,
            advice=_hint(spec.region),
        )


def _hint(region: str) -> str | None:
    ends_so = sorted(name for name in region_names() if name.partition("-")[2] == region.lower())
    meant = ends_so[0] if ends_so else nearest(region, region_names())
    return message('Did you mean "{meant}"?', meant=meant) if meant else None

"""Region that this version does not know.

## What is wrong

`region` of a function or a layer, or `--region`, is none of the regions that served SCF when this version was made.

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

from scfdeploy.diagnostics import Diagnostic, Severity, Span, nearest
from scfdeploy.facts import region_names
from scfdeploy.model import FunctionSpec, LayerSpec, Project
from scfdeploy.rules.rule import ProjectRule, RuleInfo

INFO = RuleInfo("region-unknown", "UnsupportedOperation.Region", Severity.WARNING, "0.1.0", "Unknown region")


def check(project: Project) -> Iterator[Diagnostic]:
    """Find regions that are not in the table: each that is written, and once the one of the command line."""
    specs: tuple[FunctionSpec | LayerSpec, ...] = (*project.functions, *project.layers)
    known = ", ".join(sorted(region_names()))
    told: set[Span | None] = set()
    for spec in specs:
        place = spec.spans.get(("region",))
        if spec.region in region_names() or place in told:
            continue
        told.add(place)
        where = "" if place else " --region gave it."
        yield INFO.found_at(
            place,
            str(spec.address) if place else None,
            detail=f'"{spec.region}" is not among the regions known to serve SCF: {known}.{where}',
            hint=_hint(spec.region),
        )


def _hint(region: str) -> str | None:
    ends_so = sorted(name for name in region_names() if name.partition("-")[2] == region.lower())
    meant = ends_so[0] if ends_so else nearest(region, region_names())
    return f'Did you mean "{meant}"?' if meant else None


RULE = ProjectRule(INFO, check)

"""Unknown region.

## What is wrong

`region` of a function or layer, or `--region`, was not an SCF region when this version of scfdeploy was released.

## Why

The region can be newer than scfdeploy. If it does not exist, no request reaches the cloud, because the region is part
of every API call.

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

from scfdeploy.diagnostics import Severity, Span, message, nearest
from scfdeploy.facts import region_names
from scfdeploy.model import FunctionSpec, LayerSpec, Project
from scfdeploy.rules.rule import Findings, project_rule


@project_rule("region-unknown", Severity.WARNING, "Unknown region", hint="{advice}", code="UnsupportedOperation.Region")
def region_unknown(project: Project) -> Findings:
    specs: tuple[FunctionSpec | LayerSpec, ...] = (*project.functions, *project.layers)
    known = ", ".join(sorted(region_names()))
    reported: set[Span | None] = set()
    for spec in specs:
        place = spec.spans.get(("region",))
        if spec.region in region_names() or place in reported:
            continue
        reported.add(place)
        yield region_unknown.at(
            place,
            address=str(spec.address) if place else None,
            detail='"{region}" is not a known SCF region. Known regions: {known}.'
            if place
            else '"{region}" (from --region) is not a known SCF region. Known regions: {known}.',
            region=spec.region,
            known=known,
            advice=_hint(spec.region),
        )


def _hint(region: str) -> str | None:
    same_city = sorted(name for name in region_names() if name.partition("-")[2] == region.lower())
    suggestion = same_city[0] if same_city else nearest(region, region_names())
    return message('Did you mean "{suggestion}"?', suggestion=suggestion) if suggestion else None

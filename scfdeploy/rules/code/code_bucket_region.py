"""Code bucket in another region.

## What is wrong

`src.region` of a function or layer is not a region of COS, or differs from the region that it is deployed to.

## Why

The platform reads code only from a bucket in the same region, and rejects the function or layer version. In Beijing it
accepts both `ap-beijing` and `ap-beijing-1`.

## Wrong

```yaml
region: ap-guangzhou
src:
  bucket: shop-code-1300000001
  object: hello.zip
  region: ap-shanghai
```

## Right

```yaml
region: ap-guangzhou
src:
  bucket: shop-code-1300000001
  object: hello.zip
  region: ap-guangzhou
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, message
from scfdeploy.facts import region_names
from scfdeploy.model import FunctionSpec, LayerSpec, Project
from scfdeploy.rules.rule import Findings, project_rule

_BEIJING = ("ap-beijing", "ap-beijing-1")


@project_rule(
    "code-bucket-region",
    Severity.ERROR,
    "Code bucket in another region",
    detail='The bucket is in "{written}", but the {kind} is in "{region}".',
    hint="Use a bucket in {region} and set `region: {region}`, or remove the key.",
    code="InvalidParameterValue.CosBucketRegion",
)
def code_bucket_region(project: Project) -> Findings:
    specs: list[FunctionSpec | LayerSpec] = [*project.functions, *project.layers]
    for spec in specs:
        written = spec.source.region if spec.source is not None else ""
        is_region = written in region_names() or written in _BEIJING
        is_same = written == spec.region or (spec.region in _BEIJING and written in _BEIJING)
        if not written or (is_same and is_region):
            continue
        yield code_bucket_region.at(
            spec.span_of("src", "region"),
            address=str(spec.address),
            # A region that the table does not list can be new.
            severity=Severity.WARNING if is_same else None,
            detail=None if is_region else '"{written}" is not a known COS region; the {kind} is in "{region}".',
            written=written,
            kind=message(spec.address.kind.label),
            region=spec.region,
        )

"""Code in a bucket of another region.

## What is wrong

`src.region` of a function or a layer is another region than the one it is deployed to.

## Why

The platform fetches code only from a bucket of the same region, and refuses the function or the version of the layer.
In Beijing the bucket may lie in `ap-beijing` or `ap-beijing-1`.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec, LayerSpec, Project
from scfdeploy.rules.rule import ProjectRule, RuleInfo

INFO = RuleInfo(
    "code-bucket-region",
    "InvalidParameterValue.CosBucketRegion",
    Severity.ERROR,
    "0.1.0",
    "Code in a bucket of another region",
)

_BEIJING = ("ap-beijing", "ap-beijing-1")


def check(project: Project) -> Iterator[Diagnostic]:
    """Find buckets of functions and layers in another region than theirs."""
    specs: list[FunctionSpec | LayerSpec] = [*project.functions, *project.layers]
    for spec in specs:
        written = spec.source.region if spec.source is not None else ""
        if not written or written == spec.region or (spec.region in _BEIJING and written in _BEIJING):
            continue
        yield INFO.found_at(
            spec.span_of("src", "region"),
            str(spec.address),
            detail=f'The bucket is in "{written}", the {spec.address.kind} in "{spec.region}".',
            hint=f"Use a bucket in {spec.region} and write `region: {spec.region}`, or remove the key.",
        )


RULE = ProjectRule(INFO, check)

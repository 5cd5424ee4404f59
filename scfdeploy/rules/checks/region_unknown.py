"""Region that this version does not know.

## What is wrong

`region` is none of the regions that served SCF when this version was made.

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

from scfdeploy.diagnostics import Diagnostic, Severity, nearest
from scfdeploy.facts import region_names
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import written

INFO = RuleInfo("region-unknown", "UnsupportedOperation.Region", Severity.WARNING, "0.1.0", "Unknown region")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a region that is not in the table."""
    region, known = function.region, region_names()
    if region in known:
        return
    ends_so = sorted(name for name in known if name.partition("-")[2] == region.lower())
    meant = ends_so[0] if ends_so else nearest(region, known)
    where = "" if written(function, "region") else " It was not taken from this file."
    yield INFO.found(
        function,
        "region",
        detail=f'"{region}" is not among the regions known to serve SCF: {", ".join(sorted(known))}.{where}',
        hint=f'Did you mean "{meant}"?' if meant else None,
    )


RULE = Rule(INFO, check)

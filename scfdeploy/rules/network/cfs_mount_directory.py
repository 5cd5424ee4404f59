"""Mount directory that is no absolute path.

## What is wrong

`localMountDir` or `remoteMountDir` of a file system does not begin with `/`.

## Why

Both are whole paths: of a directory in the function, and of one in the file system. The platform refuses others.

## Wrong

```yaml
vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}
cfs:
  - {cfsId: cfs-8f3k2m1p, localMountDir: data, remoteMountDir: /}
```

## Right

```yaml
vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}
cfs:
  - {cfsId: cfs-8f3k2m1p, localMountDir: /mnt/data, remoteMountDir: /}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import blocks, text

INFO = RuleInfo(
    "cfs-mount-directory",
    "InvalidParameterValue.CfsLocalMountDir",
    Severity.ERROR,
    "0.1.0",
    "Mount directory is no absolute path",
    further_codes=("InvalidParameterValue.CfsRemoteMountDir",),
)


_CODES = {
    "localMountDir": "InvalidParameterValue.CfsLocalMountDir",
    "remoteMountDir": "InvalidParameterValue.CfsRemoteMountDir",
}


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find directories that are not absolute."""
    for index, mount in blocks(function.settings, "cfs"):
        for name, code in _CODES.items():
            directory = text(mount, name)
            if directory is None or directory.startswith("/"):
                continue
            found = INFO.found(
                function,
                "cfs",
                index,
                name,
                detail=f'{name} is "{directory}"; it must be an absolute path.',
                hint=f'Write "/{directory.removeprefix("./")}".' if directory else "Write a path such as /mnt/data.",
            )
            yield replace(found, code=code)


RULE = Rule(INFO, check)

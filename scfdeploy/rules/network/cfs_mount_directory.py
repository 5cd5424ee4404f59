"""Mount directory is not an absolute path.

## What is wrong

`localMountDir` or `remoteMountDir` of a file system does not begin with `/`.

## Why

Both must be absolute paths, one in the function and one in the file system. The platform rejects others.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks, text

_CODES = {
    "localMountDir": "InvalidParameterValue.CfsLocalMountDir",
    "remoteMountDir": "InvalidParameterValue.CfsRemoteMountDir",
}


@rule(
    "cfs-mount-directory",
    Severity.ERROR,
    "Mount directory is not an absolute path",
    detail='{name} is "{directory}"; it must be an absolute path.',
    code="InvalidParameterValue.CfsLocalMountDir",
    further_codes=("InvalidParameterValue.CfsRemoteMountDir",),
    looks_at=("settings.cfs",),
)
def cfs_mount_directory(function: FunctionSpec, context: Context) -> Findings:
    for index, mount in blocks(function.settings, "cfs"):
        for name, code in _CODES.items():
            directory = text(mount, name)
            if directory is None or directory.startswith("/"):
                continue
            yield cfs_mount_directory.finding_at(
                function,
                "cfs",
                index,
                name,
                code=code,
                hint='Use "/{relative}".' if directory else "Set a path such as /mnt/data.",
                name=name,
                directory=directory,
                relative=directory.removeprefix("./"),
            )

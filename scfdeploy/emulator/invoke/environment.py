"""What a function sees of the world: its context object and its environment variables, none of the host's."""

from __future__ import annotations

import json
import os
from pathlib import Path

from scfdeploy.emulator.invoke.work import Work
from scfdeploy.emulator.messages import Json

# What programs need to start at all on this machine; everything else of the host stays hidden.
_FROM_HOST = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


def context(work: Work) -> Json:
    """The second argument of a handler. `environment` is JSON inside text, an old habit of the platform."""
    variables = {"SCF_NAMESPACE": work.function["Namespace"]} | _own_variables(work)
    return {
        "memory_limit_in_mb": work.version["MemorySize"],
        "time_limit_in_ms": work.version["Timeout"] * 1000,
        "request_id": work.request_id,
        "environment": json.dumps(variables, separators=(",", ":"), ensure_ascii=False),
        "environ": ";".join(f"{name}={value}" for name, value in variables.items()),
        "function_version": work.version["FunctionVersion"],
        "function_name": work.function["FunctionName"],
        "namespace": work.function["Namespace"],
        "tencentcloud_region": work.region,
        "tencentcloud_appid": work.app_id,
        "tencentcloud_uin": work.uin,
    }


def variables(work: Work, code_root: Path, opt: Path | None = None) -> dict[str, str]:
    """The whole environment of the process.

    Paths under /var/user lead to `code_root` instead, those under /opt to `opt`, where the layers lie.
    """
    host = {name: os.environ[name] for name in _FROM_HOST if name in os.environ}
    built_in = {
        "TENCENTCLOUD_RUNENV": "SCF",
        "TENCENTCLOUD_REGION": work.region,
        "TENCENTCLOUD_APPID": work.app_id,
        "TENCENTCLOUD_UIN": work.uin,
        "TENCENTCLOUD_TIMEZONE": "UTC",
        "_SCF_SERVER_PORT": "28902",
        "SCF_RUNTIME": work.version["Runtime"],
        "SCF_FUNCTIONNAME": work.function["FunctionName"],
        "SCF_FUNCTIONVERSION": work.version["FunctionVersion"],
        "SCF_NAMESPACE": work.function["Namespace"],
        "USER_CODE_ROOT": f"{code_root}/",
        "PYTHONDONTWRITEBYTECODE": "x",
        "PYTHONPATH": _joined(code_root, opt),
        "NODE_PATH": _joined(code_root / "node_modules", opt and opt / "node_modules", opt),
        "PWD": str(code_root),
        "HOME": "/tmp",  # noqa: S108 - the only folder that a function may write to
        "USER": "qcloud",
        "LOGNAME": "qcloud",
        "LANG": "en_US.UTF8",
        "LC_ALL": "en_US.UTF8",
        "TZ": "UTC",
    }
    if work.trigger_source:
        built_in["TRIGGER_SRC"] = work.trigger_source
    return host | built_in | _own_variables(work)


def _joined(*folders: Path | None) -> str:
    return os.pathsep.join(str(folder) for folder in folders if folder is not None)


def _own_variables(work: Work) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in work.version["Environment"]["Variables"]}

"""The context object and the environment variables of a function, none of which are the host's."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path

from scfdeploy.emulator.messages import Json, compact_json
from scfdeploy.emulator.runtime.invocation import Invocation

# The documented value.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def context(invocation: Invocation) -> Json:
    """The second argument of a handler. As on the platform, `environment` is JSON text."""
    variables = {"SCF_NAMESPACE": invocation.function["Namespace"]} | _own_variables(invocation)
    return {
        "memory_limit_in_mb": invocation.version["MemorySize"],
        "time_limit_in_ms": invocation.version["Timeout"] * 1000,
        "request_id": invocation.request_id,
        "environment": compact_json(variables),
        "environ": ";".join(f"{name}={value}" for name, value in variables.items()),
        "function_version": invocation.version["FunctionVersion"],
        "function_name": invocation.function["FunctionName"],
        "namespace": invocation.function["Namespace"],
        "tencentcloud_region": invocation.region,
        "tencentcloud_appid": invocation.app_id,
        "tencentcloud_uin": invocation.uin,
    }


def variables(invocation: Invocation, code_root: Path, home: Path, opt: Path | None = None) -> dict[str, str]:
    """The environment of the process: the documented variables and the function's own, none of the calling program.

    Documented paths under /var/user become `code_root`, and those under /opt become `opt`, the folder of the layers.
    """
    built_in = {
        "TENCENTCLOUD_RUNENV": "SCF",
        "TENCENTCLOUD_RUNTIMEENV": "SCF",
        "TENCENTCLOUD_REGION": invocation.region,
        "TENCENTCLOUD_APPID": invocation.app_id,
        "TENCENTCLOUD_UIN": invocation.uin,
        "TENCENTCLOUD_UID": invocation.uin,
        "TENCENTCLOUD_TIMEZONE": "UTC",
        "_SCF_SERVER_PORT": "28902",
        "SCF_RUNTIME": invocation.version["Runtime"],
        "SCF_FUNCTIONNAME": invocation.function["FunctionName"],
        "SCF_FUNCTIONVERSION": invocation.version["FunctionVersion"],
        "SCF_NAMESPACE": invocation.function["Namespace"],
        "USER_CODE_ROOT": f"{code_root}/",
        "PYTHONDONTWRITEBYTECODE": "x",
        "PYTHONPATH": _joined(code_root, opt),
        "NODE_PATH": _joined(code_root / "node_modules", opt and opt / "node_modules", opt),
        "PWD": str(code_root),
        "HOME": str(home),
        "PATH": os.pathsep.join((_PATH, *_interpreter_folders())),
        **_library_path(),
        "USER": "qcloud",
        "LOGNAME": "qcloud",
        "LANG": "en_US.UTF8",
        "LC_ALL": "en_US.UTF8",
        "TZ": "UTC",
    }
    if invocation.trigger_source:
        built_in["TRIGGER_SRC"] = invocation.trigger_source
    return built_in | _own_variables(invocation)


def _interpreter_folders() -> list[str]:
    """The folders of this machine's interpreters, which scripts start by name."""
    programs = (sys.executable, shutil.which("node"))
    return list(dict.fromkeys(str(Path(program).parent) for program in programs if program))


def _library_path() -> dict[str, str]:
    """The folder of Python's own library, which a Python outside of the system folders needs to start."""
    folder = sysconfig.get_config_var("LIBDIR") if sysconfig.get_config_var("Py_ENABLE_SHARED") else None
    return {"LD_LIBRARY_PATH": str(folder)} if folder and sys.platform.startswith("linux") else {}


def _joined(*folders: Path | None) -> str:
    return os.pathsep.join(str(folder) for folder in folders if folder is not None)


def _own_variables(invocation: Invocation) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in invocation.version["Environment"]["Variables"]}

"""What a function sees of the world: its context object and its environment variables, none of the host's."""

from __future__ import annotations

import json
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.runtime.work import Work

# As the platform documents it.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


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


def variables(work: Work, code_root: Path, home: Path, opt: Path | None = None) -> dict[str, str]:
    """The whole environment of the process: what the platform documents, and the function's own.

    No variable of the program that calls this is among them. Paths under /var/user lead to `code_root` instead, those
    under /opt to `opt`, where the layers lie.
    """
    built_in = {
        "TENCENTCLOUD_RUNENV": "SCF",
        "TENCENTCLOUD_RUNTIMEENV": "SCF",
        "TENCENTCLOUD_REGION": work.region,
        "TENCENTCLOUD_APPID": work.app_id,
        "TENCENTCLOUD_UIN": work.uin,
        "TENCENTCLOUD_UID": work.uin,
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
        "HOME": str(home),
        "PATH": os.pathsep.join((_PATH, *_interpreter_folders())),
        **_library_path(),
        "USER": "qcloud",
        "LOGNAME": "qcloud",
        "LANG": "en_US.UTF8",
        "LC_ALL": "en_US.UTF8",
        "TZ": "UTC",
    }
    if work.trigger_source:
        built_in["TRIGGER_SRC"] = work.trigger_source
    return built_in | _own_variables(work)


def _interpreter_folders() -> list[str]:
    """Where this machine keeps the interpreters, after the usual folders: scripts start them by name."""
    programs = (sys.executable, shutil.which("node"))
    return list(dict.fromkeys(str(Path(program).parent) for program in programs if program))


def _library_path() -> dict[str, str]:
    """What a Python that is not installed in a usual place needs to start: the folder of its own library."""
    folder = sysconfig.get_config_var("LIBDIR") if sysconfig.get_config_var("Py_ENABLE_SHARED") else None
    return {"LD_LIBRARY_PATH": str(folder)} if folder and sys.platform.startswith("linux") else {}


def _joined(*folders: Path | None) -> str:
    return os.pathsep.join(str(folder) for folder in folders if folder is not None)


def _own_variables(work: Work) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in work.version["Environment"]["Variables"]}

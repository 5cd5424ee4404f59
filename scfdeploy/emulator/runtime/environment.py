"""The context object and the environment variables of a function, none of which are the host's."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from scfdeploy.emulator.messages import Json, compact_json
from scfdeploy.emulator.runtime.invocation import Invocation
from scfdeploy.emulator.runtime.sandbox import CODE_PATH, COPY, HOME_PATH, LAYERS_PATH, Sandbox
from scfdeploy.facts import BuiltInVariable, built_in_variables, runtime

# Per language, by default: the number in the paths of functions of other languages (the guide's first).
_NUMBERS = {"java": "8", "nodejs": "16"}
_PYTHON_NUMBERS = {"Python2.7": "2", "Python3.7": "37"}
_OF_A_CALL = ("role", "timer")


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


def variables(invocation: Invocation, sandbox: Sandbox, programs: Sequence[str] = ()) -> dict[str, str]:
    """The environment of the process: the documented variables and the function's own, none of the calling program.

    With copy isolation, the documented paths become those of the copy, there is TMPDIR, and PATH has the folders of
    `programs`, the interpreters of this machine.
    """
    values = _own_variables(invocation) | _set_built_in(invocation)
    if sandbox.isolation == COPY:
        for name in ("USER_CODE_ROOT", "PYTHONPATH", "CLASSPATH", "NODE_PATH", "PHP_INI_SCAN_DIR", "PWD", "HOME"):
            values[name] = _in_copy(values[name], sandbox)
        if "LD_LIBRARY_PATH" in values:
            values["LD_LIBRARY_PATH"] = _in_copy(values["LD_LIBRARY_PATH"], sandbox)
        folders = dict.fromkeys(str(Path(program).parent) for program in programs)
        values |= {"TMPDIR": sandbox.tmp, "PATH": os.pathsep.join((values["PATH"], *folders))}
    return values


def call_variables(invocation: Invocation) -> dict[str, str | None]:
    """The variables that differ between the calls of an instance; None if a call does not have one."""
    return _built_in(invocation, of_call=True)


def hidden_variables() -> dict[str, str]:
    """Variables that the process has, but that a bootstrap hides from the code: the time zone of the platform."""
    is_utc = time.timezone == 0 and not time.daylight
    return {} if is_utc else {"TZ": "UTC"}


def _set_built_in(invocation: Invocation) -> dict[str, str]:
    return {name: value for name, value in _built_in(invocation).items() if value is not None}


@cache
def _variables_of_calls() -> list[BuiltInVariable]:
    return [variable for variable in built_in_variables().values() if variable.condition in _OF_A_CALL]


def _built_in(invocation: Invocation, *, of_call: bool = False) -> dict[str, str | None]:
    """The value of each built-in variable, or of those that differ between calls; None if this call has none."""
    name = invocation.version["Runtime"]
    known = runtime(name)
    language = known.language if known else ""
    is_web = invocation.version.get("Type") == "HTTP"
    key = invocation.temporary_key
    fields = {
        "secret_id": key.secret_id if key else "",
        "secret_key": key.secret_key if key else "",
        "token": key.token if key else "",
        "java": _number(name, language, "java"),
        "node": _number(name, language, "nodejs"),
        "python": _PYTHON_NUMBERS.get(name, "3"),
        "host_id": invocation.host_id,
        "runtime": name,
        "function": invocation.function["FunctionName"],
        "version": invocation.version["FunctionVersion"],
        "region": invocation.region,
        "app_id": invocation.app_id,
        "uin": invocation.uin,
    }
    values: dict[str, str | None] = {}
    for variable in _variables_of_calls() if of_call else built_in_variables().values():
        is_set = (
            (variable.condition != "role" or key is not None)
            and (variable.condition != "timer" or invocation.trigger_source == variable.value)
            and variable.languages in ("", language)
            and not (variable.types == "event" and is_web)
        )
        values[variable.name] = variable.value.format_map(fields) if is_set else None
    return values


def _number(runtime_name: str, language: str, of_language: str) -> str:
    match = re.search(r"\d+", runtime_name) if language == of_language else None
    return match[0] if match else _NUMBERS[of_language]


def _in_copy(value: str, sandbox: Sandbox) -> str:
    paths = {CODE_PATH: sandbox.code, LAYERS_PATH: sandbox.opt, HOME_PATH: sandbox.home}
    return re.sub("|".join(rf"{path}\b" for path in paths), lambda match: paths[match[0]], value)


def _own_variables(invocation: Invocation) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in invocation.version["Environment"]["Variables"]}

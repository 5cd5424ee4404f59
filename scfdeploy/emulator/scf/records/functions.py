"""The stored documents of functions and their versions.

The document of a function has what all its versions share; that of a version has a complete configuration, with the
field names of GetFunction. Lower-case fields are our own and never leave the server.
"""

from __future__ import annotations

import uuid

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.scf.records import namespaces
from scfdeploy.emulator.store import Store
from scfdeploy.facts import limit

FUNCTION = "function"
VERSION = "version"
LATEST = "$LATEST"
_BUSY = frozenset({"Creating", "Updating", "Publishing", "Deleting"})


def function_key(call: ApiCall, parameters: Json) -> str:
    """The key `region/namespace/name` of the function that the parameters name, which may not exist."""
    name = param_checks.check_function_name(parameters["FunctionName"])
    namespace = param_checks.check_namespace(parameters.get("Namespace") or namespaces.DEFAULT)
    return f"{call.region}/{namespace}/{name}"


def existing_key(call: ApiCall, parameters: Json) -> str:
    """The key of the function that the parameters name. Raises CloudError if it does not exist."""
    key = function_key(call, parameters)
    require(call, key)
    return key


def find(call: ApiCall, key: str) -> Json | None:
    """The document of a function, or None."""
    return call.store.get(FUNCTION, key)


def find_key(store: Store, name: str) -> str | None:
    """The key of the function `name` or `namespace/name` in any region, or None."""
    end = f"/{name}" if "/" in name else f"/{namespaces.DEFAULT}/{name}"
    return next((key for key, _ in store.list_prefix(FUNCTION, "") if key.endswith(end)), None)


def require(call: ApiCall, key: str) -> Json:
    """The document of a function. Raises CloudError if it does not exist."""
    function = find(call, key)
    if function is None:
        raise CloudError("ResourceNotFound.Function", f"Function `{key.rsplit('/', 1)[-1]}` does not exist.")
    return function


def new(call: ApiCall, key: str) -> Json:
    """The document of a new function, which is not stored."""
    _, namespace, name = key.split("/")
    return {
        "FunctionName": name,
        "Namespace": namespace,
        "FunctionId": f"lam-{uuid.uuid4().hex[:8]}",
        "AddTime": call.now_text,
        "created": call.now,
        "next_version": 1,
        "MsgTTL": limit("msg_ttl.default_s"),
        "RetryNum": limit("retry_num.default"),
    }


def put(call: ApiCall, key: str, function: Json) -> None:
    """Store the document of a function."""
    call.store.put(FUNCTION, key, function)


def get_version(call: ApiCall, key: str, name: str = LATEST) -> Json:
    """The document of one version. Raises CloudError if it does not exist."""
    version = call.store.get(VERSION, f"{key}/{name}")
    if version is None:
        raise CloudError("ResourceNotFound.Version", f"Version `{name}` does not exist.")
    return version


def list_versions(call: ApiCall, key: str) -> list[Json]:
    """Every version of a function, `$LATEST` first, then by number."""
    versions = [document for _, document in call.store.list_prefix(VERSION, f"{key}/")]
    return sorted(versions, key=lambda v: 0 if v["FunctionVersion"] == LATEST else int(v["FunctionVersion"]))


def put_version(call: ApiCall, key: str, version: Json) -> None:
    """Store the document of a version."""
    call.store.put(VERSION, f"{key}/{version['FunctionVersion']}", version)


def require_idle(version: Json, code: str, *, allow_failed: bool = False) -> None:
    """Raise CloudError with `code` during an operation on the version, or after its creation failed."""
    status = version["Status"]
    if status in _BUSY or (status == "CreateFailed" and not allow_failed):
        raise CloudError(code, f"The function is in the state {status}, which does not allow this operation.")

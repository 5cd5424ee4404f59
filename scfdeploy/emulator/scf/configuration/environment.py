"""Environment variables: replaced as a whole, cleared only by one pair of empty texts."""

from __future__ import annotations

import re

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.facts import limit

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED = ("SCF_", "QCLOUD_", "TENCENTCLOUD_")


def set_environment(version: Json, given: Json) -> None:
    """Take over the whole set. An empty list means nothing; the pair of empty texts means none at all."""
    pairs = [{"Key": pair.get("Key", ""), "Value": pair.get("Value", "")} for pair in given.get("Variables", [])]
    if not pairs:
        return
    if pairs == [{"Key": "", "Value": ""}]:
        version["Environment"] = {"Variables": []}
        return
    _require_keys([pair["Key"] for pair in pairs])
    if sum(len(f"{pair['Key']}{pair['Value']}".encode()) for pair in pairs) > limit("env.total_bytes"):
        raise CloudError("InvalidParameterValue.EnvironmentExceededLimit", "The environment variables exceed 4 KB.")
    version["Environment"] = {"Variables": pairs}


def _require_keys(keys: list[str]) -> None:
    for key in keys:
        if key.startswith(_RESERVED):
            message = f"The environment variable `{key}` is one of the system's own."
            raise CloudError("InvalidParameterValue.EnvironmentSystemProtect", message)
        if not _KEY.fullmatch(key):
            raise CloudError("InvalidParameterValue.Environment", f"`{key}` cannot name an environment variable.")
    if len(set(keys)) != len(keys):
        raise CloudError("InvalidParameterValue.Environment", "An environment variable is given twice.")

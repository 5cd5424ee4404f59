"""Reads and publishes versions of a function."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.model import Address, Value
from scfdeploy.model.value import whole_number
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, Version, wait_step
from scfdeploy.providers.tencent.resources.code import code_hash
from scfdeploy.providers.tencent.resources.function_status import TRANSITIONAL_STATES, FunctionState
from scfdeploy.providers.tencent.resources.function_wire import read_settings
from scfdeploy.providers.tencent.resources.get_function import find_function, names
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import list_all


def read_versions(client: Client, function: Address) -> tuple[Version, ...]:
    """Every version of a function, `$LATEST` first, then by number. Raises CloudError."""
    rows = list_all(client, "ListVersionByFunction", names(function), "Versions").rows
    found = (
        Version(
            str(row.get("Version") or ""),
            str(row.get("Description") or ""),
            str(row.get("AddTime") or ""),
            str(row.get("Status") or ""),
        )
        for row in rows
    )
    return tuple(sorted(found, key=_number))


def read_numbers(client: Client, function: Address) -> tuple[str, ...]:
    """The numbers of the versions that can be used, the newest last. Raises CloudError."""
    return tuple(one.name for one in read_versions(client, function) if _number(one) and one.is_usable)


def _number(version: Version) -> int:
    return whole_number(version.name) or 0


def read_published(client: Client, function: Address, version: str) -> dict[str, Value]:
    """The settings and the hash of the code of one version, in normal form. Raises CloudError."""
    shown = find_function(client, function, version)
    if shown is None:
        return {}
    return {"settings": read_settings(shown), "codeSha256": code_hash(client, function, version) or ""}


def publish_steps(client: Client, change: Change) -> tuple[Step, ...]:
    """The step that publishes a version where the change of a function ends with one."""
    field = next((field for field in change.fields if field.path == "publish"), None)
    if field is None:
        return ()
    before = int(str(field.before)) if field.before else 0
    publishing = _Publishing(client, change.address, before, str(change.settings.get("publishDescription") or ""))
    return (
        Step(
            "publish",
            run=publishing.run,
            took_effect=publishing.took_effect,
            readiness=publishing.readiness,
            outputs=publishing.outputs,
        ),
    )


def wait_for_versions(client: Client, function: Address, used: Iterable[str]) -> Step:
    """The step before calls are led to versions: a run that was cut may have left one on its way.

    It ends with CloudError (REJECTED) where one of them can never be called.
    """
    wanted = frozenset(used)

    def readiness() -> Readiness:
        found = [one for one in read_versions(client, function) if one.name in wanted]
        failed = next((one for one in found if not one.is_usable), None)
        if failed is not None:
            message = f"version {failed.name} is {failed.state}: no calls can be led to it"
            raise CloudError(ErrorKind.REJECTED, failed.state, message, action="ListVersionByFunction")
        return Readiness.PENDING if any(one.state in TRANSITIONAL_STATES for one in found) else Readiness.READY

    return wait_step("wait for the version", readiness, before_refresh=True)


class _Publishing:
    """One version that is published; `before` is the newest there was."""

    def __init__(self, client: Client, function: Address, before: int, description: str) -> None:
        self._client = client
        self._function = function
        self._before = before
        self._description = description
        self._version = ""

    def run(self) -> str:
        params = {**names(self._function), **({"Description": self._description} if self._description else {})}
        answer = self._client.write("PublishVersion", params)
        self._version = str(answer.get("FunctionVersion") or "")
        return str(answer.get("RequestId", ""))

    def took_effect(self) -> bool:
        numbers = read_numbers(self._client, self._function)
        if not numbers or int(numbers[-1]) <= self._before:
            return False
        self._version = numbers[-1]
        return True

    def readiness(self) -> Readiness:
        shown = find_function(self._client, self._function, self._version)
        state = FunctionState.read(shown or {})
        if state.has_failed:
            raise state.error("PublishVersion")
        return Readiness.READY if state.status == "Active" else Readiness.PENDING

    def outputs(self) -> dict[str, Value]:
        if not self._version:
            raise CloudError(ErrorKind.REJECTED, "", "the cloud did not say which version it made", action="publish")
        return {"version": self._version}

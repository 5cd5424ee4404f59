"""Reads and publishes versions of a function."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Value
from scfdeploy.model.observed import ACTIVE
from scfdeploy.model.value import whole_number
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, Version, wait_step
from scfdeploy.providers.tencent.resources.code import code_hash
from scfdeploy.providers.tencent.resources.function_reader import FunctionState, find_function
from scfdeploy.providers.tencent.resources.function_status import TRANSITIONAL_STATES
from scfdeploy.providers.tencent.resources.function_wire import read_settings
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import list_all


def read_versions(client: Client, function: Address) -> tuple[Version, ...]:
    """Every version of a function: `$LATEST` first, then by number. Raises CloudError."""
    rows = list_all(client, "ListVersionByFunction", function_params(function), "Versions").rows
    columns = ("Version", "Description", "AddTime", "Status")
    versions = (Version(*(str(row.get(column) or "") for column in columns)) for row in rows)
    return tuple(sorted(versions, key=_number))


def read_numbers(client: Client, function: Address) -> tuple[str, ...]:
    """The numbers of the usable versions, the newest last. Raises CloudError."""
    versions = read_versions(client, function)
    return tuple(version.name for version in versions if _number(version) and version.is_usable)


def _number(version: Version) -> int:
    return whole_number(version.name) or 0


def read_published(client: Client, function: Address, version: str) -> dict[str, Value]:
    """The settings and the code hash of a version, in normal form; empty if it does not exist. Raises CloudError."""
    response = find_function(client, function, version)
    if response is None:
        return {}
    return {"settings": read_settings(response), "codeSha256": code_hash(client, function, version) or ""}


def publish_steps(client: Client, change: Change) -> tuple[Step, ...]:
    """The step that publishes a version, if the change of a function includes one."""
    field = next((field for field in change.fields if field.path == "publish"), None)
    if field is None:
        return ()
    newest = int(str(field.before)) if field.before else 0
    publication = _Publication(client, change.address, newest, str(change.settings.get("publishDescription") or ""))
    return (
        Step(
            message("publish"),
            run=publication.run,
            took_effect=publication.took_effect,
            readiness=publication.readiness,
            outputs=publication.outputs,
        ),
    )


def wait_for_versions(client: Client, function: Address, versions: Iterable[str]) -> Step:
    """A step that waits until these versions can be used, because an interrupted run may just have published them.

    It raises CloudError (REJECTED) for a version that can never be used.
    """
    version_names = frozenset(versions)

    def readiness() -> Readiness:
        existing = [version for version in read_versions(client, function) if version.name in version_names]
        failed = next((version for version in existing if not version.is_usable), None)
        if failed is not None:
            text = message("version {name} is {state} and cannot be used", name=failed.name, state=failed.state)
            raise CloudError(ErrorKind.REJECTED, failed.state, text, action="ListVersionByFunction")
        is_pending = any(version.state in TRANSITIONAL_STATES for version in existing)
        return Readiness.PENDING if is_pending else Readiness.READY

    return wait_step(message("wait for the version"), readiness, before_refresh=True)


class _Publication:
    """Publishes one version; `newest` is the highest number before."""

    def __init__(self, client: Client, function: Address, newest: int, description: str) -> None:
        self._client = client
        self._function = function
        self._newest = newest
        self._description = description
        self._version = ""

    def run(self) -> str:
        params = {
            **function_params(self._function),
            **({"Description": self._description} if self._description else {}),
        }
        response = self._client.write("PublishVersion", params)
        self._version = str(response.get("FunctionVersion") or "")
        return str(response.get("RequestId", ""))

    def took_effect(self) -> bool:
        numbers = read_numbers(self._client, self._function)
        if not numbers or int(numbers[-1]) <= self._newest:
            return False
        self._version = numbers[-1]
        return True

    def readiness(self) -> Readiness:
        state = FunctionState.read(find_function(self._client, self._function, self._version) or {})
        if state.has_failed:
            raise state.error("PublishVersion")
        return Readiness.READY if state.status == ACTIVE else Readiness.PENDING

    def outputs(self) -> dict[str, Value]:
        if not self._version:
            text = message("the response has no version number")
            raise CloudError(ErrorKind.REJECTED, "", text, action="publish")
        return {"version": self._version}

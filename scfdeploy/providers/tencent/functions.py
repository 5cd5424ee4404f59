"""Writes functions: which calls create, change and delete one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import BoundedSemaphore

from scfdeploy.model import Address, Bundle, Owner
from scfdeploy.plan import Change
from scfdeploy.providers.base import Step
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.client import Client
from scfdeploy.providers.tencent.code import code_params
from scfdeploy.providers.tencent.function_wire import create_params, update_params
from scfdeploy.providers.tencent.lookup import find_function, names
from scfdeploy.providers.tencent.status_board import Settling, StatusBoard
from scfdeploy.providers.tencent.tags import tag_changes, tag_step
from scfdeploy.providers.tencent.wire import Params, pairs

_LARGE_BYTES = 1 << 20
_LARGE_AT_ONCE = 4
_CODE = ("src", "handler", "entryFile")


class FunctionWriter:
    """Steps for addresses of the kind `function`."""

    def __init__(self, client: Client, board: StatusBoard, clock: Clock, bundles: Mapping[Address, Bundle]) -> None:
        self._client = client
        self._board = board
        self._clock = clock
        self._bundles = bundles
        # A request exists several times over while it is made and signed; many large ones would fill the memory.
        self._large = BoundedSemaphore(_LARGE_AT_ONCE)

    def create(self, change: Change) -> Sequence[Step]:
        """One call makes the function with all settings and tags."""
        settling = self._settling(change.address, "CreateFunction")
        return (
            Step(
                "create",
                run=lambda: self._create(change),
                took_effect=lambda: self._is_made(change),
                readiness=settling.is_active,
            ),
        )

    def update(self, change: Change) -> Sequence[Step]:
        """Code, settings and tags go by calls of their own; only those are made whose half changed."""
        changed = dict.fromkeys(_root(field.path) for field in change.fields)
        steps: list[Step] = []
        if any(name in changed for name in _CODE):
            settling = self._settling(change.address, "UpdateFunctionCode")
            steps.append(
                Step(
                    "update code",
                    run=lambda: self._update_code(change),
                    readiness=settling.is_active,
                    idempotent=True,
                )
            )
        params = update_params(change.settings, changed)
        if params:
            settling = self._settling(change.address, "UpdateFunctionConfiguration")
            steps.append(
                Step(
                    "update settings",
                    run=lambda: self._update_settings(change, params),
                    readiness=settling.is_active,
                    idempotent=True,
                )
            )
        wanted, unwanted = tag_changes(change.fields)
        if wanted or unwanted:
            steps.append(tag_step(self._client, change.address, wanted=wanted, unwanted=unwanted))
        return steps

    def delete(self, change: Change) -> Sequence[Step]:
        """One call removes the function with its versions and triggers."""
        settling = self._settling(change.address, "DeleteFunction")
        return (
            Step(
                "delete",
                run=lambda: self._call("DeleteFunction", change.address, {}),
                readiness=settling.is_gone,
                idempotent=True,
            ),
        )

    def _create(self, change: Change) -> str:
        with self._room(change.address):
            return self._create_now(change)

    def _create_now(self, change: Change) -> str:
        settings = change.settings
        code = self._code(change.address, "CreateFunction")
        params: Params = {"Code": code, **create_params(settings)}
        if settings.get("handler"):
            params["Handler"] = settings["handler"]
        tags = dict(_texts(settings.get("tags"))) | (change.owner.as_tags() if change.owner else {})
        if tags:
            params["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
        return self._call("CreateFunction", change.address, params)

    def _is_made(self, change: Change) -> bool:
        """Whether the function exists, and as this change makes it: somebody else may have taken the name."""
        shown = find_function(self._client, change.address)
        if shown is None:
            return False
        wanted = (("handler", "Handler"), ("runtime", "Runtime"))
        is_ours = change.owner is None or Owner.from_tags(pairs(shown.get("Tags"))) == change.owner
        return is_ours and all(
            shown.get(theirs) == change.settings[ours] for ours, theirs in wanted if change.settings.get(ours)
        )

    def _update_code(self, change: Change) -> str:
        with self._room(change.address):
            params = self._code(change.address, "UpdateFunctionCode")
            # Without it the platform may fall back to its own default.
            if change.settings.get("handler"):
                params["Handler"] = change.settings["handler"]
            return self._call("UpdateFunctionCode", change.address, params)

    def _update_settings(self, change: Change, params: Params) -> str:
        if "ClsTopicId" in params and "Role" not in params:
            # Delivery to CLS is refused unless the same request names the role.
            role = change.settings.get("role")
            if role is None:
                role = (find_function(self._client, change.address) or {}).get("Role")
            params = params | ({"Role": role} if role else {})
        return self._call("UpdateFunctionConfiguration", change.address, params)

    def _code(self, function: Address, action: str) -> Params:
        return code_params(self._bundles.get(function), function, region=self._client.region, action=action)

    def _room(self, function: Address) -> AbstractContextManager[object]:
        bundle = self._bundles.get(function)
        return self._large if bundle is not None and bundle.size > _LARGE_BYTES else nullcontext()

    def _call(self, action: str, function: Address, params: Params) -> str:
        return str(self._client.write(action, {**names(function), **params}).get("RequestId", ""))

    def _settling(self, function: Address, action: str) -> Settling:
        return Settling(self._board, self._clock, function, action)


def _root(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, Mapping) else {}

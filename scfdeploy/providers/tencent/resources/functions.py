"""Reads and writes functions: which calls create, change and delete one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import BoundedSemaphore
from typing import Any

from scfdeploy.model import Address, Bundle, Owner, Resource, Value
from scfdeploy.model.observed import WRITE_ONLY_TAGS
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, Step
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.cos.upload import Uploads
from scfdeploy.providers.tencent.resources.aliases import delete_alias, read_aliases
from scfdeploy.providers.tencent.resources.code import code_params
from scfdeploy.providers.tencent.resources.function_status import FunctionState, FunctionStatusCache, FunctionWaiter
from scfdeploy.providers.tencent.resources.function_wire import LATE, create_params, read_settings, update_params
from scfdeploy.providers.tencent.resources.get_function import find_function, names
from scfdeploy.providers.tencent.resources.layer_waiter import LayerStates
from scfdeploy.providers.tencent.resources.tags import tag_changes, tag_step, to_tags
from scfdeploy.providers.tencent.resources.versions import publish_steps
from scfdeploy.providers.tencent.resources.wire import Params, image_params, pairs
from scfdeploy.providers.tencent.transport.client import Client

_LARGE_BYTES = 1 << 20
_ALIAS_BOUND = "UnsupportedOperation.AliasBind"
_CODE = ("src", "image", "handler", "entryFile")


class FunctionWriter:
    """Steps for addresses of the kind `function`."""

    def __init__(
        self,
        client: Client,
        statuses: FunctionStatusCache,
        clock: Clock,
        bundles: Mapping[Address, Bundle],
        *,
        uploads: Uploads,
        room: BoundedSemaphore,
        layers: LayerStates,
    ) -> None:
        self._client = client
        self._uploads = uploads
        self._statuses = statuses
        self._clock = clock
        self._bundles = bundles
        self._large = room
        self._layers = layers

    def create(self, change: Change) -> Sequence[Step]:
        """Upload large code, create the function with tags, then write the settings that creation rejects."""
        settling = self._settling(change.address, "CreateFunction")
        create = Step(
            "create",
            run=lambda: self._create(change),
            took_effect=lambda: self._is_made(change),
            readiness=settling.is_active,
            outputs=settling.seen,
        )
        late = [name for name in LATE if change.settings.get(name)]
        tags = self._tag_steps(change.address, to_tags(change.settings, late))
        late_steps = (*self._settings_steps(change, late), *tags)
        before = (*self._upload(change), *self._layers.wait(change.settings.get("layers")))
        return (*before, create, *late_steps, *publish_steps(self._client, change))

    def update(self, change: Change) -> Sequence[Step]:
        """Code, settings and tags go by calls of their own; only those are made whose half changed."""
        changed = dict.fromkeys(_root(field.path) for field in change.fields)
        steps: list[Step] = []
        if any(name in changed for name in _CODE):
            settling = self._settling(change.address, "UpdateFunctionCode")
            steps += self._upload(change)
            steps.append(
                Step(
                    "update code",
                    run=lambda: self._update_code(change),
                    readiness=settling.is_active,
                    idempotent=True,
                    outputs=settling.seen,
                )
            )
        if "layers" in changed:
            steps += self._layers.wait(change.settings.get("layers"))
        steps += self._settings_steps(change, changed)
        wanted, unwanted = tag_changes(change.fields)
        tags = self._tag_steps(change.address, wanted | to_tags(change.settings, changed), unwanted)
        return (*steps, *tags, *publish_steps(self._client, change))

    def delete(self, change: Change) -> Sequence[Step]:
        """One call removes the function with its versions and triggers; aliases, where there are any, go before."""
        settling = self._settling(change.address, "DeleteFunction")
        return (
            Step(
                "delete",
                run=lambda: self._delete(change.address),
                readiness=settling.is_gone,
                idempotent=True,
            ),
        )

    def _delete(self, function: Address) -> str:
        try:
            return self._call("DeleteFunction", function, {})
        except CloudError as error:
            if error.code != _ALIAS_BOUND:
                raise
        for alias in read_aliases(self._client, function):
            if alias.address.name != "$DEFAULT":
                delete_alias(self._client, alias.address)
        return self._call("DeleteFunction", function, {})

    def _settings_steps(self, change: Change, changed: Iterable[str]) -> Sequence[Step]:
        params = update_params(change.settings, changed)
        if not params:
            return ()
        settling = self._settling(change.address, "UpdateFunctionConfiguration")
        return (
            Step(
                "update settings",
                run=lambda: self._update_settings(change, params),
                readiness=settling.is_active,
                idempotent=True,
                outputs=settling.seen,
            ),
        )

    def _tag_steps(self, function: Address, wanted: Mapping[str, str], unwanted: Sequence[str] = ()) -> Sequence[Step]:
        if not wanted and not unwanted:
            return ()
        return (tag_step(self._client, function, wanted=wanted, unwanted=unwanted),)

    def _create(self, change: Change) -> str:
        with self._room(change.address):
            return self._create_now(change)

    def _create_now(self, change: Change) -> str:
        settings = change.settings
        code = self._code(change)
        params: Params = {"Code": code, **create_params(settings)}
        if settings.get("handler"):
            params["Handler"] = settings["handler"]
        tags = dict(_texts(settings.get("tags"))) | (change.owner.as_tags() if change.owner else {})
        tags |= to_tags(settings, WRITE_ONLY_TAGS.keys() - LATE)
        if tags:
            params["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
        return self._call("CreateFunction", change.address, params)

    def _is_made(self, change: Change) -> bool:
        """Whether the function exists as this change creates it; another client may have used the same name."""
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
            params = self._code(change)
            if "image" in change.settings:
                params = {"Code": params}
            if change.settings.get("installDependency"):
                params["InstallDependency"] = "TRUE"
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

    def _code(self, change: Change) -> Params:
        image, function = change.settings.get("image"), change.address
        if isinstance(image, Mapping) and image:
            return image_params(image)
        return code_params(self._bundles.get(function), function, region=self._client.region)

    def _upload(self, change: Change) -> Iterable[Step]:
        bundle = self._bundles.get(change.address)
        if bundle is None or not bundle.needs_upload or change.settings.get("image"):
            return ()
        return self._uploads.steps(bundle)

    def _room(self, function: Address) -> AbstractContextManager[object]:
        bundle = self._bundles.get(function)
        return self._large if bundle is not None and bundle.size > _LARGE_BYTES else nullcontext()

    def _call(self, action: str, function: Address, params: Params) -> str:
        return str(self._client.write(action, {**names(function), **params}).get("RequestId", ""))

    def _settling(self, function: Address, action: str) -> FunctionWaiter:
        return FunctionWaiter(self._statuses, self._clock, function, action)


def read_function(client: Client, function: Address) -> Resource | None:
    """One function with all its settings, or None when there is no such function. Raises CloudError."""
    shown = find_function(client, function)
    return None if shown is None else function_resource(function, read_settings(shown), shown)


def function_resource(function: Address, settings: Mapping[str, Value], shown: Mapping[str, Any]) -> Resource:
    """A function with these settings; the rest is from an answer of GetFunction or a row of ListFunctions."""
    state = FunctionState.read(shown)
    attributes: dict[str, Value] = {
        "functionId": shown.get("FunctionId"),
        "modified": shown.get("ModTime"),
        "codeSize": shown.get("CodeSize"),
    }
    return Resource(
        function,
        settings,
        Owner.from_tags(pairs(shown.get("Tags"))),
        state.status,
        state.reason or str(shown.get("StatusDesc") or ""),
        {name: value for name, value in attributes.items() if value is not None},
    )


def _root(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, Mapping) else {}

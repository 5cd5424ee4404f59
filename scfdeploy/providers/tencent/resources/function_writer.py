"""Writes functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import BoundedSemaphore

from scfdeploy.diagnostics import message
from scfdeploy.model import FUNCTION_FIELDS, Address, Bundle, Owner, UpdateMode
from scfdeploy.model.observed import WRITE_ONLY_TAGS
from scfdeploy.plan import Change
from scfdeploy.providers.base import CloudError, Step
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.tencent.cos.upload import Uploads
from scfdeploy.providers.tencent.resources.aliases import DEFAULT_ALIAS, delete_alias, read_aliases
from scfdeploy.providers.tencent.resources.code import code_params
from scfdeploy.providers.tencent.resources.function_reader import find_function
from scfdeploy.providers.tencent.resources.function_status import FunctionStatusCache, FunctionWaiter
from scfdeploy.providers.tencent.resources.function_wire import LATE, create_params, update_params
from scfdeploy.providers.tencent.resources.layers import LayerStates
from scfdeploy.providers.tencent.resources.tags import tag_changes, tag_step
from scfdeploy.providers.tencent.resources.versions import publish_steps
from scfdeploy.providers.tencent.resources.wire import Params, function_params, image_params, pairs
from scfdeploy.providers.tencent.resources.write_only_settings import to_tags
from scfdeploy.providers.tencent.transport.client import Client

_LARGE_BYTES = 1 << 20
_ALIAS_BOUND = "UnsupportedOperation.AliasBind"
_CODE = frozenset(field.name for field in FUNCTION_FIELDS if field.update_mode in (UpdateMode.CODE, UpdateMode.PACKAGE))


class FunctionWriter:
    """Plans steps for the kind `function`."""

    def __init__(
        self,
        client: Client,
        statuses: FunctionStatusCache,
        clock: Clock,
        bundles: Mapping[Address, Bundle],
        *,
        uploads: Uploads,
        large_uploads: BoundedSemaphore,
        layers: LayerStates,
    ) -> None:
        self._client = client
        self._uploads = uploads
        self._statuses = statuses
        self._clock = clock
        self._bundles = bundles
        self._large_uploads = large_uploads
        self._layers = layers

    def create(self, change: Change) -> Sequence[Step]:
        """Upload large code, create the function with tags, then write the settings that creation rejects."""
        waiter = self._waiter(change.address, "CreateFunction")
        create = Step(
            message("create"),
            run=lambda: self._create(change),
            took_effect=lambda: self._is_created(change),
            readiness=waiter.is_active,
            outputs=waiter.outputs,
        )
        late = [name for name in LATE if change.settings.get(name)]
        tags = self._tag_steps(change.address, to_tags(change.settings, late))
        preparation = (*self._upload(change), *self._layers.wait_steps(change.settings.get("layers")))
        settings = self._settings_steps(change, late)
        return (*preparation, create, *settings, *tags, *publish_steps(self._client, change))

    def update(self, change: Change) -> Sequence[Step]:
        """One call each for the code, the settings and the tags, if they changed."""
        changed = dict.fromkeys(field.path.partition(".")[0].partition("[")[0] for field in change.fields)
        steps: list[Step] = []
        if not _CODE.isdisjoint(changed):
            waiter = self._waiter(change.address, "UpdateFunctionCode")
            steps += self._upload(change)
            steps.append(
                Step(
                    message("update code"),
                    run=lambda: self._update_code(change),
                    readiness=waiter.is_active,
                    idempotent=True,
                    outputs=waiter.outputs,
                )
            )
        if "layers" in changed:
            steps += self._layers.wait_steps(change.settings.get("layers"))
        steps += self._settings_steps(change, changed)
        to_set, to_remove = tag_changes(change.fields)
        tags = self._tag_steps(change.address, to_set | to_tags(change.settings, changed), to_remove)
        return (*steps, *tags, *publish_steps(self._client, change))

    def delete(self, change: Change) -> Sequence[Step]:
        """One call deletes the function with its versions and triggers, after its aliases."""
        waiter = self._waiter(change.address, "DeleteFunction")
        return (
            Step(
                message("delete"),
                run=lambda: self._delete(change.address),
                readiness=waiter.is_gone,
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
            if alias.address.name != DEFAULT_ALIAS:
                delete_alias(self._client, alias.address)
        return self._call("DeleteFunction", function, {})

    def _settings_steps(self, change: Change, changed: Iterable[str]) -> Sequence[Step]:
        params = update_params(change.settings, changed)
        if not params:
            return ()
        waiter = self._waiter(change.address, "UpdateFunctionConfiguration")
        return (
            Step(
                message("update settings"),
                run=lambda: self._update_settings(change, params),
                readiness=waiter.is_active,
                idempotent=True,
                outputs=waiter.outputs,
            ),
        )

    def _tag_steps(self, function: Address, to_set: Mapping[str, str], to_remove: Sequence[str] = ()) -> Sequence[Step]:
        if not to_set and not to_remove:
            return ()
        return (tag_step(self._client, function, to_set=to_set, to_remove=to_remove),)

    def _create(self, change: Change) -> str:
        settings = change.settings
        with self._upload_slot(change.address):
            params: Params = {"Code": self._code(change), **create_params(settings)}
            if settings.get("handler"):
                params["Handler"] = settings["handler"]
            tags = _string_map(settings.get("tags")) | (change.owner.as_tags() if change.owner else {})
            tags |= to_tags(settings, WRITE_ONLY_TAGS.keys() - LATE)
            if tags:
                params["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
            return self._call("CreateFunction", change.address, params)

    def _is_created(self, change: Change) -> bool:
        """Whether the function exists as this change creates it; another client may have used the same name."""
        response = find_function(self._client, change.address)
        if response is None:
            return False
        is_owned = change.owner is None or Owner.from_tags(pairs(response.get("Tags"))) == change.owner
        return is_owned and all(
            response.get(parameter) == change.settings[name]
            for name, parameter in (("handler", "Handler"), ("runtime", "Runtime"))
            if change.settings.get(name)
        )

    def _update_code(self, change: Change) -> str:
        with self._upload_slot(change.address):
            params = self._code(change)
            if "image" in change.settings:
                params = {"Code": params}
            if change.settings.get("installDependency"):
                params["InstallDependency"] = "TRUE"
            # Without a handler, the platform may set its default.
            if change.settings.get("handler"):
                params["Handler"] = change.settings["handler"]
            return self._call("UpdateFunctionCode", change.address, params)

    def _update_settings(self, change: Change, params: Params) -> str:
        if "ClsTopicId" in params and "Role" not in params:
            # Delivery to CLS is rejected unless the same request names the role.
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

    def _upload_slot(self, function: Address) -> AbstractContextManager[object]:
        bundle = self._bundles.get(function)
        return self._large_uploads if bundle is not None and bundle.size > _LARGE_BYTES else nullcontext()

    def _call(self, action: str, function: Address, params: Params) -> str:
        return self._client.submit(action, {**function_params(function), **params})

    def _waiter(self, function: Address, action: str) -> FunctionWaiter:
        return FunctionWaiter(self._statuses, self._clock, function, action)


def _string_map(value: object) -> dict[str, str]:
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, Mapping) else {}

"""Whether versions of layers are ready to be used. A run that was cut may have left one on its way."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import Value
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness, Step, wait_step
from scfdeploy.providers.tencent.transport.client import Client


class LayerStates:
    """What one run knows of them: one that is ready stays so, and is not asked for again. Threads may share it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ready: set[tuple[str, str]] = set()

    def readiness(self, layer: str, version: Value) -> Readiness:
        """Whether the version is ready. Raises CloudError, REJECTED for one that can never be used."""
        if (layer, str(version)) in self._ready:
            return Readiness.READY
        answer = self._client.read("GetLayerVersion", {"LayerName": layer, "LayerVersion": version})
        status = str(answer.get("Status") or "")
        if status.endswith("Failed"):
            message = f"version {version} is {status}"
            raise CloudError(ErrorKind.REJECTED, status, message, action="PublishLayerVersion")
        if status != "Active":
            return Readiness.PENDING
        self._ready.add((layer, str(version)))
        return Readiness.READY

    def wait(self, layers: Value) -> tuple[Step, ...]:
        """The steps before a function is given these layers (as its settings say them): one for each."""
        found = layers if isinstance(layers, list | tuple) else ()
        return tuple(self._step(str(one["name"]), one["version"]) for one in found if isinstance(one, Mapping))

    def _step(self, layer: str, version: Value) -> Step:
        def readiness() -> Readiness:
            try:
                return self.readiness(layer, version)
            except CloudError as error:
                # The version is missing, or these keys may not read it: the write reports that.
                if error.kind is ErrorKind.MISSING or error.code.startswith(("AuthFailure", "UnauthorizedOperation")):
                    return Readiness.READY
                raise

        return wait_step(f"wait for layer {layer}, version {version}", readiness, before_refresh=True)

"""Connect to the control paths of the local server: for what no cloud has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from scfdeploy.config.load_result import EnvFile
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import looks_secret
from scfdeploy.operations.cloud import open_cloud, settings_of
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import load_with_function
from scfdeploy.providers.emulator_control import EmulatorControl, is_local_server
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.workspace.paths import require_state_dir


def find_emulator(request: Request, cloud: CloudOptions, name: str | None = None) -> Emulator | None:
    """The local server that `cloud` selects; None if it is a cloud, or a server that answers no control paths.

    `name` is the function that the command is about, which one of several regions has.
    """
    return Emulator(request, cloud, name) if _is_local(cloud) else None


def _is_local(cloud: CloudOptions) -> bool:
    return cloud.local is not None or (cloud.endpoint is not None and is_local_server(cloud.endpoint))


class Emulator:
    """The local server of a project: its control paths, and its API in the project's region."""

    def __init__(self, request: Request, cloud: CloudOptions, function: str | None = None) -> None:
        loaded = load_with_function(request, function)
        self._request, self._cloud = request, cloud
        self._dotenv: EnvFile = loaded.dotenv
        self._settings = settings_of(loaded)
        self.project = loaded.project
        self._root = loaded.project.root if loaded.project else request.load.cwd
        default_region = request.load.region or self._settings.region or "ap-guangzhou"
        self.region = loaded.project.key.region if loaded.project else default_region
        self.control = open_control(cloud, self._root)
        # Timelines and dead letters quote what functions say, and the variables can be set elsewhere than here.
        for name, text in self.control.get("variables")["variables"]:
            if looks_secret(name):
                request.load.secrets.add(text)

    @cached_property
    def provider(self) -> TencentProvider:
        """The API of the server, in the region of the project."""
        return open_cloud(
            self._cloud,
            root=self._root,
            region=self.region,
            load=self._request.load,
            dotenv=self._dotenv,
            settings=self._settings,
        )


def open_control(cloud: CloudOptions, root: str) -> EmulatorControl:
    """The control paths of the local server of the project under `root`, or of the server at the endpoint."""
    if cloud.local is not None:
        server = cloud.local(require_state_dir(root))
        return EmulatorControl(server.url, server.secret_key)
    return EmulatorControl(cloud.endpoint or "")


def find_control(cloud: CloudOptions, root: str) -> EmulatorControl | None:
    """The control paths of the local server that `cloud` selects; None if it is a cloud."""
    return open_control(cloud, root) if _is_local(cloud) else None


def read_local(
    cloud: CloudOptions, root: str, path: str, content: Mapping[str, Any] | None = None
) -> Mapping[str, Any] | None:
    """The answer of a control path, with `content` to POST; None if there is no local server."""
    if not _is_local(cloud):
        return None
    try:
        control = open_control(cloud, root)
        answer = control.get(path) if content is None else control.post(path, content)
    except ScfDeployError:
        return None
    return answer if isinstance(answer, Mapping) else None


def stand_in_queues(cloud: CloudOptions, root: str) -> Mapping[str, str]:
    """The kinds of local queues and topics, by name, that exist in place of those of the cloud."""
    answer = read_local(cloud, root, "queues") or {}
    return {entry["name"]: entry["kind"] for entry in answer.get("queues", ()) if entry["standsIn"]}

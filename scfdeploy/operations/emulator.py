"""Connect to the control paths of the local server, for commands that no cloud has."""

from __future__ import annotations

from scfdeploy.config import load_project
from scfdeploy.config.load_result import EnvFile
from scfdeploy.operations.cloud import open_cloud
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.providers.emulator_control import EmulatorControl, is_local_server
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.workspace.paths import require_state_dir


def find_emulator(request: Request, cloud: CloudOptions) -> Emulator | None:
    """The local server that `cloud` selects; None if it is a cloud, or a server that answers no control paths."""
    if cloud.local is None and not is_local_server(cloud.endpoint or ""):
        return None
    return Emulator(request, cloud)


class Emulator:
    """The local server of a project: its control paths, and its API in the project's region."""

    def __init__(self, request: Request, cloud: CloudOptions) -> None:
        loaded = load_project(request.path, request.load)
        self._request, self._cloud = request, cloud
        self._dotenv: EnvFile = loaded.dotenv
        self.project = loaded.project
        self._root = loaded.project.root if loaded.project else request.load.cwd
        self.region = loaded.project.key.region if loaded.project else request.load.region or "ap-guangzhou"
        self.control = self._open_control()

    def provider(self) -> TencentProvider:
        """The API of the server, in the region of the project."""
        return open_cloud(
            self._cloud, root=self._root, region=self.region, load=self._request.load, dotenv=self._dotenv
        )

    def _open_control(self) -> EmulatorControl:
        if self._cloud.local is not None:
            server = self._cloud.local(require_state_dir(self._root))
            return EmulatorControl(server.url, server.secret_key)
        return EmulatorControl(self._cloud.endpoint or "")

"""Where an import reads and writes: the folder, and the region with its credentials."""

from __future__ import annotations

import os
from pathlib import Path

from scfdeploy.config.environment import read_env_file
from scfdeploy.config.files import absolute
from scfdeploy.config.load_result import EnvFile
from scfdeploy.config.project_settings import Settings
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import FUNCTION_FIELDS
from scfdeploy.model.fields import by_name
from scfdeploy.operations.cloud import open_cloud, settings_in
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.providers.tencent import TencentProvider
from scfdeploy.records import dataclass
from scfdeploy.workspace.paths import LOCAL_CLOUD, NAME


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The output folder, the region, and the .env file and the settings of the folder."""

    root: Path
    region: str
    dotenv: EnvFile
    settings: Settings

    @classmethod
    def of(cls, request: Request, folder: str) -> ImportTarget:
        """The target of an import into `folder`. Raises ScfDeployError for an error in its scfdeploy.toml."""
        root = Path(absolute(folder, request.load.cwd))
        load = request.load
        settings = settings_in(str(root), load)
        region = load.region or settings.region or str(by_name(FUNCTION_FIELDS)["region"].default)
        dotenv = read_env_file(load, root=str(root), stage=load.stage, diagnostics=Diagnostics())
        return cls(root, region, dotenv, settings)

    def open(self, request: Request, cloud: CloudOptions) -> TencentProvider:
        """Prepare calls to the region. Raises ScfDeployError if there are no credentials."""
        return open_cloud(
            cloud,
            root=self._root_of_local_cloud(request.load.cwd) if cloud.local is not None else str(self.root),
            region=self.region,
            load=request.load,
            dotenv=self.dotenv,
            settings=self.settings,
        )

    def _root_of_local_cloud(self, cwd: str) -> str:
        """The output folder, or the current folder if only that has a local cloud."""
        root = str(self.root)
        return next((folder for folder in (root, cwd) if os.path.exists(f"{folder}/{NAME}/{LOCAL_CLOUD}")), root)  # noqa: PTH110

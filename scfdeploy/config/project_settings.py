"""The values of scfdeploy.toml: defaults of options, with those of single stages."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH100, PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import Diagnostics, Span
from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.config.load_result import LoadOptions

FILE_NAME = "scfdeploy.toml"
_NO_STAGES: Mapping[str, Mapping[str, str]] = MappingProxyType({})


class Settings(NamedTuple):
    """Defaults of options, None where the file has none. Options and the environment take precedence."""

    profile: str | None = None
    region: str | None = None
    role: str | None = None
    """The ARN of a role to assume."""
    role_session_name: str | None = None
    strict: bool | None = None
    ignore: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    parallelism: int | None = None
    profiles: tuple[str, ...] = ()
    """The profiles of all stages."""
    rules_span: Mapping[str, Span] = MappingProxyType({})
    """Where `ignore` and `select` are."""


class SettingsFile(NamedTuple):
    """A scfdeploy.toml. `stages` has the keys of each table `[stage.NAME]`."""

    defaults: Settings = Settings()
    stages: Mapping[str, Mapping[str, str]] = _NO_STAGES

    def of_stage(self, stage: str | None) -> Settings:
        """The settings of a stage: its own, then those for all."""
        own = self.stages.get(stage) if stage is not None else None
        if own is None:
            return self.defaults
        defaults = self.defaults
        return defaults._replace(
            profile=own.get("profile", defaults.profile),
            region=own.get("region", defaults.region),
            role=own.get("role", defaults.role),
            role_session_name=own.get("role_session_name", defaults.role_session_name),
        )


NO_SETTINGS = SettingsFile()


def read_settings(root: str, options: LoadOptions, diagnostics: Diagnostics) -> SettingsFile:
    """The nearest scfdeploy.toml in a project's folder and its parents, up to the repository or the home folder.

    Errors are reported. In a prebuilt project, which a build without credentials wrote, it selects no credentials.
    """
    path = find_settings_file(root, options)
    if not path:
        return NO_SETTINGS
    from scfdeploy.config.settings_file import read_file

    file = read_file(path, options.cwd, diagnostics)
    if not options.prebuilt:
        return file
    stages = {name: {key: own[key] for key in own if key == "region"} for name, own in file.stages.items()}
    defaults = file.defaults._replace(profile=None, role=None, role_session_name=None, profiles=())
    return SettingsFile(defaults, stages)


def find_settings_file(root: str, options: LoadOptions) -> str:
    """The path of the file; empty without one. Other parents, such as /tmp, belong to other people."""
    home = options.environ.get("HOME") or options.environ.get("USERPROFILE") or ""
    root = os.path.abspath(root)
    folders = [root]
    while not (os.path.lexists(os.path.join(folders[-1], ".git")) or folders[-1] == home):
        parent = os.path.dirname(folders[-1])
        if parent == folders[-1]:
            folders = [root]
            break
        folders.append(parent)
    paths = (os.path.join(folder, FILE_NAME) for folder in folders)
    return next((path for path in paths if os.path.lexists(path)), "")

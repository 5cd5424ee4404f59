"""Which scripts build a project, and what each is told by its environment: the same for every system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scfdeploy.scaffold.ci.settings import Settings

_VENDOR = {"SOURCE": "source", "MANIFEST": "manifest", "VERSION": "version"}
_BUILD = {"MANIFEST": "manifest"}
_JAR = {"SOURCE": "source", "MANIFEST": "manifest", "FOLDER": "folder"}
_TITLES = {"python": "Dependencies", "nodejs": "Dependencies and build", "java": "Build"}


class Step(NamedTuple):
    """One script of `templates/ci`; `fields` says which field of a `Build` each variable holds."""

    title: str
    script: str
    fields: Mapping[str, str]


def steps(settings: Settings) -> list[Step]:
    """The scripts in their order, each to be run for every folder that is built."""
    found = []
    if settings.tool != "none":
        fields = _VENDOR if settings.language == "python" else _BUILD
        found.append(Step(_TITLES[settings.language], f"scripts/{settings.tool}.sh.j2", fields))
    if settings.language == "java" and settings.type == "web":
        found.append(Step("Put the jar and scf_bootstrap into one folder", "scripts/web_jar.sh.j2", _JAR))
    return found

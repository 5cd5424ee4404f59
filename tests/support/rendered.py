"""Every pipeline file that `ci init` can write: each system, language, kind, build tool and set of options."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from scfdeploy.scaffold.ci import SYSTEMS, Settings, render
from scfdeploy.scaffold.ci.settings import KEYS, TOOLS, TYPES, VERSIONS, Build, Hook, PipelineProject
from scfdeploy.scaffold.ci.source import Source

PACKAGE = Source(f"git+https://git.example.com/tools/scfdeploy@{'0123456789' * 4}", "git")
WHEEL = Source(f"vendor/scfdeploy-1.0-py3-none-any.whl#sha256={'ab' * 32}", "file")


class Rendered(NamedTuple):
    """One file. `name` tells it from all others and can be a file's name; `path` is where it belongs."""

    name: str
    system: str
    path: str
    text: str
    settings: Settings


@cache
def every(system: str) -> tuple[Rendered, ...]:
    """All files for one system."""
    return tuple(_every(system))


def _every(system: str) -> Iterator[Rendered]:
    for language, tools in TOOLS.items():
        for tool in tools:
            for type_ in TYPES:
                for shape, projects in SHAPES.items():
                    for keys in KEYS if system == "github" else KEYS[:1]:
                        settings = settings_of(language, tool, type_, shape, projects=projects, keys=keys)
                        name = "-".join((system, language, tool, type_, shape, keys))
                        yield Rendered(name, system, SYSTEMS[system].file, render(system, settings), settings)


def settings_of(
    language: str, tool: str, type_: str, shape: str, *, projects: tuple[str, ...], keys: str = "secrets"
) -> Settings:
    """The settings for one of `SHAPES`; where `linked`, two folders are built for one project."""
    stages = {"main": ("prod",), "develop": ("test",)} if shape != "one" else {"main": ("prod",)}
    if shape == "stages":
        stages = {"main": ("prod", "prod-2"), "develop": ("test",)}
    version = VERSIONS[language]
    deployed = tuple(
        PipelineProject(
            path,
            tuple(
                Build(folder, "zip" if language == "java" and folder == "." else f"{folder}/src", folder, version)
                for folder in ((f"{path}/a", f"{path}/b") if shape == "linked" else (path,))
            ),
        )
        for path in projects
    )
    if shape == "partial":
        deployed = (deployed[0], PipelineProject("plain", (), (Hook("plain", 'make it\'s "$PATH"'),)))
    if shape == "linked":
        deployed = (replace(deployed[0], hooks=tuple(Hook(build.folder, "make") for build in deployed[0].builds)),)
    package = WHEEL if shape == "stages" else PACKAGE
    variables = () if shape == "one" else ("DB_PASSWORD", "API_KEY")
    return Settings(
        language,
        type_,
        tool,
        stages,
        deployed,
        package,
        variables,
        keys,
        "scfdeploy ci init",
        archive_events=shape in ("stages", "partial", "linked"),
        installs=language != "java" and tool != "none" and shape in INSTALLED,
    )


# How many projects there are, and what is built for each: shop and orders stand alone, plain
# has nothing to build but a hook, all has several folders; stages has scfdeploy in the repository.
SHAPES: dict[str, tuple[str, ...]] = {
    "one": (".",),
    "stages": ("shop",),
    "projects": ("shop", "orders"),
    "partial": ("shop", "plain"),
    "linked": ("all",),
}


INSTALLED = ("one", "partial", "linked")
"""The shapes whose dependencies `scfdeploy build` installs; a script installs the others."""


def workflow(text: str) -> dict[str, Any]:
    """A workflow as plain data."""
    return copy.deepcopy(_parsed(text))


@cache
def _parsed(text: str) -> dict[str, Any]:
    """As `workflow`. Several tests read the same files, which takes most of their time."""
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def jenkins_scripts(text: str) -> list[str]:
    """Every script of several lines that a Jenkinsfile runs, in order, as the shell gets it."""
    return [re.sub(r"\\(.)", r"\1", found) for found in re.findall(r"sh '''(.*?)'''", text, re.DOTALL)]


def scripts(text: str) -> list[str]:
    """Every script that a workflow runs, in order."""
    return [step["run"] for job in workflow(text)["jobs"].values() for step in job["steps"] if "run" in step]

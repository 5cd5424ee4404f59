"""How many real files deploy: as they are, and after the commands that repair and convert them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scfdeploy.config.components.kinds import kinds
from scfdeploy.config.document import component_kind
from tests.support.command import scfdeploy
from tests.support.corpus import RealFile, arguments_for, make_code, prepare
from tests.support.local_server import LocalServer

WAYS: Mapping[str, tuple[str, ...]] = {
    "as it is": (),
    "after validate --fix": ("fix",),
    "after migrate --write": ("migrate",),
    "after both": ("fix", "migrate", "fix"),
}
_COMPONENT = re.compile(r"^\s*component\s*:\s*['\"]?([^\s'\"#]+)", re.MULTILINE)
_COMMANDS = {"fix": ("validate", "--fix"), "migrate": ("migrate", "--write")}


@dataclass
class Outcome:
    """What became of one file, by way: the rules that forbid it; none if it deploys."""

    file: RealFile
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def deploys(self) -> bool:
        """Whether one of the ways leads to a deployment."""
        return () in self.reasons.values()


def function_files(files: list[RealFile]) -> list[RealFile]:
    """The files that any YAML parser reads and that have a function, or a framework or layer, to deploy."""
    return [file for file in files if file.parses and has_function(file.text)]


def has_function(text: str) -> bool:
    """Whether one of the components of a file is of a kind that has code; a file of a provider has functions."""
    deployed = {name for kind in kinds() for name in kind.names}
    named = {component_kind(name) for name in _COMPONENT.findall(text)}
    return bool(named & deployed) or (not named and re.search(r"^provider\s*:", text, re.MULTILINE) is not None)


def measure(file: RealFile, folder: Path, cloud: LocalServer, *, until_deployed: bool = False) -> Outcome:
    """Deploy a file in each way, in a folder of its own; with `until_deployed`, only until one succeeds.

    A way whose commands change nothing has the outcome of the file as it is.
    """
    outcome = Outcome(file)
    for number, (way, steps) in enumerate(WAYS.items()):
        project = prepare(folder / str(number) / "project", file.text)
        before = _texts(project)
        for step in steps:
            scfdeploy(*_COMMANDS[step], project)
        is_same = bool(steps) and _texts(project) == before
        outcome.reasons[way] = outcome.reasons["as it is"] if is_same else _deploy(file, project, cloud)
        if until_deployed and outcome.deploys:
            break
    return outcome


def _texts(project: Path) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(project.rglob("serverless.yml"))}


def _deploy(file: RealFile, project: Path, cloud: LocalServer) -> tuple[str, ...]:
    """The rules that forbid a deployment; none when it was applied."""
    texts = _texts(project)
    for path, text in texts.items():
        make_code(path.parent, text)
    arguments = [str(project), *dict.fromkeys(_variables(texts.values())), "--skip-unsupported"]
    cloud.control("reset", {})
    reasons = _errors(scfdeploy("validate", *arguments, "--format", "json").document)
    if reasons:
        return reasons
    applied = scfdeploy("apply", *arguments, "--yes", "--no-hook", "--format", "json", env=cloud.env)
    if applied.exit_code == 0:
        return ()
    reasons = _errors(applied.document)
    assert reasons, f"{file.name}:\n{applied.stdout}{applied.stderr}"
    return reasons


def _errors(document: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted({found["rule"] for found in document["diagnostics"] if found["severity"] == "error"}))


def _variables(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from arguments_for(text)

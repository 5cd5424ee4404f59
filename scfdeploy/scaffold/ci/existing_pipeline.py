"""The contents of an existing pipeline, as `ci init --from` uses and reports them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from scfdeploy.diagnostics import message
from scfdeploy.scaffold.ci import detect
from scfdeploy.scaffold.ci.resolve_settings import PipelineOptions
from scfdeploy.scaffold.ci.settings import TOOLS, Settings

_DEFAULT_BRANCH = "main"
_DEFAULT_STAGE = "dev"


class Line(NamedTuple):
    """One step, key or command of the file, and its replacement."""

    number: int
    text: str
    becomes: str
    """The replacement, or the reason why there is none."""
    is_carried: bool = True
    """Whether the new pipeline does the same. Otherwise it is listed as not carried over."""
    tool: str = ""
    """The build tool that the line runs."""
    language: str = ""
    """The language whose version the line sets."""
    version: str = ""
    container: str = ""
    """The Kubernetes container that the line selects."""


class Repair(NamedTuple):
    """A place where the file is damaged, and how it is read."""

    number: int
    text: str


@dataclass(slots=True)
class ExistingPipeline:
    """The recognised settings of a pipeline file."""

    runtime: str | None = None
    build: str | None = None
    type: str | None = None
    """`web` when the file puts a scf_bootstrap beside the code."""
    branches: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    stages_of: dict[str, list[str]] = field(default_factory=dict)
    """The stages of each branch, where a condition names the branch."""
    paths: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    deploys: bool = False
    lines: list[Line] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    def carry(self, number: int, text: str, becomes: str, *, tool: str = "") -> None:
        """Report what replaces a line."""
        self.lines.append(Line(number, text, becomes, tool=tool))

    def leave(self, number: int, text: str, reason: str) -> None:
        """Report that a line is not carried over."""
        self.lines.append(Line(number, text, reason, is_carried=False))

    def add_stage(self, stage: str, branches: Iterable[str] = ()) -> None:
        """Add a stage, to the branches whose condition it is under."""
        add(self.stages, stage)
        for branch in branches:
            add(self.stages_of.setdefault(branch, []), stage)

    def stage_branches(self, default_stage: str = _DEFAULT_STAGE) -> tuple[str, ...]:
        """Branches and stages as values of --stage-branch; empty when the file names neither."""
        if not (self.branches or self.stages or self.stages_of):
            return ()
        pairs = {branch: list(stages) for branch, stages in self.stages_of.items()}
        conditional = {stage for stages in pairs.values() for stage in stages}
        # A stage without a condition of its own is deployed from every branch.
        others = [stage for stage in self.stages if stage not in conditional] or (
            [] if conditional else [default_stage]
        )
        for branch in self.branches or ([] if pairs else [_DEFAULT_BRANCH]):
            for stage in others if branch not in self.stages_of else []:
                add(pairs.setdefault(branch, []), stage)
        return tuple(f"{branch}={stage}" for branch, stages in pairs.items() for stage in stages)


def merge_pipeline(existing: ExistingPipeline, asked: PipelineOptions, *, root: Path) -> PipelineOptions:
    """The options, completed from a pipeline. The project's own files take precedence for language, type and tool."""
    paths = asked.paths or tuple(path for path in existing.paths if (root / path).exists())
    folders = [folder for path in paths or (".",) for folder in detect.folders(root, path)]
    is_known = any(one.language or detect.language_of(root, one) for one in folders)
    language = detect.parse_runtime((asked.runtime or "").lower())[0]
    is_same_language = asked.runtime is None or language == existing.runtime
    stage = next((one.stage for one in folders if one.stage), _DEFAULT_STAGE)
    return replace(
        asked,
        paths=paths,
        runtime=asked.runtime or (None if is_known else existing.runtime),
        type=asked.type or (None if any(one.has_file for one in folders) else existing.type),
        build=asked.build or (None if is_known or not is_same_language else existing.build),
        stage_branches=asked.stage_branches or existing.stage_branches(stage),
        secrets=tuple(dict.fromkeys([*asked.secrets, *existing.secrets])),
    )


def compare_lines(existing: ExistingPipeline, settings: Settings, system: str) -> list[Line]:
    """The lines in file order, with build tools and versions compared with those of the new pipeline."""
    return sorted((_compare(line, settings, system) for line in existing.lines), key=lambda line: line.number)


def _compare(line: Line, settings: Settings, system: str) -> Line:
    if line.container:
        return _compare_container(line, system)
    if line.tool and line.tool != settings.tool:
        return line._replace(becomes=_other_tool(line.tool, settings), is_carried=False)
    return _compare_version(line, settings) if line.language else line


def _compare_version(line: Line, settings: Settings) -> Line:
    versions = sorted({build.version for build in settings.builds})
    if line.language != settings.language:
        reason = message("the new pipeline builds for {language} only", language=settings.language)
    elif not line.version:
        return line
    elif not versions:
        reason = message("is not needed: nothing is built")
    elif all(_is_same_version(line.version, version) for version in versions):
        return line._replace(becomes=message("becomes the version of the runtime, {version}", version=versions[0]))
    else:
        reason = message(
            "differs from the runtime: the new pipeline builds with {versions}, the version of the runtime",
            versions=", ".join(versions),
        )
    return line._replace(becomes=reason, is_carried=False)


def _other_tool(tool: str, settings: Settings) -> str:
    if tool not in TOOLS[settings.language]:
        return message("the new pipeline builds for {language} only", language=settings.language)
    if settings.tool == "none":
        return message("the new pipeline installs no dependencies; to change that, pass --build {other}", other=tool)
    return message(
        "the new pipeline builds with {tool}; to change that, pass --build {other}", tool=settings.tool, other=tool
    )


def _compare_container(line: Line, system: str) -> Line:
    if system in ("jenkins", "coding"):
        reason = message("the new pipeline runs on any agent: set a Kubernetes agent there, if the build needs it")
    else:
        reason = message("the new pipeline has no Kubernetes agent")
    return line._replace(becomes=reason)


def _is_same_version(old: str, new: str) -> bool:
    """Whether a version such as 1.8, 18.x or 3.10 is that of a runtime such as 8, 18.15 or 3.10."""
    parts = old.strip().removeprefix("v").removeprefix("1." if old.startswith("1.8") else "").split(".")
    return all(part in ("x", "*", own) for part, own in zip(parts, new.split("."), strict=False))


def add(names: list[str], name: str) -> None:
    """Append a name that is not in the list yet."""
    if name not in names:
        names.append(name)

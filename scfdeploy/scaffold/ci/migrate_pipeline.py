"""Read the file of `ci init --from`, complete the options from it, and compare its lines with the new pipeline."""

from __future__ import annotations

import os
from pathlib import Path

from scfdeploy.config.files import read_text
from scfdeploy.diagnostics import Diagnostics, ScfDeployError, message
from scfdeploy.model import DEFAULT_STAGE
from scfdeploy.records import replace
from scfdeploy.scaffold.ci import detect
from scfdeploy.scaffold.ci.existing_jenkinsfile import is_jenkinsfile, read_jenkinsfile_text
from scfdeploy.scaffold.ci.existing_pipeline import ExistingPipeline, Line
from scfdeploy.scaffold.ci.existing_workflow import read_workflow_text
from scfdeploy.scaffold.ci.resolve_settings import PipelineOptions
from scfdeploy.scaffold.ci.settings import TOOLS, Settings


def read_pipeline(file: Path) -> ExistingPipeline:
    """Read a pipeline file. ScfDeployError when it is not one, or no step deploys with a known tool."""
    diagnostics = Diagnostics()
    text = read_text(str(file), str(file), diagnostics)
    if text is None:
        why = next((diagnostic.detail for diagnostic in diagnostics), "").rstrip(".")
        raise ScfDeployError(
            message("the pipeline file cannot be read: {why}", why=why),
            hint=message("Pass --from with the workflow or the Jenkinsfile to migrate."),
        )
    existing = read_jenkinsfile_text(text) if is_jenkinsfile(text) else read_workflow_text(text, str(file))
    if not existing.deploys:
        raise ScfDeployError(
            message(
                "no step of {file} deploys with `scf deploy`, `sls deploy`, `serverless deploy` or their action",
                file=file,
            ),
            hint=message("Run `scfdeploy ci init` without --from."),
        )
    return existing


def merge_pipeline(existing: ExistingPipeline, asked: PipelineOptions, *, root: Path) -> PipelineOptions:
    """The options, completed from a pipeline. The project's own files take precedence for language, type and tool."""
    paths = asked.paths or tuple(path for path in existing.paths if _exists(root, path))
    folders = [folder for path in paths or (".",) for folder in detect.folders(root, path)]
    is_known = any(one.language or detect.language_of(root, one) for one in folders)
    language = detect.parse_runtime((asked.runtime or "").lower())[0]
    is_same_language = asked.runtime is None or language == existing.runtime
    stage = next((one.stage for one in folders if one.stage), DEFAULT_STAGE)
    return replace(
        asked,
        paths=paths,
        runtime=asked.runtime or (None if is_known else existing.runtime),
        type=asked.type or (None if any(one.has_file for one in folders) else existing.type),
        build=asked.build or (None if is_known or not is_same_language else existing.build),
        stage_branches=asked.stage_branches or existing.stage_branches(stage),
        secrets=tuple(dict.fromkeys([*asked.secrets, *existing.secrets])),
    )


def _exists(root: Path, path: str) -> bool:
    # Path.exists raises an error for a name that is too long.
    return os.path.exists(root / path)  # noqa: PTH110


def compare_lines(existing: ExistingPipeline, settings: Settings, system: str) -> list[Line]:
    """The lines in file order, with build tools and versions compared with those of the new pipeline."""
    return sorted((_compare(line, settings, system) for line in existing.lines), key=lambda line: line.number)


def _compare(line: Line, settings: Settings, system: str) -> Line:
    if line.container:
        return _compare_container(line, system)
    if line.type:
        return _compare_type(line, settings)
    if line.tool and line.tool != settings.tool:
        return line._replace(becomes=_other_tool(line.tool, settings), is_carried=False)
    return _compare_version(line, settings) if line.language else line


def _compare_type(line: Line, settings: Settings) -> Line:
    if settings.language != "java":
        reason = message("the new pipeline builds for {language} only", language=settings.language)
    elif settings.type != line.type:
        reason = message("is not needed: `src` of an event function names the folder of the jar")
    else:
        return line
    return line._replace(becomes=reason, is_carried=False)


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

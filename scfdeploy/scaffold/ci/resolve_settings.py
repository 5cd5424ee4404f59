"""Combine the options of `ci init` and the contents of a repository into the settings of a pipeline file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, did_you_mean, message
from scfdeploy.model import DEFAULT_STAGE, holds_secret
from scfdeploy.records import dataclass, replace
from scfdeploy.scaffold.ci import detect
from scfdeploy.scaffold.ci.detect import Folder
from scfdeploy.scaffold.ci.names import (
    inside_repository,
    is_command,
    is_set_by_server,
    quotable,
    require_container_names,
    stage_name,
    stages_by_branch,
    variable,
)
from scfdeploy.scaffold.ci.settings import KEYS, TOOLS, TYPES, VERSIONS, Build, Hook, PipelineProject, Settings
from scfdeploy.scaffold.ci.source import Source, installed_source, missing_source, parse_source

_LANGUAGE_ALIASES = {"node": "nodejs", "node.js": "nodejs", "js": "nodejs", "py": "python"}


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """The options of `ci init`. None and empty values are detected in the repository."""

    runtime: str | None = None
    type: str | None = None
    build: str | None = None
    stage_branches: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    keys: str = "secrets"
    package: str | None = None
    archive_events: bool = False


def resolve_settings(root: Path, system: str, asked: PipelineOptions) -> Settings:
    """The settings of a pipeline file. ScfDeployError for unknown, ambiguous or unsafe values."""
    paths = dict.fromkeys(inside_repository(path, message("the path")) for path in asked.paths or (".",))
    by_path = {path: detect.folders(root, path) for path in paths}
    every = [folder for folders in by_path.values() for folder in folders]
    asked = replace(asked, runtime=asked.runtime.strip() if asked.runtime is not None else None)
    language, version = _language(root, asked.runtime, every)
    type_ = _one_of(asked.type or next((one.type for one in every if one.type), None) or "event", TYPES, "--type")
    tool = _tool(root, language, asked.build, every)
    stages = stages_by_branch(asked.stage_branches) or {"main": (_stage(every),)}
    if system in ("cnb", "gitlab"):
        require_container_names(system, stages)
    if asked.keys == "oidc" and system != "github":
        raise ScfDeployError(
            message("OIDC is not supported for {system}", system=system),
            hint=message("scfdeploy exchanges only tokens of GitHub. Omit the option --keys."),
        )
    projects = tuple(_projects(root, by_path, language, version))
    spec = asked.package or installed_source(root)
    if spec is None:
        raise missing_source(root)
    package = parse_source(spec, root)
    secrets = [variable(name) for name in asked.secrets]
    detected = [name for folder in every for name in folder.variables if not is_set_by_server(system, name)]
    return Settings(
        language=language,
        type=type_,
        tool=tool,
        stages=stages,
        projects=projects,
        variables=tuple(dict.fromkeys([*secrets, *detected])),
        keys=_one_of(asked.keys, KEYS, "--keys"),
        package=package,
        command=_command(system, asked, package, [language, "--type", type_, "--build", tool], stages),
        notes=tuple(_notes(root, every, language, tool)),
        archive_events=asked.archive_events,
        installs=_installs(root, language, tool, every, projects),
    )


def _language(root: Path, runtime: str | None, every: Sequence[Folder]) -> tuple[str, str | None]:
    """The language, and the version when --runtime names one."""
    if runtime is not None:
        word = runtime.lower()
        word = _LANGUAGE_ALIASES.get(word, word)
        language, version = detect.parse_runtime(word)
        if language is None:
            raise ScfDeployError(
                message('no pipeline template for the runtime "{runtime}"', runtime=runtime),
                hint=did_you_mean(word, TOOLS) or message("Choose {choices}.", choices=_listed(tuple(TOOLS))),
            )
        return language, version
    languages = {one.language for one in every if one.language}
    if not languages:
        languages = {manifest[0] for folder in every if (manifest := detect.language_of(root, folder))}
    if len(languages) != 1:
        raise ScfDeployError(
            _language_problem(languages, [one.runtime for one in every if one.runtime]),
            hint=message("Pass --runtime {choices} and the folders that use it.", choices="|".join(TOOLS)),
        )
    return languages.pop(), None


def _language_problem(languages: set[str], runtimes: Sequence[str]) -> str:
    if languages:
        return message("the folders use several languages ({languages})", languages=", ".join(sorted(languages)))
    if runtimes:
        return message('no pipeline template for the runtime "{runtime}"', runtime=runtimes[0])
    return message("no runtime was found")


def _tool(root: Path, language: str, asked: str | None, every: Sequence[Folder]) -> str:
    if asked is not None:
        return _one_of(asked, TOOLS[language], "--build")
    manifests = _manifests(root, every, language)
    if manifests:
        return "none" if any(one.hooks for one in every) else manifests[0][1]
    # A project without a manifest has no dependencies. Where there is no project yet, assume the default tool.
    has_none = language != "java" and any(one.has_file for one in every)
    return "none" if has_none else TOOLS[language][0]


def _installs(
    root: Path, language: str, tool: str, every: Sequence[Folder], projects: Sequence[PipelineProject]
) -> bool:
    """Whether `scfdeploy build` installs all dependencies: it reads manifests beside the code and serverless.yml."""
    if language not in ("python", "nodejs") or any(one.install is False for one in every):
        return False
    if any(one.install for one in every):
        return True
    builds = [build for project in projects for build in project.builds]
    has_lock = language == "python" or all(
        detect.lock_file_tool(root / (build.lock or build.manifest)) == tool for build in builds
    )
    return tool != "none" and has_lock and all(build.manifest in (build.source, build.folder) for build in builds)


def _manifests(root: Path, every: Sequence[Folder], language: str) -> list[tuple[str, str]]:
    return [manifest for folder in every if (manifest := detect.find_manifest(root, folder, language)) is not None]


def _stage(every: Sequence[Folder]) -> str:
    return next((stage_name(folder.stage) for folder in every if folder.stage), DEFAULT_STAGE)


def _projects(
    root: Path, by_path: Mapping[str, Sequence[Folder]], language: str, version: str | None
) -> list[PipelineProject]:
    """The projects: each independent instance on its own, linked instances together."""
    has_some = bool(_manifests(root, [one for folders in by_path.values() for one in folders], language))
    projects = []
    for path, folders in by_path.items():
        # When some folders have a manifest, the others have no dependencies.
        builds = {
            one.path: _builds(root, one, language, version)
            for one in folders
            if not has_some or detect.find_manifest(root, one, language) is not None
        }
        if len(folders) == 1 or any(one.linked for one in folders):
            hooks = tuple(dict.fromkeys(hook for one in folders for hook in _hooks(one)))
            projects.append(PipelineProject(path, tuple(build for some in builds.values() for build in some), hooks))
        else:
            projects.extend(
                PipelineProject(quotable(one.path, message("the path")), builds.get(one.path, ()), _hooks(one))
                for one in folders
            )
    if len(projects) > 1 and any(len(one.builds) > 1 or len(one.hooks) > 1 for one in projects):
        raise ScfDeployError(
            message("there are several projects, and one of them has several folders to build"),
            hint=message("Generate one pipeline file for each PATH."),
        )
    return projects


def _hooks(folder: Folder) -> tuple[Hook, ...]:
    """The `src.hook` commands. Only the build job runs them, because it has no credentials."""
    for hook in folder.hooks:
        if not is_command(hook.command):
            raise ScfDeployError(
                message("{path}: src.hook must be one line without variables and backslashes", path=folder.path),
                hint=message("Move the command into a script, and set src.hook to that script."),
            )
        if holds_secret(hook.command):
            raise ScfDeployError(
                message(
                    "{path}: src.hook contains a secret, which would be copied into the pipeline file", path=folder.path
                ),
                hint=message(
                    "Move the command into a script that reads the secret elsewhere, and set src.hook to that script."
                ),
            )
        quotable(hook.folder, message("the folder"))
    return folder.hooks


def _builds(root: Path, folder: Folder, language: str, version: str | None) -> tuple[Build, ...]:
    """The builds of one file: Python packages are installed into each source folder, other languages build once."""
    sources = folder.sources if language == "python" else folder.sources[:1]
    return tuple(_build(root, folder, language, version=version, source=source) for source in sources)


def _build(root: Path, folder: Folder, language: str, *, version: str | None, source: str) -> Build:
    manifest = detect.find_manifest(root, folder, language, source)
    chosen = version or (folder.version if folder.language == language else None) or VERSIONS[language]
    if _needs_own_folder(folder, language):
        source = "zip" if folder.path == "." else f"{folder.path}/zip"
    place = manifest[0] if manifest else folder.path
    lock = detect.lock_place(root, place) if manifest is not None and language == "nodejs" else place
    return Build(
        quotable(folder.path, message("the folder")),
        quotable(source, message("the folder")),
        place,
        chosen,
        lock if lock != place else "",
    )


def _needs_own_folder(folder: Folder, language: str) -> bool:
    """Whether a jar and its scf_bootstrap would otherwise be written among the sources."""
    return language == "java" and folder.sources[0] == folder.path and (folder.type == "web" or not folder.has_file)


def _one_of(word: str, known: Sequence[str], option: str) -> str:
    if word not in known:
        hint = did_you_mean(word, known) or message("Choose {choices}.", choices=_listed(known))
        raise ScfDeployError(message("unknown value of {option}: {word}", option=option, word=word), hint=hint)
    return word


def _listed(words: Sequence[str]) -> str:
    return message("{words} or {last}", words=", ".join(words[:-1]), last=words[-1])


def _command(
    system: str, asked: PipelineOptions, package: Source, detected: Sequence[str], stages: Mapping[str, tuple[str, ...]]
) -> str:
    """The command line that generates the same file on any machine. `detected` starts with the language."""
    language, *others = detected
    words = ["scfdeploy", "ci", "init", system, *asked.paths, "--runtime", asked.runtime or language, *others]
    for branch, names in stages.items():
        words += [word for name in names for word in ("--stage-branch", f"{branch}={name}")]
    for name in asked.secrets:
        words += ["--secret", name]
    if asked.keys != KEYS[0]:
        words += ["--keys", asked.keys]
    if asked.archive_events:
        words.append("--archive-events")
    return shlex.join([*words, "--package", package.spec])


def _notes(root: Path, every: Sequence[Folder], language: str, tool: str) -> list[str]:
    notes = []
    for one in every:
        if one.has_file and _needs_own_folder(one, language):
            notes.append(
                message(
                    "{path}: set `src: ./zip` in serverless.yml; the build puts the jar and scf_bootstrap there.",
                    path=one.path,
                )
            )
    if language == "nodejs" and tool == "npm":
        notes += [
            message(
                "{folder}/package-lock.json is missing, and npm ci requires it. Run npm install and commit the file.",
                folder=place,
            )
            for place in sorted({place for place, _ in _manifests(root, every, language)})
            if detect.lock_file_tool(root / detect.lock_place(root, place)) is None
        ]
    return notes

"""Combine the options of `ci init` and the contents of a repository into the settings of a pipeline file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, did_you_mean
from scfdeploy.model import holds_secret
from scfdeploy.scaffold.ci import detect
from scfdeploy.scaffold.ci.detect import Folder
from scfdeploy.scaffold.ci.names import inside, is_command, quotable, stages_by_branch, variable
from scfdeploy.scaffold.ci.settings import KEYS, TOOLS, TYPES, VERSIONS, Build, Deployed, Hook, Settings
from scfdeploy.scaffold.ci.source import Source, installed_source, missing_source, parse_source

_OTHER_WORDS = {"node": "nodejs", "node.js": "nodejs", "js": "nodejs", "py": "python"}
_NO_STAGE = "dev"  # the default stage of every command


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of `ci init`. None and empty values are detected in the repository."""

    runtime: str | None = None
    type: str | None = None
    build: str | None = None
    stage_branches: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    keys: str = "secrets"
    package: str | None = None


def decide(root: Path, system: str, asked: Asked) -> Settings:
    """The settings of a pipeline file. ScfDeployError for unknown, ambiguous or unsafe values."""
    found = {
        path: detect.folders(root, path)
        for path in dict.fromkeys(inside(one, "the path") for one in asked.paths or (".",))
    }
    every = [folder for folders in found.values() for folder in folders]
    language, version = _language(root, asked.runtime, every)
    type_ = _one_of(asked.type or next((one.type for one in every if one.type), None) or "event", TYPES, "--type")
    tool = _tool(root, language, asked.build, every)
    stages = stages_by_branch(asked.stage_branches) or {"main": (_stage(every),)}
    projects = tuple(_projects(root, found, language, version))
    spec = asked.package or installed_source(root)
    if spec is None:
        raise missing_source()
    package = parse_source(spec, root)
    variables = tuple(
        dict.fromkeys([*(variable(name) for name in asked.secrets), *(n for one in every for n in one.variables)])
    )
    return Settings(
        language=language,
        type=type_,
        tool=tool,
        stages=stages,
        projects=projects,
        variables=variables,
        keys=_one_of(asked.keys, KEYS, "--keys"),
        package=package,
        command=_command(system, asked, package, [language, "--type", type_, "--build", tool], stages),
        notes=tuple(_notes(root, every, language, tool)),
    )


def _language(root: Path, runtime: str | None, every: Sequence[Folder]) -> tuple[str, str | None]:
    """The language, and the version when --runtime names one."""
    if runtime is not None:
        word = runtime.strip().lower()
        word = _OTHER_WORDS.get(word, word)
        language, version = detect.runtime_of(word)
        if language is None:
            raise ScfDeployError(
                f'no pipeline template for the runtime "{runtime}"',
                hint=did_you_mean(word, TOOLS) or f"Choose {_listed(tuple(TOOLS))}.",
            )
        return language, version
    written = {one.language for one in every if one.language}
    if not written:
        written = {found[0] for one in every if (found := detect.language_of(root, one))}
    if len(written) != 1:
        raise ScfDeployError(
            _unclear(written, [one.runtime for one in every if one.runtime]),
            hint=f"Pass --runtime {'|'.join(TOOLS)} and the folders that use it.",
        )
    return written.pop(), None


def _unclear(languages: set[str], runtimes: Sequence[str]) -> str:
    if languages:
        return f"the folders use several languages ({', '.join(sorted(languages))})"
    if runtimes:
        return f'no pipeline template for the runtime "{runtimes[0]}"'
    return "no runtime was found"


def _tool(root: Path, language: str, asked: str | None, every: Sequence[Folder]) -> str:
    if asked is not None:
        return _one_of(asked, TOOLS[language], "--build")
    manifests = _manifests(root, every, language)
    if manifests:
        return "none" if any(one.hooks for one in every) else manifests[0][1]
    # A project without a manifest has no dependencies. Where there is no project yet, assume the default tool.
    has_none = language != "java" and any(one.has_file for one in every)
    return "none" if has_none else TOOLS[language][0]


def _manifests(root: Path, every: Sequence[Folder], language: str) -> list[tuple[str, str]]:
    return [found for one in every if (found := detect.find_manifest(root, one, language)) is not None]


def _stage(every: Sequence[Folder]) -> str:
    return next((quotable(one.stage, "the stage") for one in every if one.stage), _NO_STAGE)


def _projects(root: Path, found: Mapping[str, Sequence[Folder]], language: str, version: str | None) -> list[Deployed]:
    """The projects: each independent instance on its own, linked instances together."""
    has_some = bool(_manifests(root, [one for folders in found.values() for one in folders], language))
    projects = []
    for path, folders in found.items():
        # When some folders have a manifest, the others have no dependencies.
        builds = {
            one.path: _builds(root, one, language, version)
            for one in folders
            if not has_some or detect.find_manifest(root, one, language) is not None
        }
        if len(folders) == 1 or any(one.linked for one in folders):
            hooks = tuple(dict.fromkeys(hook for one in folders for hook in _hooks(one)))
            projects.append(Deployed(path, tuple(build for some in builds.values() for build in some), hooks))
        else:
            projects.extend(
                Deployed(quotable(one.path, "the path"), builds.get(one.path, ()), _hooks(one)) for one in folders
            )
    if len(projects) > 1 and any(len(one.builds) > 1 or len(one.hooks) > 1 for one in projects):
        raise ScfDeployError(
            "there are several projects, and one of them has several folders to build",
            hint="Generate one pipeline file for each PATH.",
        )
    return projects


def _hooks(found: Folder) -> tuple[Hook, ...]:
    """The `src.hook` commands. Only the build job runs them: jobs with credentials run no code of the project."""
    for hook in found.hooks:
        if not is_command(hook.command):
            raise ScfDeployError(
                f"{found.path}: src.hook must be one line without variables and backslashes",
                hint="Move the command into a script, and set src.hook to that script.",
            )
        if holds_secret(hook.command):
            raise ScfDeployError(
                f"{found.path}: src.hook contains a secret, which would be copied into the pipeline file",
                hint="Move the command into a script that reads the secret elsewhere, and set src.hook to that script.",
            )
        quotable(hook.folder, "the folder")
    return found.hooks


def _builds(root: Path, found: Folder, language: str, version: str | None) -> tuple[Build, ...]:
    """The builds of one file: Python packages are installed into each source folder, other languages build once."""
    sources = found.sources if language == "python" else found.sources[:1]
    return tuple(_build(root, found, language, version=version, source=source) for source in sources)


def _build(root: Path, found: Folder, language: str, *, version: str | None, source: str) -> Build:
    manifest = detect.find_manifest(root, found, language, source)
    chosen = version or (found.version if found.language == language else None) or VERSIONS[language]
    if _needs_own_folder(found, language):
        source = "zip" if found.path == "." else f"{found.path}/zip"
    place = manifest[0] if manifest else found.path
    return Build(quotable(found.path, "the folder"), quotable(source, "the folder"), place, chosen)


def _needs_own_folder(found: Folder, language: str) -> bool:
    """Whether a jar and its scf_bootstrap would otherwise be written among the sources."""
    return language == "java" and found.sources[0] == found.path and (found.type == "web" or not found.has_file)


def _one_of(word: str, known: Sequence[str], option: str) -> str:
    if word not in known:
        hint = did_you_mean(word, known) or f"Choose {_listed(known)}."
        raise ScfDeployError(f"unknown value of {option}: {word}", hint=hint)
    return word


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _command(
    system: str, asked: Asked, package: Source, found: Sequence[str], stages: Mapping[str, tuple[str, ...]]
) -> str:
    """The command line that generates the same file on any machine. `found` starts with the language."""
    language, *others = found
    words = ["scfdeploy", "ci", "init", system, *asked.paths, "--runtime", asked.runtime or language, *others]
    for branch, names in stages.items():
        words += [word for name in names for word in ("--stage-branch", f"{branch}={name}")]
    for name in asked.secrets:
        words += ["--secret", name]
    if asked.keys != KEYS[0]:
        words += ["--keys", asked.keys]
    return shlex.join([*words, "--package", package.spec])


def _notes(root: Path, every: Sequence[Folder], language: str, tool: str) -> list[str]:
    notes = []
    for one in every:
        if one.has_file and _needs_own_folder(one, language):
            notes.append(
                f"{one.path}: set `src: ./zip` in serverless.yml; the build puts the jar and scf_bootstrap there."
            )
    if language == "nodejs" and tool == "npm":
        notes += [
            f"{place}/package-lock.json is missing, and npm ci requires it. Run npm install and commit the file."
            for place in sorted({place for place, _ in _manifests(root, every, language)})
            if not (root / place / "package-lock.json").is_file()
        ]
    return notes

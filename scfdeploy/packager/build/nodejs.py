"""Find and install the production dependencies of Node.js functions from their lock file.

The manager runs in a copy of the manifests, so that the folder of the code stays as it is. Scripts of packages run only
with `scripts`; those of the project itself never do, because its other files are not in the copy.
"""
# ruff: noqa: PTH103, PTH104, PTH112, PTH113, PTH118, PTH119, PTH120, PTH123, PTH211
# Paths are plain strings, as in fingerprint.py.

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.packager.build.dependencies import (
    DEPENDENCY_FILE_INVALID,
    LOCK_OUTDATED,
    BuildError,
    CommandFailed,
    Dependencies,
    Run,
)
from scfdeploy.packager.build.module_tree import (
    MODULES,
    MissingError,
    TooDeepError,
    check_installed,
    has_links,
    lay_out,
    remove_leftovers,
)
from scfdeploy.packager.build.node_project import (
    PRODUCTION,
    NodeProject,
    own_files,
    production_names,
    read_manifest,
    read_project,
)
from scfdeploy.packager.findings import printable
from scfdeploy.records import NamedTuple

PACKAGE_MANAGER_MISSING = Finding(
    "package-manager-missing",
    Severity.ERROR,
    "Package manager not found",
    detail="{lock} is a lock file of {manager}, and there is no {manager} on this machine.",
    hint="Install it: {command}",
    title="The package manager of a lock file is not installed.",
    what="The dependencies of a function are listed in a lock file of npm, pnpm or yarn, and this program is not "
    "installed, or only in another major version.",
    why="Only the manager that wrote the lock file installs exactly the packages in it.",
    wrong="A pnpm-lock.yaml, and neither `pnpm` nor `corepack` on the machine.",
    right="`npm install --global pnpm`, or no installation by scfdeploy: `src: {src: ./, build: false}`",
)
PACKAGE_NOT_INSTALLED = Finding(
    "package-not-installed",
    Severity.ERROR,
    "Package was not installed",
    detail="{manager} installed no {package}, which {manifest} requires.",
    hint="Run {command}, and commit the lock file.",
    title="A package that the manager has not installed.",
    what="The lock file was installed without an error, and a package that the function requires is not there.",
    why="The function would fail when it loads the package.",
    wrong="A dependency that a setting of the manager removes (`overrides`, `omit`).",
    right="A dependency that `npm ci --omit=dev` installs.",
)
PACKAGES_CONFLICT = Finding(
    "packages-conflict",
    Severity.ERROR,
    "Packages cannot be put into one folder",
    detail="The packages that {manifest} needs require each other in so many versions that no folder can hold them.",
    hint="Update them, so that they agree on one version: {command}",
    title="Packages of a workspace that no node_modules folder can hold.",
    what="Packages depend on different versions of each other in a circle.",
    why="In an archive, a package finds its dependencies only in folders above itself.",
    wrong="Packages a@1 and b@1 that require b@2 and a@2, which require b@1 and a@1.",
    right="One version of each of them.",
)

_PLATFORM = {"os": "linux", "cpu": "x64", "libc": "glibc"}
_WORK = ".work"
_OUTDATED = re.compile(
    r"can only install packages when your package\.json and|ERR_PNPM_(OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH)"
    r"|[Yy]our lockfile needs to be updated|YN0028|The lockfile would have been modified"
)
_UPDATE = {"npm": "npm install --package-lock-only", "pnpm": "pnpm install --lockfile-only", "yarn": "yarn install"}
_SECRET_SETTING = re.compile(
    r"_?(?:auth|authToken|password)\b['\"]?\s*[=:]\s*(\S+)|npmAuth(?:Token|Ident)['\"]?\s*:\s*(\S+)"
)
_SECRET_ADDRESS = re.compile(r"://([^/\s:@]*:[^/\s@]+)@")
_QUIET = {"CI": "true", "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0", "NO_UPDATE_NOTIFIER": "1", "ADBLOCK": "1"}


def find(root: str, runtime: str, *, scripts: bool) -> Dependencies | None:
    """The dependencies named by the package.json in `root` and a lock file there or of its workspace. BuildError.

    None without a manifest or lock file: without one, every machine would install something else.
    """
    with _reported():
        project = read_project(root)
        if project is None:
            return None
        return Dependencies(project.manager, root, project.inputs(), runtime, scripts, replaces=(MODULES,))


def check(dependencies: Dependencies) -> None:
    """Raise BuildError for a lock file that certainly lacks a package; the manager finds the other differences."""
    with _reported():
        project = read_project(dependencies.root)
        if project is not None:
            _check_lock(project)


def install(dependencies: Dependencies, staging: Path, *, run: Run) -> None:
    """Install them into `node_modules` in the empty folder `staging`. BuildError, CommandFailed."""
    with _reported():
        _install(dependencies, staging, run)


@contextmanager
def _reported() -> Iterator[None]:
    """Report a file that cannot be read or copied."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise BuildError(DEPENDENCY_FILE_INVALID, file=printable(str(error.filename)), reason=reason) from error


def _install(dependencies: Dependencies, staging: Path, run: Run) -> None:
    project = read_project(dependencies.root)
    if project is None:
        return
    _check_lock(project)
    work = str(staging / _WORK)
    copy = _Copy(project, work)
    try:
        copy.write()
        command = _command(copy, scripts=dependencies.scripts, run=run)
        try:
            run(command.words, command.folder, quiet=True, variables={**_QUIET, **command.variables})
        except CommandFailed as error:
            raise _explained(error, project) from error
        _finish(copy, str(staging / MODULES))
    finally:
        shutil.rmtree(work, ignore_errors=True)


class _Command(NamedTuple):
    words: Sequence[str]
    folder: str
    variables: Mapping[str, str]


class _Copy:
    """A copy of the files that a manager needs, in the same places relative to each other."""

    def __init__(self, project: NodeProject, work: str) -> None:
        self.project = project
        self.work = work
        places = (project.root, project.base, *project.linked, *map(os.path.dirname, project.archives))
        self._common = os.path.commonpath(places)

    @property
    def root(self) -> str:
        """The copy of the package."""
        return self.place(self.project.root)

    @property
    def base(self) -> str:
        """The copy of the folder with the lock file."""
        return self.place(self.project.base)

    @property
    def is_berry(self) -> bool:
        """Whether the lock file is of yarn 2 or newer."""
        return _is_berry(self.project)

    def place(self, path: str) -> str:
        """The copy of a path."""
        return os.path.normpath(os.path.join(self.work, os.path.relpath(path, self._common)))

    def write(self) -> None:
        """Copy the files."""
        project = self.project
        for folder in project.linked:
            for path in own_files(folder):
                self._copy(path)
        for path in (os.path.join(project.base, project.lock), *project.archives):
            self._copy(path)
        for path in project.settings():
            self._link(path) if os.path.basename(path) == ".npmrc" else self._copy(path)
        for path in project.manifests():
            self._write_manifest(os.path.dirname(path))
        if self.project.manager == "pnpm":
            # Older versions read the platform from package.json, newer ones only from this file.
            _add_yaml(os.path.join(self.base, "pnpm-workspace.yaml"), new="packages: ['.']")
        if self.is_berry:
            _add_yaml(os.path.join(self.base, ".yarnrc.yml"))

    def _copy(self, path: str) -> None:
        target = self.place(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(path, target)

    def _link(self, path: str) -> None:
        """Link a file that can have tokens, so that they are in no second place."""
        target = self.place(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        try:
            os.symlink(path, target)
        except OSError:  # Windows without the permission for links
            shutil.copyfile(path, target)

    def _write_manifest(self, folder: str) -> None:
        """Write a manifest without the scripts of the project, which need its other files."""
        manifest: dict[str, Any] = {key: value for key, value in read_manifest(folder).items() if key != "scripts"}
        project = self.project
        if project.manager == "pnpm" and folder == project.base:
            supported = {"supportedArchitectures": {key: [value] for key, value in _PLATFORM.items()}}
            settings = manifest.get("pnpm")
            manifest["pnpm"] = supported | (settings if isinstance(settings, dict) else {})
        if project.manager == "yarn" and not self.is_berry and project.is_workspace:
            self._reduce(manifest, folder)
        target = os.path.join(self.place(folder), "package.json")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=2)

    def _reduce(self, manifest: dict[str, Any], folder: str) -> None:
        """Leave only what the package needs: yarn 1 installs the dependencies of all packages of a workspace."""
        project = self.project
        if folder == project.base:
            needed = [folder for folder in (project.root, *project.linked) if folder in project.members.values()]
            manifest["workspaces"] = sorted(Path(os.path.relpath(one, folder)).as_posix() for one in needed)
            manifest["private"] = True
            if folder != project.root:
                manifest.pop("dependencies", None)
                manifest.pop("optionalDependencies", None)
        manifest.pop("devDependencies", None)


def _command(copy: _Copy, *, scripts: bool, run: Run) -> _Command:
    """The command that installs the production dependencies of the package from the lock file."""
    project = copy.project
    no_scripts = [] if scripts else ["--ignore-scripts"]
    package = Path(os.path.relpath(copy.root, copy.base)).as_posix()
    is_member = project.root != project.base
    match project.manager:
        case "npm":
            words = ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--install-strategy=hoisted", *no_scripts]
            words += [f"--workspace={package}"] if is_member else []
            _require("npm", copy)
            # Variables count before .npmrc, which can name any program for git, and reach the npm of packages from git.
            values = {**_PLATFORM, "git": "git", **({} if scripts else {"ignore_scripts": "true"})}
            return _Command(words, copy.base, {f"npm_config_{key}": value for key, value in values.items()})
        case "pnpm":
            words = [*_require("pnpm", copy), *([f"--filter={{./{package}}}..."] if is_member else [])]
            words += ["install", "--prod", "--frozen-lockfile", "--config.node-linker=hoisted", *no_scripts]
            words += ["--config.package-import-method=copy", "--config.confirm-modules-purge=false"]
            return _Command(words, copy.base, {})
    words = _yarn(copy, run)
    if not copy.is_berry:
        words += ["install", "--production", "--frozen-lockfile", "--non-interactive", "--no-progress", *no_scripts]
        return _Command(words, copy.base, {})
    variables = {"YARN_NODE_LINKER": "node-modules", "YARN_ENABLE_TELEMETRY": "0", "YARN_ENABLE_PROGRESS_BARS": "0"}
    variables["YARN_ENABLE_SCRIPTS"] = "true" if scripts else "false"
    return _Command([*words, "install", "--immutable"], copy.base, variables)


def _require(program: str, copy: _Copy) -> list[str]:
    """The command that starts a manager: itself, or by corepack. BuildError without either."""
    if shutil.which(program) is not None:
        return [program]
    if program != "npm" and shutil.which("corepack") is not None:
        return ["corepack", program]
    raise _missing(copy, f"npm install --global {program}" if program != "npm" else "https://nodejs.org")


def _yarn(copy: _Copy, run: Run) -> list[str]:
    """The command that starts the yarn that the lock file is of. BuildError without it."""
    match = re.search(r"^yarnPath:\s*['\"]?([^'\"\s]+)", _text(os.path.join(copy.base, ".yarnrc.yml")), re.MULTILINE)
    if copy.is_berry and match and os.path.isfile(os.path.join(copy.base, match[1])):
        return ["node", match[1]]
    for words in (["yarn"], ["corepack", "yarn"]):
        if shutil.which(words[0]) is None:
            continue
        try:
            version = run([*words, "--version"], copy.base, quiet=True, variables=_QUIET)
        except CommandFailed:
            continue
        if version and version[-1].strip().startswith("1.") is not copy.is_berry:
            return words
    name = "@yarnpkg/cli-dist" if copy.is_berry else "yarn@1"
    raise _missing(copy, f"npm install --global {name}")


def _is_berry(project: NodeProject) -> bool:
    return project.manager == "yarn" and "__metadata:" in _text(os.path.join(project.base, project.lock))


def _check_lock(project: NodeProject) -> None:
    if project.manager == "npm":
        _check_npm_lock(project)
    elif project.manager == "yarn" and not _is_berry(project):
        _check_yarn_lock(project)


def _check_npm_lock(project: NodeProject) -> None:
    """Check that the lock file of npm has each package that the manifest names, in any version."""
    try:
        packages = json.loads(_text(os.path.join(project.base, project.lock)))["packages"]
    except (ValueError, KeyError, TypeError, RecursionError):
        packages = None
    if not isinstance(packages, dict):
        return  # of npm 6, or damaged: npm says so
    member = Path(os.path.relpath(project.root, project.base)).as_posix()
    for name, _ in production_names(read_manifest(project.root), PRODUCTION[:1]):
        if not {f"node_modules/{name}", f"{member}/node_modules/{name}"} & packages.keys():
            raise _outdated(project, project.root)


def _check_yarn_lock(project: NodeProject) -> None:
    """Check that the lock file of yarn 1 has what the manifests name: in a workspace, --frozen-lockfile does not."""
    text = _text(os.path.join(project.base, project.lock))
    locked = {one.strip(' "') for line in re.findall(r"^[^#\s].*(?=:$)", text, re.MULTILINE) for one in line.split(",")}
    resolutions = read_manifest(project.base).get("resolutions")
    changed = {name.rpartition("/")[2] for name in resolutions} if isinstance(resolutions, dict) else set()
    for folder in (project.root, *project.linked):
        for name, specifier in production_names(read_manifest(folder), PRODUCTION[:2]):
            if name not in project.members and name not in changed and f"{name}@{specifier}" not in locked:
                raise _outdated(project, folder)


def _missing(copy: _Copy, command: str) -> BuildError:
    name = copy.project.manager if copy.project.manager != "yarn" else "yarn 2 or newer" if copy.is_berry else "yarn 1"
    return BuildError(PACKAGE_MANAGER_MISSING, lock=copy.project.lock, manager=name, command=command)


def _explained(error: CommandFailed, project: NodeProject) -> Exception:
    """The reason why an installation failed, without tokens of the project's settings."""
    lines = [_without_secrets(line, project) for line in error.lines]
    if any(_OUTDATED.search(line) for line in lines):
        return _outdated(project, project.root)
    return CommandFailed(error.words, project.base, error.result, lines, error.timeout_s)


def _outdated(project: NodeProject, folder: str) -> BuildError:
    return BuildError(
        LOCK_OUTDATED,
        detail='"{lock}" does not have the packages that "{manifest}" names.',
        lock=project.lock,
        manifest=printable(os.path.relpath(os.path.join(folder, "package.json"), project.base)),
        command=_UPDATE[project.manager],
    )


def _without_secrets(line: str, project: NodeProject) -> str:
    line = _SECRET_ADDRESS.sub("://***@", line)
    for secret in _secrets(project):
        line = line.replace(secret, "***")
    return line


def _secrets(project: NodeProject) -> Iterator[str]:
    for path in project.settings():
        for match in _SECRET_SETTING.finditer(_text(path)):
            secret = (match[1] or match[2]).strip("'\"")
            if len(secret) > 3 and not secret.startswith("${"):
                yield secret


def _finish(copy: _Copy, target: str) -> None:
    """Move the installed packages to `target`, as plain files without what differs between machines."""
    project, installed = copy.project, os.path.join(copy.base, MODULES)
    try:
        if project.is_workspace or project.linked or copy.is_berry or has_links(installed):
            own = frozenset(os.path.realpath(copy.place(one)) for one in (project.root, *project.linked))
            lay_out(copy.root, copy.work, target, own=own)
        else:
            check_installed(copy.root, copy.work)
            if os.path.isdir(installed):
                os.rename(installed, target)
    except (TooDeepError, MissingError) as error:
        manifest = os.path.relpath(os.path.join(error.folder, "package.json"), os.path.realpath(copy.base))
        values = {
            "manager": project.manager,
            "package": printable(error.package),
            "manifest": printable(manifest),
            "command": _UPDATE[project.manager],
        }
        finding = PACKAGES_CONFLICT if isinstance(error, TooDeepError) else PACKAGE_NOT_INSTALLED
        raise BuildError(finding, **values) from error
    remove_leftovers(target)


def _add_yaml(path: str, *, new: str = "") -> None:
    """Add the platform of the functions to a settings file that names none; `new` is the text of a new file."""
    text = _text(path) or new
    if "supportedArchitectures" in text or text.lstrip().startswith("{"):
        return
    platform = ", ".join(f"{key}: [{value}]" for key, value in _PLATFORM.items())
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{text.rstrip()}\nsupportedArchitectures: {{{platform}}}\n".lstrip())


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""

"""Find and install the dependencies of Python functions, with uv where it is installed, otherwise with pip.

Both install the same files: packages are pinned and markers evaluated by `python_locks`, or resolved for the
function's interpreter; only wheels are taken; and what an installer adds is removed.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.packager.build.dependencies import BuildError, CommandFailed, Dependencies, Run, is_trusted
from scfdeploy.packager.build.python_locks import (
    has_member,
    pipfile_lock,
    poetry_lock,
    read_toml,
    unlocked_lines,
    uv_lock,
)
from scfdeploy.packager.build.python_target import PythonTarget
from scfdeploy.packager.build.requirement_files import read_requirement_file
from scfdeploy.packager.findings import printable

DEPENDENCY_WITHOUT_WHEEL = Finding(
    "dependency-without-wheel",
    Severity.ERROR,
    "Dependency has no wheel for the function",
    detail='No wheel of "{package}" was found for {target}.',
    hint="Require a version that has one. Or build it from source: `src: {build: {scripts: true}}`; that runs its code "
    "here, and needs a machine like the function's.",
    title="A dependency without a wheel for the function.",
    what="There is no wheel of a package for the Python version and the platform of the function, or no such version.",
    why="Functions have no compiler, and building from source runs the package's code, which is off unless allowed.",
    wrong="`numpy==1.26.4` in requirements.txt, with `runtime: Python3.7`",
    right=yaml("runtime: Python3.10\nsrc: {src: ./, build: {scripts: true}}   # only if no version has a wheel"),
)
DEPENDENCY_FOR_OTHER_PLATFORM = Finding(
    "dependency-for-other-platform",
    Severity.ERROR,
    "Dependency was built for another platform",
    detail='"{package}" was built for {tags}, which {target} does not load.',
    hint="Run the build on Linux x86-64 with the function's version of Python, or require a version that has a wheel.",
    title="A dependency that was built for another platform.",
    what="With `src.build.scripts`, a package with compiled code was built on this machine, for this machine.",
    why="The function could not import it.",
    wrong="A source build of a C extension on macOS.",
    right="The same build in a pipeline on Linux x86-64, with the function's version of Python.",
)
PYTHON_INSTALLER_MISSING = Finding(
    "python-installer-missing",
    Severity.ERROR,
    "Neither uv nor pip is installed",
    detail='The dependencies in "{file}" are installed with uv or pip, and none of them was found.',
    hint="Install uv (https://docs.astral.sh/uv/), or pip for `python3`. To package the code as it is, run with "
    "--no-build.",
    title="No program that installs Python packages.",
    what="There is no `uv` in PATH, no pip beside scfdeploy, and no pip of `python3`.",
    why="The code would lack its dependencies, and every call would fail.",
    wrong="A container with scfdeploy and without pip.",
    right="The same, after `apt-get install python3-pip`, or with uv.",
)

_PIP_PROGRAM = Path(__file__).with_name("pip_for_target.py")
_LOCKS: Mapping[str, Callable[..., list[str]]] = {"uv.lock": uv_lock, "poetry.lock": poetry_lock}
_LEFTOVERS = ("RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
"""Files of an installer in `*.dist-info`, which differ between installers and machines."""
_SCRIPT_FOLDERS = ("bin", "include")
"""What an installer puts beside the packages: commands that begin with the path of an interpreter, and C headers."""
_WITHOUT_WHEEL = (
    re.compile(r"ERROR: No matching distribution found for (?P<package>\S+)"),
    re.compile(r"ecause (?P<package>\S+) has no (usable |compatible )?wheels"),
    re.compile(r"ecause only (?P<package>\S+?)(==\S+)? is available.*has no wheels"),
)
_OTHER_PLATFORM = re.compile(r"built wheel `(?P<package>[^`]+?-[^`]+?)-(?P<tags>[^`]+)\.whl` is not compatible")
_NO_NETWORK = re.compile(
    r"connection|connect error|Name or service|name resolution|timed out|certificate", re.IGNORECASE
)
_PIP_VARIABLES = {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def find(root: str, runtime: str, *, scripts: bool) -> Dependencies | None:
    """The dependencies that the folder `root` names; None without any. A lock file counts before requirements.txt."""
    folder, target = Path(root), PythonTarget(runtime)
    files = _manifest(folder)
    if files is None:
        return None
    inputs: Sequence[str] = [str(file) for file in files]
    unpinned: Sequence[str] = ()
    if files[0].name == "requirements.txt":
        listed = read_requirement_file(files[0], target, scripts=scripts)
        inputs, unpinned = listed.inputs, listed.unpinned
        if not listed.names:
            return None
    else:
        lines = _locked_lines(files, target, scripts=scripts)
        if not lines:
            return None
        if files[0].name == "pyproject.toml":  # others have exact versions, and options for their indexes
            unpinned = [line for line in lines if "==" not in line and " @ " not in line]
    manager = "uv" if shutil.which("uv") else "pip"
    return Dependencies(manager, root, tuple(inputs), runtime, scripts, unpinned=tuple(unpinned))


def check(dependencies: Dependencies) -> None:
    """Do nothing: `find` has read the whole file."""


def install(dependencies: Dependencies, staging: Path, *, run: Run) -> None:
    """Install the packages into `staging`, as they are at the top of the archive."""
    target = PythonTarget(dependencies.runtime)
    first = Path(dependencies.inputs[0])
    with tempfile.TemporaryDirectory(prefix="scfdeploy-") as scratch:
        if first.name == "requirements.txt":
            file = first
            options = _hash_option(read_requirement_file(first, target, scripts=dependencies.scripts).has_hashes)
        else:
            lines = _locked_lines([Path(path) for path in dependencies.inputs], target, scripts=dependencies.scripts)
            file = Path(scratch) / "requirements.txt"
            file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
            options = _hash_option(any("--hash" in line for line in lines))
            if first.name != "pyproject.toml":
                options.append("--no-deps")
                if dependencies.manager == "uv":
                    # Of pinned packages it does not matter which of several indexes has them.
                    options += ["--index-strategy", "unsafe-best-match"]
        options += ["--target", str(staging), "--requirement", str(file)]
        options += [] if dependencies.scripts else ["--only-binary", ":all:"]
        try:
            if dependencies.manager == "uv":
                _run_uv(options, dependencies, target, run)
            else:
                _run_pip(options, dependencies, target, run)
        except CommandFailed as failed:
            _explain(failed, target)
            raise
    _check_tags(staging, target)
    _clean(staging)


def _manifest(folder: Path) -> list[Path] | None:
    """The file that decides what is installed, and those beside it that it needs; None when there is none."""
    project = folder / "pyproject.toml"
    if project.is_file():
        lock = _lock_beside(project)
        if lock is not None:
            return [lock, project]
    for name in ("Pipfile.lock", "requirements.txt"):
        if (folder / name).is_file():
            return [folder / name]
    return [project] if project.is_file() else None


def _lock_beside(project: Path) -> Path | None:
    """The lock file of the project of a pyproject.toml: in its folder, or that of its uv workspace."""
    folder, table = project.parent, read_toml(project)
    tools = table.get("tool")
    if (folder / "poetry.lock").is_file() and isinstance(tools, dict) and "poetry" in tools:
        return folder / "poetry.lock"
    if "project" not in table:
        return None
    for name in _LOCKS:
        if (folder / name).is_file():
            return folder / name
    while not (folder / ".git").exists() and is_trusted(str(folder.parent), str(project.parent)):
        folder = folder.parent
        if (folder / "uv.lock").is_file():
            return folder / "uv.lock" if has_member(folder / "uv.lock", project) else None
    return None


def _locked_lines(files: Sequence[Path], target: PythonTarget, *, scripts: bool) -> list[str]:
    """The lines of a requirements.txt for a lock file, or for a pyproject.toml without one."""
    first = files[0]
    if first.name in _LOCKS:
        return _LOCKS[first.name](first, files[1], target, scripts=scripts)
    if first.name == "Pipfile.lock":
        return pipfile_lock(first, target, scripts=scripts)
    return unlocked_lines(first, target, scripts=scripts)


def _hash_option(has_hashes: bool) -> list[str]:
    return ["--require-hashes"] if has_hashes else []


def _run_uv(options: Sequence[str], dependencies: Dependencies, target: PythonTarget, run: Run) -> None:
    place = ["--python-version", target.version, "--python-platform", target.uv_platform]
    words = ["uv", "pip", "install", *place, *options]
    run([*words, "--python", sys.executable, "--link-mode", "copy"], dependencies.root, shown=words)


def _run_pip(options: Sequence[str], dependencies: Dependencies, target: PythonTarget, run: Run) -> None:
    variables = {**_PIP_VARIABLES, "SCFDEPLOY_MARKERS": json.dumps(target.environment)}
    if dependencies.scripts:
        variables["SCFDEPLOY_SOURCE_BUILDS"] = "1"
    python = _interpreter_with_pip(dependencies, variables, run)
    version, platforms = ["--python-version", target.version], target.platforms
    # Conflicts are those with the packages beside pip, which the function does not get.
    quiet = ("--no-compile", "--no-warn-script-location", "--no-warn-conflicts")
    words = [python, str(_PIP_PROGRAM), "install", *quiet]
    words += [*version, "--implementation", "cp", *(f"--platform={platform}" for platform in platforms), *options]
    shown = [python, "-m", "pip", "install", *version, f"--platform={platforms[0]}", *options]
    run(words, dependencies.root, shown=shown, variables=variables)


def _interpreter_with_pip(dependencies: Dependencies, variables: Mapping[str, str], run: Run) -> str:
    if importlib.util.find_spec("pip") is not None:
        return sys.executable
    python = shutil.which("python3")
    if python is not None:
        try:
            run([python, str(_PIP_PROGRAM), "--version"], dependencies.root, quiet=True, variables=variables)
        except CommandFailed:
            pass
        else:
            return python
    raise BuildError(PYTHON_INSTALLER_MISSING, file=printable(dependencies.inputs[0]))


def _explain(failed: CommandFailed, target: PythonTarget) -> None:
    """Raise BuildError if the output says that a package has no wheel, or was built for another platform."""
    if any(_NO_NETWORK.search(line) for line in failed.lines):
        return
    for line in failed.lines:
        if match := _OTHER_PLATFORM.search(line):
            raise _other_platform(match["package"], match["tags"], target) from failed
    for pattern in _WITHOUT_WHEEL:
        for line in failed.lines:
            if match := pattern.search(line):
                raise BuildError(
                    DEPENDENCY_WITHOUT_WHEEL, package=printable(match["package"]), target=target.description
                ) from failed


def _check_tags(staging: Path, target: PythonTarget) -> None:
    """Raise BuildError for a package that the target cannot load: a source build makes one for this machine."""
    for folder in _dist_infos(staging):
        text = (folder / "WHEEL").read_text("utf-8", "replace") if (folder / "WHEEL").is_file() else ""
        tags = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("Tag:")]
        if tags and not target.loads(tags):
            raise _other_platform(folder.name.removesuffix(".dist-info"), ", ".join(tags), target)


def _other_platform(package: str, tags: str, target: PythonTarget) -> BuildError:
    return BuildError(
        DEPENDENCY_FOR_OTHER_PLATFORM, package=printable(package), tags=printable(tags), target=target.description
    )


def _clean(staging: Path) -> None:
    """Remove what an installer adds to the packages."""
    for folder in _dist_infos(staging):
        for name in _LEFTOVERS:
            (folder / name).unlink(missing_ok=True)
    for name in _SCRIPT_FOLDERS:
        if not (staging / name / "__init__.py").exists():
            shutil.rmtree(staging / name, ignore_errors=True)
    (staging / ".lock").unlink(missing_ok=True)
    for folder in list(staging.rglob("__pycache__")):
        shutil.rmtree(folder, ignore_errors=True)


def _dist_infos(staging: Path) -> Iterator[Path]:
    return (path for path in sorted(staging.glob("*.dist-info")) if path.is_dir())

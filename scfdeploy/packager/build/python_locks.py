"""Read which packages uv.lock, poetry.lock and Pipfile.lock pin for one target.

Markers are evaluated here, so the result depends neither on the program that installs the packages nor on the
interpreter that it runs on. Development dependencies, and extras that nothing names, are left out.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.messages import message
from scfdeploy.model.secret_text import without_secrets
from scfdeploy.packager.build.dependencies import DEPENDENCY_FILE_INVALID, LOCK_OUTDATED, BuildError
from scfdeploy.packager.build.python_target import PythonTarget
from scfdeploy.packager.findings import name_some, printable

DEPENDENCY_FROM_SOURCE = Finding(
    "dependency-from-source",
    Severity.ERROR,
    "Dependency is source code",
    detail='"{requirement}" in "{file}" is source code, which is built by running it.',
    hint="Name a version that has a wheel, or allow source builds: `src: {build: {scripts: true}}`.",
    title="A dependency that is source code.",
    what="A dependency is a folder, an editable package, a repository or a source archive instead of a wheel, or an "
    "option asks for source builds.",
    why="Installing it runs its build script, with the rights of the user; that is off unless allowed.",
    wrong="`git+https://github.com/example/tool.git` in requirements.txt",
    right="`tool==1.4`; or `src: {src: ./, build: {scripts: true}}`; or, for a folder of the same repository, "
    "`src: {src: ./, include: [../shared]}`",
)

LOCK_FOR_OTHER_PYTHON = Finding(
    "lock-for-other-python",
    Severity.ERROR,
    "Lock file is for another version of Python",
    detail='"{lock}" is for Python {versions}, but the function runs on {version}.',
    hint="Allow {version} in the manifest, and lock again; or change the runtime.",
    title="A lock file for another version of Python.",
    what="uv.lock, poetry.lock or Pipfile.lock is for versions of Python that do not include the function's runtime.",
    why="Packages that only the function's version needs are not locked, so the code would lack them.",
    wrong='`requires-python = ">=3.11"` in pyproject.toml, with `runtime: Python3.10`',
    right='`requires-python = ">=3.10"`, and `uv lock`',
)

FOLDER_HINT = "Package its folder with `src.include`, or build a wheel of it and name that file."
_ARCHIVES = (
    *(".whl", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz"),
    *(".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"),
)
_CARET = re.compile(r"\^(\d+)((?:\.\d+)*)")
"""The form of poetry for all versions with the same first number."""
_LINE = re.compile(r"\w[\w.-]*(==[\w.!+-]+| @ \S+)( --hash=\w+:\w+)*", re.ASCII)
_SOME_PATCH = 12
_PYPI = "https://pypi.org/simple"
_Table: TypeAlias = dict[str, Any]


def read_toml(path: Path) -> _Table:
    """The content of a TOML file. Raises BuildError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise invalid_file(path, error) from error


def project_requirements(project: Path) -> list[Requirement]:
    """The dependencies in the table `project` of a pyproject.toml. Raises BuildError."""
    texts = _texts(_table(read_toml(project), "project"), "dependencies")
    return [_requirement(text, project) for text in texts]


def unlocked_lines(project: Path, target: PythonTarget, *, scripts: bool) -> list[str]:
    """The lines of a requirements.txt for a pyproject.toml without a lock file."""
    listed = [one for one in project_requirements(project) if _applies(_marker(one), target, project)]
    sources = _table(_table(_table(read_toml(project), "tool"), "uv"), "sources")
    names = {canonicalize_name(name) for name in sources}
    for requirement in listed:
        values = {"requirement": printable(requirement.name), "file": printable(str(project))}
        if canonicalize_name(requirement.name) in names:
            # An index can have another package of that name.
            detail = '"{requirement}" in "{file}" is named in tool.uv.sources, and there is no uv.lock.'
            hint = "Run `uv lock`, and commit the lock file."
            raise BuildError(DEPENDENCY_FROM_SOURCE, detail=detail, hint=hint, **values)
        location = requirement.url or (requirement.name if names_archive(str(requirement)) else None)
        if location is not None and not is_wheel(location, project.parent) and not scripts:
            raise BuildError(DEPENDENCY_FROM_SOURCE, **values)
    return [str(requirement) for requirement in listed]


def uv_lock(lock: Path, project: Path, target: PythonTarget, *, scripts: bool) -> list[str]:
    """The lines of a requirements.txt for the project of a pyproject.toml, which uv.lock has."""
    content = read_toml(lock)
    _require_python(_text(content, "requires-python"), target, lock)
    by_name = _by_name(content)
    root = next((package for group in by_name.values() for package in group if _is_at(package, lock, project)), None)
    if root is None:
        raise invalid_file(
            lock, ValueError(message("it has no package for {project}", project=printable(str(project))))
        )
    direct = {canonicalize_name(_text(item, "name")) for item in _tables(root, "dependencies")}
    _require_locked(project_requirements(project), direct, target, lock, "uv lock")
    packages: dict[int, _Table] = {}
    waiting = [(root, frozenset[str]())]
    done: set[tuple[int, frozenset[str]]] = set()
    while waiting:
        package, extras = waiting.pop()
        if (id(package), extras) in done:
            continue
        done.add((id(package), extras))
        packages[id(package)] = package
        optional = _table(package, "optional-dependencies")
        for item in (*_tables(package, "dependencies"), *(i for extra in extras for i in _tables(optional, extra))):
            if not _applies(item.get("marker"), target, lock):
                continue
            candidates = by_name.get(canonicalize_name(_text(item, "name")), [])
            version = item.get("version")
            chosen = [one for one in candidates if version is None or one.get("version") == version]
            waiting += [(one, frozenset(_texts(item, "extra"))) for one in chosen]
    del packages[id(root)]
    return _requirement_lines((_uv_line(one, lock, scripts=scripts) for one in packages.values()), lock)


def has_member(lock: Path, project: Path) -> bool:
    """Whether a uv.lock has the package of a pyproject.toml, as that of a workspace has its members."""
    return any(_is_at(package, lock, project) for package in _tables(read_toml(lock), "package"))


def poetry_lock(lock: Path, project: Path, target: PythonTarget, *, scripts: bool) -> list[str]:
    """The lines of a requirements.txt for the main dependencies of a pyproject.toml, which poetry.lock has."""
    content = read_toml(lock)
    _require_python(_text(_table(content, "metadata"), "python-versions"), target, lock)
    by_name = _by_name(content)
    direct = [*project_requirements(project), *_poetry_requirements(project)]
    _require_locked(direct, by_name.keys(), target, lock, "poetry lock")
    lines: list[tuple[str, str]] = []
    waiting = [one for one in direct if _applies(_marker(one), target, project)]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in done:
            continue
        done.add((name, extras))
        for package in by_name.get(name, ()):
            if _applies(package.get("markers"), target, lock):
                lines.append(_poetry_line(package, lock, scripts=scripts))
                waiting += _poetry_dependencies(package, extras, target, lock)
    return _requirement_lines(lines, lock)


def pipfile_lock(lock: Path, target: PythonTarget, *, scripts: bool) -> list[str]:
    """The lines of a requirements.txt for the default packages of a Pipfile.lock."""
    try:
        content = json.loads(lock.read_bytes())
        if not isinstance(content, dict) or not isinstance(content.get("default"), dict):
            raise ValueError(message('it has no mapping "default"'))
    except (OSError, ValueError, RecursionError) as error:
        raise invalid_file(lock, error) from error
    locked_for = _text(_table(_table(content, "_meta"), "requires"), "python_version")
    # What a newer version needs is a part of what an older one does.
    _require_python(f">={locked_for}" if locked_for else "", target, lock)
    urls = {_text(source, "name"): _text(source, "url") for source in _tables(_table(content, "_meta"), "sources")}
    lines = []
    for name, package in content["default"].items():
        if not isinstance(package, dict) or not _applies(package.get("markers"), target, lock):
            continue
        if "version" in package:
            index = urls.get(str(package.get("index", "")), "") or next(iter(urls.values()), "")
            lines.append((index, _pinned(name, _text(package, "version").removeprefix("=="), package.get("hashes"))))
        else:
            lines.append(("", _from_url(name, package.get("file"), (), package, lock, scripts=scripts)))
    return _requirement_lines(lines, lock)


def _uv_line(package: _Table, lock: Path, *, scripts: bool) -> tuple[str, str]:
    """The index of a package, and its line."""
    name, source = _text(package, "name"), _table(package, "source")
    files = [*_tables(package, "wheels"), *([_table(package, "sdist")] if "sdist" in package else [])]
    hashes = [file["hash"] for file in files if isinstance(file.get("hash"), str)]
    if "virtual" in source:
        return "", ""
    if "registry" in source:
        return _text(source, "registry"), _pinned(name, _text(package, "version"), hashes)
    where = source.get("url") or source.get("path")
    return "", _from_url(name, where, hashes, source, lock, scripts=scripts)


def _poetry_line(package: _Table, lock: Path, *, scripts: bool) -> tuple[str, str]:
    name, source = _text(package, "name"), _table(package, "source")
    hashes = [file["hash"] for file in _tables(package, "files") if isinstance(file.get("hash"), str)]
    kind = source.get("type", "legacy")
    if kind == "legacy":
        return str(source.get("url", "")), _pinned(name, _text(package, "version"), hashes)
    where = source.get("url") if kind in ("url", "file") else None
    return "", _from_url(name, where, hashes, source, lock, scripts=scripts)


def _poetry_requirements(project: Path) -> Iterator[Requirement]:
    """The dependencies in `tool.poetry`, by name only: poetry.lock has their versions."""
    poetry = _table(_table(read_toml(project), "tool"), "poetry")
    for name, value in _table(poetry, "dependencies").items():
        settings = value if isinstance(value, dict) else {}
        if canonicalize_name(name) == "python" or settings.get("optional"):
            continue
        extras = ",".join(_texts(settings, "extras"))
        marker = settings.get("markers")
        yield _requirement(f"{name}[{extras}]" + (f"; {marker}" if marker else ""), project)


def _poetry_dependencies(
    package: _Table, extras: frozenset[str], target: PythonTarget, lock: Path
) -> Iterator[Requirement]:
    """What a package of poetry.lock needs, and what its extras need."""
    optional = {
        canonicalize_name(_requirement(str(text), lock).name)
        for extra, texts in _table(package, "extras").items()
        if canonicalize_name(extra) in {canonicalize_name(one) for one in extras}
        for text in (texts if isinstance(texts, list) else ())
    }
    for name, value in _table(package, "dependencies").items():
        for item in value if isinstance(value, list) else [value]:
            settings = item if isinstance(item, dict) else {}
            if settings.get("optional") and canonicalize_name(name) not in optional:
                continue
            # Whether the extra is chosen is decided above.
            if _applies(settings.get("markers"), target, lock, extras=extras):
                yield _requirement(f"{name}[{','.join(_texts(settings, 'extras'))}]", lock)


def _require_python(versions: str, target: PythonTarget, lock: Path) -> None:
    """Raise BuildError if a lock file is not for the version of the target. Versions of an unknown form are any."""
    text = _CARET.sub(lambda match: f">={match[1]}{match[2]},<{int(match[1]) + 1}", versions)
    try:
        allowed = [SpecifierSet(part).contains(f"{target.version}.{_SOME_PATCH}") for part in text.split("||")]
    except InvalidSpecifier:
        return
    if not any(allowed):
        raise BuildError(LOCK_FOR_OTHER_PYTHON, lock=lock.name, versions=printable(versions), version=target.version)


def _require_locked(
    requirements: Iterable[Requirement], locked: Iterable[str], target: PythonTarget, lock: Path, command: str
) -> None:
    """Raise BuildError for a dependency that the lock file does not have."""
    names = {canonicalize_name(one.name) for one in requirements if _applies(_marker(one), target, lock)} - set(locked)
    if names:
        raise BuildError(
            LOCK_OUTDATED, manifest="pyproject.toml", names=name_some(sorted(names)), lock=lock.name, command=command
        )


def is_wheel(location: str, *folders: Path) -> bool:
    """Whether an address, or a path in one of these folders, is that of a wheel, which is installed without running it.

    A folder, a repository or another archive can have a name that ends with .whl.
    """
    try:
        parts = urlsplit(location.partition("#")[0])
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return parts.path.endswith(".whl")
    if "://" in location and parts.scheme != "file":
        return False
    path = unquote(parts.path) if parts.scheme == "file" else location
    return location.endswith(".whl") and not any((folder / path).is_dir() for folder in folders)


def names_archive(requirement: str) -> bool:
    """Whether pip looks for a file of this name before it looks for a package: `x-1.zip`, `x===1.zip[extra]`."""
    name = re.sub(r"\s*\[[^\]]*\]$", "", requirement.partition(";")[0].strip())
    return name.lower().endswith(_ARCHIVES)


def _requirement_lines(lines: Iterable[tuple[str, str]], lock: Path) -> list[str]:
    """The lines, sorted, after options for the indexes that they need. Raises BuildError."""
    pairs = set(lines)
    for index, line in pairs:
        # Anything else could be an option for the installer, such as one that allows source builds.
        is_other = " @ " not in line and names_archive(line.partition(" ")[0])
        if is_other or re.search(r"\s", index) or (line and _LINE.fullmatch(line) is None):
            form = message('it has "{text}", which is no name, version or address', text=without_secrets(line or index))
            raise invalid_file(lock, ValueError(form))
    indexes = sorted({index.rstrip("/") for index, _ in pairs} - {"", _PYPI})
    options = [f"--extra-index-url {index}" if "://" in index else f"--find-links {index}" for index in indexes]
    return [*options, *sorted(line for _, line in pairs if line)]


def _pinned(name: str, version: str, hashes: object) -> str:
    listed = sorted(str(one) for one in hashes) if isinstance(hashes, list) else []
    return " ".join([f"{name}=={version}", *(f"--hash={one}" for one in listed)])


def _from_url(name: str, where: object, hashes: Sequence[str], source: _Table, lock: Path, *, scripts: bool) -> str:
    """The line of a package that comes from a file, an address or a repository."""
    if isinstance(where, str) and (scripts or is_wheel(where, lock.parent)):
        url = where if "://" in where else (lock.parent / where).resolve().as_uri()
        return " ".join([f"{name} @ {url}", *(f"--hash={one}" for one in sorted(hashes))])
    address = source.get("git") or source.get("url")
    if scripts and isinstance(address, str):
        revision = source.get("resolved_reference") or source.get("ref") or address.partition("#")[2]
        return f"{name} @ git+{address.partition('?')[0].partition('#')[0]}@{revision}"
    kind = next((key for key in ("editable", "directory", "path", "git", "url") if key in source), "")
    raise BuildError(
        DEPENDENCY_FROM_SOURCE,
        hint=FOLDER_HINT if kind in ("editable", "directory", "path") or source.get("type") == "directory" else None,
        requirement=printable(name),
        file=printable(str(lock)),
    )


def _is_at(package: _Table, lock: Path, project: Path) -> bool:
    """Whether a package of uv.lock is the one of this pyproject.toml."""
    source = _table(package, "source")
    path = source.get("editable", source.get("virtual"))
    return isinstance(path, str) and (lock.parent / path).resolve() == project.parent.resolve()


def _by_name(lock: _Table) -> dict[str, list[_Table]]:
    packages: dict[str, list[_Table]] = {}
    for package in _tables(lock, "package"):
        packages.setdefault(canonicalize_name(_text(package, "name")), []).append(package)
    return packages


def _requirement(text: str, file: Path) -> Requirement:
    try:
        return Requirement(text)
    except (InvalidRequirement, RecursionError) as error:
        raise invalid_file(file, error) from error


def _marker(requirement: Requirement) -> str:
    return str(requirement.marker or "")


def _applies(marker: object, target: PythonTarget, file: Path, *, extras: Iterable[str] = ()) -> bool:
    if isinstance(marker, dict):  # poetry: by group
        marker = marker.get("main", "")
    try:
        return target.applies(marker, extras=extras)
    except ValueError as error:
        raise invalid_file(file, error) from error


def _table(table: Mapping[str, Any], key: str) -> _Table:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _tables(table: Mapping[str, Any], key: str) -> list[_Table]:
    value = table.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def invalid_file(file: Path, error: Exception) -> BuildError:
    """The error of a file that cannot be read for this reason."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    # Some reasons have the text below them, and a mark below it.
    lines = [line.strip() for line in reason.splitlines()[:2]]
    return BuildError(DEPENDENCY_FILE_INVALID, file=printable(str(file)), reason=printable(": ".join(lines)))

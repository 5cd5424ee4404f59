"""The packages that manifests and lock files of a folder list. What they leave open counts as listed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scfdeploy.facts.packages import python_packages
from scfdeploy.records import NamedTuple

_MAX_BYTES = 4 << 20
_NAME = r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[|[<>=!~;@(#]|$)"


class PythonList(NamedTuple):
    """What the manifests of a folder say about Python packages."""

    file: str
    """The name of the first one; empty without one."""
    names: frozenset[str] = frozenset()
    """Normalized names."""
    is_complete: bool = False
    """Whether the packages that the listed ones require are listed too, as in a lock file."""
    is_open: bool = False
    """Whether it can list more than `names`: it names other files, folders or addresses, or cannot be read."""

    def can_bring(self, module: str) -> bool:
        """Whether an installation of the listed packages can contain this module."""
        known = python_packages()
        providers = {package.name for package in known.values() if module in package.modules}
        word = _squeezed(module)
        if self.is_open or self.names & providers or any(_is_alike(word, _squeezed(name)) for name in self.names):
            return True
        if self.is_complete:
            return not providers
        if any(name not in known for name in self.names):
            return True
        brought = frozenset[str]().union(*(known[name].brings for name in self.names))
        return bool(brought & (providers | {_normal(module)}))


def python_list(folders: Collection[str]) -> PythonList:
    """What all manifests of Python packages in these folders list."""
    lists = [
        found
        for folder in folders
        for name, read in _PYTHON.items()
        if (found := _read_python(folder, name, read)) is not None
    ]
    if not lists:
        return PythonList("")
    return PythonList(
        lists[0].file,
        frozenset().union(*(one.names for one in lists)),
        any(one.is_complete for one in lists),
        any(one.is_open for one in lists),
    )


def _read_python(folder: str, name: str, read: Any) -> PythonList | None:
    try:
        text = _text(folder, name)
        found: PythonList | None = read(name, text) if text is not None else None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return PythonList(name, is_open=True)
    return found


def _requirements(file: str, text: str) -> PythonList:
    names, is_open = set(), False
    for line in re.sub(r"\\\n", " ", text).splitlines():
        entry = line.strip()
        if (
            not entry
            or entry.startswith("#")
            or re.match(r"--?(i|f|index|extra-index|find|trusted|only|no-|pre)", entry)
        ):
            continue
        match = re.match(_NAME, entry)
        if match is None:
            is_open = True
        else:
            names.add(_normal(match[1]))
    is_locked = "--hash=" in text or "# via" in text
    return PythonList(file, frozenset(names), is_locked, is_open)


def _pyproject(file: str, text: str) -> PythonList | None:
    import tomllib

    document = tomllib.loads(text)
    project, poetry = document.get("project"), document.get("tool", {}).get("poetry")
    if project is None and poetry is None:
        return None
    entries = (project or {}).get("dependencies", [])
    names = {_normal(match[1]) for entry in entries if (match := re.match(_NAME, entry))}
    names |= {_normal(name) for name in (poetry or {}).get("dependencies", {}) if name != "python"}
    is_open = len(names) < len(entries) or "dependencies" in (project or {}).get("dynamic", [])
    return PythonList(file, frozenset(names), is_open=is_open)


def _toml_lock(file: str, text: str) -> PythonList:
    import tomllib

    return PythonList(file, frozenset(_normal(one["name"]) for one in tomllib.loads(text).get("package", ())), True)


def _pipfile(file: str, text: str) -> PythonList:
    import tomllib

    return PythonList(file, frozenset(map(_normal, tomllib.loads(text).get("packages", {}))))


def _pipfile_lock(file: str, text: str) -> PythonList:
    return PythonList(file, frozenset(map(_normal, json.loads(text)["default"])), True)


_PYTHON: Mapping[str, Any] = {
    "requirements.txt": _requirements,
    "pyproject.toml": _pyproject,
    "uv.lock": _toml_lock,
    "poetry.lock": _toml_lock,
    "Pipfile": _pipfile,
    "Pipfile.lock": _pipfile_lock,
}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _squeezed(name: str) -> str:
    return re.sub(r"[-_.]", "", name).lower()


def _is_alike(module: str, package: str) -> bool:
    """Whether the names of a module and a package are so alike that they can belong together."""
    return module == package or (min(len(module), len(package)) > 2 and (module in package or package in module))


class NodeList(NamedTuple):
    """What the package.json and the lock file of a folder say about Node.js packages."""

    file: str
    """package.json; empty without one."""
    names: frozenset[str] = frozenset()
    """The packages of a production installation that package.json names itself."""
    development: frozenset[str] = frozenset()
    """The packages that it names only for development."""
    own_name: str = ""
    lock: str = ""
    """The name of the lock file; empty without one."""
    lock_text: str | None = ""
    """Its text; None when it cannot be read, or is too large."""

    def can_bring(self, package: str) -> bool:
        """Whether a production installation from the lock file can contain this package."""
        if package in self.names or package == self.own_name or self.lock_text is None:
            return True
        if self.lock.endswith(".json"):
            return any(
                path.endswith(f"node_modules/{package}") and not entry.get("dev")
                for path, entry in self._locked_paths()
            )
        return (
            package not in self.development
            and re.search(rf"{re.escape(package)}['\"]?[@:]", self.lock_text) is not None
        )

    def _locked_paths(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        try:
            document = json.loads(self.lock_text or "")
            packages = document.get("packages") or {
                f"node_modules/{name}": entry for name, entry in document.get("dependencies", {}).items()
            }
            yield from ((path, entry) for path, entry in packages.items() if isinstance(entry, dict))
        except (ValueError, AttributeError, RecursionError):
            return


_NODE_LOCKS = ("pnpm-lock.yaml", "yarn.lock", "npm-shrinkwrap.json", "package-lock.json")
_MAX_PARENTS = 8


def node_list(folders: Collection[str]) -> NodeList:
    """The list of the first of these folders from which packages are installed; without one, of the first that has any.

    A package.json beside the code can also be there only to say that the code is a module.
    """
    lists = list(_node_lists(folders))
    lists.sort(key=lambda one: (not one.names, not one.lock))
    return lists[0] if lists else NodeList("")


def _node_lists(folders: Collection[str]) -> Iterator[NodeList]:
    for folder in folders:
        try:
            text = _text(folder, "package.json")
            if text is None:
                continue
            document = json.loads(text)
            names = {
                name
                for key in ("dependencies", "optionalDependencies", "peerDependencies")
                for name in document.get(key) or ()
            }
            development = set(document.get("devDependencies") or ()) - names
            own_name = str(document.get("name") or "")
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue
        lock, lock_text = _node_lock(folder)
        yield NodeList("package.json", frozenset(names), frozenset(development), own_name, lock, lock_text)


def _node_lock(folder: str) -> tuple[str, str | None]:
    """Name and text of the lock file, of the folder or of the workspace that it belongs to; no text if not readable."""
    for _ in range(_MAX_PARENTS):
        for name in _NODE_LOCKS:
            try:
                text = _text(folder, name)
            except ValueError:
                return name, None
            if text is not None:
                return name, text
        if os.path.exists(os.path.join(folder, ".git")) or os.path.dirname(folder) == folder:  # noqa: PTH110, PTH118, PTH120
            break
        folder = os.path.dirname(folder)  # noqa: PTH120
    return "", ""


def _text(folder: str, name: str) -> str | None:
    """The text of a regular file; None when there is none. ValueError when it cannot be read, or is too large."""
    path = os.path.join(folder, name)  # noqa: PTH118
    if not os.path.isfile(path):  # noqa: PTH113
        return None
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(path) from error
    if len(content) > _MAX_BYTES:
        raise ValueError(path)
    return content.decode("utf-8", "replace")

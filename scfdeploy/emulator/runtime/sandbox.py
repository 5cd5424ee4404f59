"""The folders of an instance: read-only code and layers, a private /tmp, and an empty home.

With namespace isolation, the process has them in a mount namespace at the paths of the platform. With copy isolation,
each instance has a read-only copy of the code, and a TMPDIR, in the temporary folder of the server.
"""

from __future__ import annotations

import functools
import marshal
import os
import shutil
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scfdeploy.emulator.messages import IsolationError
from scfdeploy.emulator.runtime.code_cache import CodeCache
from scfdeploy.emulator.runtime.instance_processes import Marker, remove_folder
from scfdeploy.emulator.runtime.interpreters import library_path

AUTO, NAMESPACE, COPY = "auto", "namespace", "copy"
CODE_PATH, LAYERS_PATH, HOME_PATH = "/var/user", "/opt", "/home/qcloud"
WROTE_TO_CODE = "The function wrote to /var/user, which is read-only in the cloud"
_RUNTIME = Path(__file__).parent
_RUNTIME_PATH = "/var/runtime/scfdeploy"
_ENTER = _RUNTIME / "enter_namespace.py"
_PROBE_S = 30
_PROBE = (
    "import errno, os\n"
    "try:\n    open('x', 'w')\n"
    "except OSError as error:\n    assert error.errno == errno.EROFS\n"
    "else:\n    raise SystemExit(1)\n"
    "open('/tmp/x', 'w').close()\n"
)
# What the instance has to itself; programs of the machine below these folders must be made visible.
_PRIVATE = ("/opt/", "/tmp/", f"{HOME_PATH}/", f"{CODE_PATH}/")  # noqa: S108 - of the instance

_TRIED: set[str] = set()
"""Each Python that has started a program in a namespace."""
_LIBRARIES = ("lib", "lib64")
_MAX_LINKS = 20
# Of `enter_namespace.py`.
_START_FAILED, _START_FAILED_PREFIX = 71, "scfdeploy: "

Files = Mapping[str, tuple[int, int, int]]
"""By path: the time of the last change, the size and the inode of each file and folder."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The folders of one instance, as its process sees them."""

    code: str
    opt: str
    home: str
    tmp: str
    folder: Path
    """Where the process starts, as the server sees it."""
    isolation: str
    layout: Mapping[str, Any] = field(default_factory=dict)
    """The argument of `enter_namespace.py`, a Python of the same version."""
    own: Path | None = None
    """What `close` removes."""
    original: Files | None = None
    """The state of the copied code, if the process could change it."""
    marker: Marker | None = None
    """What every process of the instance has."""
    on_close: Callable[[], None] = lambda: None
    """Called by each `close`."""

    def command(
        self,
        command: Sequence[str],
        *,
        files: Mapping[str, str] | None = None,
        programs: Sequence[str] = (),
        unset: Sequence[str] = (),
    ) -> list[str]:
        """The command that starts a program inside.

        `files` are mounted over files of the code, where the isolation can do that. `programs` are paths that the
        command needs besides its first word. `unset` are variables that only the start needs.
        """
        if self.isolation == COPY:
            return list(command)
        visible = sorted({folder for program in (command[0], *programs) for folder in _private_prefixes(program)})
        layout = {**self.layout, "files": dict(files or {}), "visible": visible, "unset": list(unset)}
        inside = [word.replace(str(_RUNTIME), _RUNTIME_PATH) for word in command]
        return [sys.executable, "-I", "-S", "-E", "-B", str(_ENTER), marshal.dumps(layout).hex(), *inside]

    def with_folder(self, path: str, source: str) -> Sandbox:
        """The same with a further folder of the machine, read-only. Only for namespaces."""
        folders = {**self.layout["folders"], path: source}
        return replace(self, layout={**self.layout, "folders": folders})

    def visible_path(self, text: str) -> str:
        """A text with the paths of the platform instead of those of a copy."""
        return text if self.own is None else text.replace(self.code, CODE_PATH).replace(self.opt, LAYERS_PATH)

    def code_has_changed(self) -> bool:
        """Whether the process wrote to the code, which only root can do."""
        return self.original is not None and _scan(Path(self.code)) != self.original

    def close(self) -> None:
        """Remove what belongs to this instance alone. Its process must have ended."""
        if self.own is not None:
            remove_folder(str(self.own))
        self.on_close()


class Sandboxes:
    """Prepares the folders of instances. Thread-safe."""

    def __init__(self, cache: CodeCache) -> None:
        self._cache = cache

    def isolation(self, choice: str) -> str:
        """The isolation for a choice: itself, or for `auto` the first that works. Raises IsolationError."""
        if choice == COPY:
            return COPY
        problem = self._namespace_problem
        if problem and choice == NAMESPACE:
            raise IsolationError(problem)
        return COPY if problem else NAMESPACE

    def open(self, code: Path, opt: Path | None, *, tmp_mb: int, isolation: str, name: str = "") -> Sandbox:
        """The folders of a new instance. With a `name`, its copied code has that path unless another one uses it."""
        return self._open_namespace(code, opt, tmp_mb) if isolation == NAMESPACE else self._open_copy(code, opt, name)

    def code_folder(self, name: str, isolation: str) -> str:
        """Where an instance that is opened with a `name` finds its code."""
        return CODE_PATH if isolation == NAMESPACE else str(self._folder("instances") / name / "user")

    @functools.cached_property
    def _namespace_problem(self) -> str:
        """Why namespaces do not work; empty if they do. One success is enough for all servers of this process."""
        if not sys.platform.startswith("linux"):
            return "only Linux has namespaces"
        if sys.executable in _TRIED:
            return ""
        sandbox = self._open_namespace(self._folder("empty"), None, 1)
        command = sandbox.command([sys.executable, "-I", "-S", "-B", "-c", _PROBE])
        try:
            probe = subprocess.run(
                command, env=library_path(), cwd="/", capture_output=True, timeout=_PROBE_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        reason = probe.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        reason = reason.removeprefix(_START_FAILED_PREFIX)
        if probe.returncode != 0:
            return reason or f"the test ended with exit code {probe.returncode}"
        _TRIED.add(sys.executable)
        return ""

    def _open_namespace(self, code: Path, opt: Path | None, tmp_mb: int) -> Sandbox:
        layout: dict[str, Any] = {
            "stage": str(self._folder("stage")),
            "code": str(code),
            "code_path": CODE_PATH,
            "opt": str(opt or ""),
            "home": HOME_PATH,
            "tmp_mb": tmp_mb,
            "folders": {_RUNTIME_PATH: str(_RUNTIME)},
            "root_name": f"scfdeploy-{uuid.uuid4().hex}",
        }
        tmp = "/tmp"  # noqa: S108 - of the instance
        marker = Marker(root=layout["root_name"])
        return Sandbox(CODE_PATH, LAYERS_PATH, HOME_PATH, tmp, Path("/"), NAMESPACE, layout, marker=marker)

    def _open_copy(self, code: Path, opt: Path | None, name: str) -> Sandbox:
        own = self._folder("instances") / (name or uuid.uuid4().hex)
        try:
            own.mkdir()
        except FileExistsError:
            own = own.with_name(uuid.uuid4().hex)
            own.mkdir()
        copy = own / "user"
        shutil.copytree(code, copy, symlinks=True)
        _make_read_only(copy)
        for folder in ("tmp", "home", "opt"):
            (own / folder).mkdir(mode=0o700)
        can_write = os.name == "posix" and os.geteuid() == 0
        return Sandbox(
            str(copy),
            str(opt or own / "opt"),
            str(own / "home"),
            str(own / "tmp"),
            copy,
            COPY,
            own=own,
            original=_scan(copy) if can_write else None,
            marker=Marker(folder=str(own)),
        )

    def _folder(self, name: str) -> Path:
        folder = self._cache.root() / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def start_problem(exit_code: int | None, output: str) -> str:
    """Why `enter_namespace.py` ended before it became the program; empty if it did become it."""
    line = output.strip().rpartition("\n")[2]
    is_reported = exit_code == _START_FAILED and line.startswith(_START_FAILED_PREFIX)
    return line.removeprefix(_START_FAILED_PREFIX) if is_reported else ""


def _private_prefixes(program: str) -> set[str]:
    """The folders with a program and what belongs to it, if the instance has another folder in their place.

    Of a program in such a folder itself, or in `bin` below it, only this much is visible.
    """
    found: set[str] = set()
    for path in _link_chain(Path(program)):
        parents = [str(parent) for parent in (path.parent.parent, path.parent) if _is_private(str(parent))]
        if parents:
            found.add(parents[0])
        elif _is_private(str(path)):
            found.add(str(path))
        if parents and parents[0] == str(path.parent):
            libraries = (path.parent.parent / name for name in _LIBRARIES)
            found.update(str(folder) for folder in libraries if folder.is_dir())
    return found


def _is_private(path: str) -> bool:
    return path.startswith(_PRIVATE)


def _link_chain(path: Path) -> list[Path]:
    """The path, what it links to, and so on; and the real path."""
    chain = [path]
    while chain[-1].is_symlink() and len(chain) < _MAX_LINKS:
        chain.append(Path(os.path.normpath(chain[-1].parent / chain[-1].readlink())))
    return [*chain, Path(os.path.realpath(path))]


def _make_read_only(root: Path) -> None:
    for folder, _, files in os.walk(root):
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o555 if path.stat().st_mode & stat.S_IXUSR else 0o444)
        Path(folder).chmod(0o555)


def _scan(root: Path) -> Files:
    # The time of the last change of an inode cannot be set by a program, so equal times mean equal contents.
    state: dict[str, tuple[int, int, int]] = {}
    for folder, _, files in os.walk(root):
        for path in (folder, *(f"{folder}/{name}" for name in files)):
            entry = os.lstat(path)
            state[path] = (entry.st_ctime_ns, entry.st_size, entry.st_ino)
    return state

"""Starts a program of an instance in a mount namespace of its own, where files are where the platform has them.

Run as `python enter_namespace.py LAYOUT PROGRAM ARGUMENT...`. LAYOUT is an object of `Sandbox` in the format of
`marshal`, in hexadecimal digits: importing `json` takes as long as starting Python. Then this process becomes the
program. If that fails, it ends with the exit code 71 and a line on stderr.
"""

from __future__ import annotations

import ctypes
import marshal
import os
import sys

# To import `typing` at run time costs start-up time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_READ_ONLY, _NO_SUID, _NO_DEVICES, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_NEW_MOUNTS, _NEW_USERS = 0x20000, 0x10000000
_DETACH = 2
_PR_SET_CHILD_SUBREAPER = 36
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
# statvfs reports "relatime" as another bit than mount takes it. A user namespace must keep these flags of a mount.
_KEPT_FLAGS = {2: 2, 4: 4, 8: 8, 1024: 1024, 2048: 2048, 4096: 1 << 21}
_FAILED = 71
_TMP = "/tmp"  # noqa: S108 - of the instance

_libc = ctypes.CDLL(None, use_errno=True)


def main(layout: dict[str, Any], command: list[str]) -> None:
    """Make the namespace and become the program."""
    try:
        _unshare()
        _mount(None, "/", _RECURSIVE | _PRIVATE)
        _build_root(layout)
        _pivot(layout["stage"])
        os.chdir(layout["code_path"])
        # Processes whose parent has ended stay below the instance, as below the first process of a container.
        _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1)), "prctl")
    except OSError as error:
        _fail(f"no namespace: {error}")
    environment = {name: value for name, value in os.environ.items() if name not in layout["unset"]}
    try:
        os.execve(command[0], command, environment)  # noqa: S606 - no shell is needed
    except OSError as error:
        _fail(f"{command[0]} cannot be started in a namespace: {error.strerror}. Use --isolation copy.")


def _fail(reason: str) -> None:
    sys.stderr.write(f"scfdeploy: {reason}\n")
    raise SystemExit(_FAILED) from None


def _unshare() -> None:
    user, group = os.getuid(), os.getgid()
    if user == 0 and _libc.unshare(_NEW_MOUNTS) == 0:
        return
    _check(_libc.unshare(_NEW_MOUNTS | _NEW_USERS), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib costs start-up time
            file.write(text)


def _build_root(layout: dict[str, Any]) -> None:
    """Mount the folders of the machine and of the instance below `stage`, which becomes the root."""
    stage = layout["stage"]
    # By this name the server finds the processes of the instance.
    _mount(layout["root_name"], stage, _NO_SUID | _NO_DEVICES, kind="tmpfs", data="mode=755,size=4m")
    replaced = {layout["code_path"], layout["home"], "/opt", _TMP, *layout["folders"]}
    _mirror(stage, "", replaced)
    for path in sorted(replaced):
        os.makedirs(stage + path, exist_ok=True)  # noqa: PTH103
    os.chmod(stage + layout["home"], 0o700)  # noqa: PTH101
    size = f"mode=1777,size={layout['tmp_mb']}m"
    _mount("tmpfs", stage + _TMP, _NO_SUID | _NO_DEVICES, kind="tmpfs", data=size)
    _bind_read_only(layout["code"], stage + layout["code_path"])
    for path, source in layout["folders"].items():
        _bind_read_only(source, stage + path)
    if layout["opt"] and any(path.startswith("/opt/") for path in layout["visible"]):
        # Where the layers themselves are mounted, nothing can be added.
        for entry in os.scandir(layout["opt"]):
            _show(entry.path, f"{stage}/opt/{entry.name}")
    elif layout["opt"]:
        _bind_read_only(layout["opt"], f"{stage}/opt")
    for path, source in layout["files"].items():
        _bind_read_only(source, stage + path)
    # An interpreter below /opt or /tmp of the machine stays where it is.
    for path in layout["visible"]:
        if not os.path.lexists(stage + path):
            _show(path, stage + path)
    _mount(None, stage, _REMOUNT | _READ_ONLY | _NO_SUID | _NO_DEVICES)


def _mirror(stage: str, folder: str, replaced: set[str]) -> None:
    """Show each entry of a folder of the machine, except those that the instance replaces."""
    for entry in os.scandir(folder or "/"):
        path, target = f"{folder}/{entry.name}", f"{stage}{folder}/{entry.name}"
        if path in replaced:
            continue
        if entry.is_symlink():
            os.symlink(os.readlink(path), target)  # noqa: PTH115, PTH211
        elif entry.is_dir():
            os.mkdir(target)  # noqa: PTH102
            if any(other.startswith(f"{path}/") for other in replaced):
                _mirror(stage, path, replaced)
            else:
                _mount(path, target, _BIND | _RECURSIVE)


def _show(path: str, target: str) -> None:
    """Show a folder, file or link of the machine, read-only."""
    os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
    if os.path.isdir(path):  # noqa: PTH112
        os.mkdir(target)  # noqa: PTH102
        _bind_read_only(path, target)
    elif os.path.islink(path):  # noqa: PTH114
        os.symlink(os.readlink(path), target)  # noqa: PTH115, PTH211
    else:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        _bind_read_only(path, target)


def _bind_read_only(source: str, target: str) -> None:
    _mount(source, target, _BIND)
    flags = os.statvfs(target).f_flag
    kept = sum(value for flag, value in _KEPT_FLAGS.items() if flags & flag)
    _mount(None, target, _BIND | _REMOUNT | _READ_ONLY | kept)


def _pivot(stage: str) -> None:
    os.chdir(stage)
    _check(_libc.syscall(_PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", _DETACH), "umount")


def _mount(source: str | None, target: str, flags: int, *, kind: str | None = None, data: str | None = None) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    _check(_libc.mount(*texts[:3], ctypes.c_ulong(flags), texts[3]), target)


def _check(result: int, subject: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), subject)


if __name__ == "__main__":
    main(marshal.loads(bytes.fromhex(sys.argv[1])), sys.argv[2:])  # noqa: S302 - of the server

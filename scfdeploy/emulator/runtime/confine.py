"""Starts a program in the child process so that the server decides on which addresses it may listen.

Run as `python confine.py SOCKET_FD PROGRAM`. A seccomp filter makes the kernel notify the server of each `bind` and
`listen` of the program and of all that it starts. The socket passes the notification file descriptor to the server, or
one byte alone if the kernel has no such filters. Then this process becomes the program. If that fails, the error
number follows on the socket.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import socket
import struct
import sys

_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER, _FILTER_FLAG_NEW_LISTENER = 1, 8
_RET_ALLOW, _RET_USER_NOTIF = 0x7FFF0000, 0x7FC00000
_LOAD_WORD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_AT_NUMBER, _AT_ARCHITECTURE = 0, 4
# By machine: the kernel's number of the architecture, and of the system calls seccomp, bind and listen.
_CALLS = {"x86_64": (0xC000003E, 317, 49, 50), "aarch64": (0xC00000B7, 277, 200, 201)}


def main(socket_fd: int, program: str) -> None:
    """Install the filter and become the program."""
    with socket.socket(fileno=socket_fd) as server:
        server.set_inheritable(False)
        listener = _install_filter()
        if listener is None:
            server.send(b"-")
        else:
            socket.send_fds(server, [b"+"], [listener])
            os.close(listener)
        try:
            # Python ignores these two signals, and a started program would inherit that.
            for name in ("SIGPIPE", "SIGXFSZ"):
                signal.signal(getattr(signal, name), signal.SIG_DFL)
            os.execv(program, [program])  # noqa: S606 - no shell is needed
        except OSError as error:
            server.send(str(error.errno).encode())
            raise SystemExit(1) from None


def _install_filter() -> int | None:
    if not sys.platform.startswith("linux") or platform.machine() not in _CALLS:
        return None
    architecture, seccomp, bind, listen = _CALLS[platform.machine()]
    lines = [
        (_LOAD_WORD, 0, 0, _AT_ARCHITECTURE),
        (_JUMP_EQUAL, 0, 3, architecture),
        (_LOAD_WORD, 0, 0, _AT_NUMBER),
        (_JUMP_EQUAL, 2, 0, bind),
        (_JUMP_EQUAL, 1, 0, listen),
        (_RETURN, 0, 0, _RET_ALLOW),
        (_RETURN, 0, 0, _RET_USER_NOTIF),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    filter_program = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) != 0:
        return None
    listener = libc.syscall(seccomp, _SECCOMP_SET_MODE_FILTER, _FILTER_FLAG_NEW_LISTENER, filter_program)
    return listener if listener >= 0 else None


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

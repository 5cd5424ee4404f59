"""Starts a program in the child process so that the server decides on which addresses it may listen.

Run as `python confine.py SOCKET_FD PROGRAM`. A seccomp filter makes the kernel notify the server of each `bind`,
`listen`, `connect` and `getsockname` of the program and of all that it starts. The socket passes the notification file
descriptor to the server, or one byte alone if the kernel has no such filters. The server answers with one byte; then
this process becomes the program. If that fails, the error number follows on the socket.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import socket
import struct
import sys

_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
# With the second flag (Linux 5.19), signals such as those of Go's scheduler do not interrupt a notified call.
_NEW_LISTENER, _WAIT_KILLABLE = 8, 32
_ALLOW, _NOTIFY, _FAIL = 0x7FFF0000, 0x7FC00000, 0x00050000
_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16
# By machine: the kernel's numbers of the system calls seccomp, and bind, listen, connect and getsockname.
_CALLS = {"x86_64": (317, (49, 50, 42, 51)), "aarch64": (277, (200, 201, 203, 204))}
# Of 32-bit programs: the architecture, bind, listen, and socketcall, which has the two others as argument.
_CALLS_32 = {"x86_64": (0x40000003, 361, 363, 102), "aarch64": (0x40000028, 282, 284, 102)}
_BIND_ARGUMENT, _LISTEN_ARGUMENT = 2, 4
# io_uring could bind past the filter. Programs use it only where it exists.
_IO_URING_SETUP = 425
_X32_NUMBERS = 0x40000000


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
        if not server.recv(1):
            raise SystemExit(1)
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
    code = ctypes.create_string_buffer(_filter_code())
    filter_program = struct.pack("HxxxxxxP", (len(code) - 1) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) != 0:
        return None
    seccomp = _CALLS[platform.machine()][0]
    for flags in (_NEW_LISTENER | _WAIT_KILLABLE, _NEW_LISTENER):
        listener = libc.syscall(seccomp, _SECCOMP_SET_MODE_FILTER, flags, filter_program)
        if listener >= 0:
            return int(listener)
    return None


def _filter_code() -> bytes:
    """The program of the filter: notify of the calls, and let 32-bit programs listen nowhere."""
    _, notified = _CALLS[platform.machine()]
    architecture_32, bind_32, listen_32, socketcall = _CALLS_32[platform.machine()]
    # Each line: the operation, its value, and the label to continue at if a comparison holds.
    lines: list[tuple[int, int, str]] = [
        (_LOAD_WORD, _AT_ARCHITECTURE, ""),
        (_JUMP_EQUAL, architecture_32, "32 bits"),
        (_LOAD_WORD, _AT_NUMBER, ""),
        (_JUMP_AT_LEAST, _X32_NUMBERS, "missing"),
        (_JUMP_EQUAL, _IO_URING_SETUP, "missing"),
        *((_JUMP_EQUAL, number, "notify") for number in notified),
        (_RETURN, _ALLOW, ""),
        (_LOAD_WORD, _AT_NUMBER, ""),
        (_JUMP_EQUAL, _IO_URING_SETUP, "missing"),
        (_JUMP_EQUAL, bind_32, "refuse"),
        (_JUMP_EQUAL, listen_32, "refuse"),
        (_JUMP_EQUAL, socketcall, "socketcall"),
        (_RETURN, _ALLOW, ""),
        (_LOAD_WORD, _AT_FIRST_ARGUMENT, ""),
        (_JUMP_EQUAL, _BIND_ARGUMENT, "refuse"),
        (_JUMP_EQUAL, _LISTEN_ARGUMENT, "refuse"),
        (_RETURN, _ALLOW, ""),
        (_RETURN, _NOTIFY, ""),
        (_RETURN, _FAIL | errno.EACCES, ""),
        (_RETURN, _FAIL | errno.ENOSYS, ""),
    ]
    labels = {"32 bits": 10, "socketcall": 16, "notify": 20, "refuse": 21, "missing": 22}
    return b"".join(
        struct.pack("HBBI", operation, labels[label] - at - 1 if label else 0, 0, value)
        for at, (operation, value, label) in enumerate(lines)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

"""Keeps what a web function listens on to this machine, whatever address it asks for.

On the platform a web function has to listen on 0.0.0.0. Here that would let the whole network in, so that the kernel
asks the server about each address (see `confine.py`), and it takes 127.0.0.1 or ::1 in its place. Needs no root. Where
the kernel cannot ask, `reachable_from_outside` finds out afterwards.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import ipaddress
import os
import platform
import select
import socket
import struct
import sys
import threading
from pathlib import Path

_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_RESPONSE = struct.Struct("=QqiI")
_RECEIVE, _SEND, _IS_VALID = 0xC0502100, 0xC0182101, 0x40082102
_CONTINUE = 1
_PIDFD_GETFD = 438  # the same on all architectures
_BIND_NUMBERS = frozenset({49, 200})
_LONGEST_ADDRESS = 128
_STATE_LISTEN = "0A"


def can_guard() -> bool:
    """Whether the kernel of this system can be asked to ask about addresses, as far as its name tells."""
    return sys.platform.startswith("linux") and platform.machine() in ("x86_64", "aarch64")


class LoopbackGuard:
    """Answers the kernel in a thread of its own until it is closed."""

    def __init__(self, listener: int) -> None:
        self._listener = listener
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="scfdeploy-loopback", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more: from now on the calls that would be asked about fail."""
        os.close(self._waker)
        self._thread.join()

    def _serve(self) -> None:
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        try:
            while True:
                events = dict(poll.poll())
                if self._wake in events or not events.get(self._listener, 0) & select.POLLIN:
                    return
                self._answer_one()
        finally:
            os.close(self._listener)
            os.close(self._wake)

    def _answer_one(self) -> None:
        # A process that was killed while it waited takes its question with it: that is ENOENT.
        with contextlib.suppress(OSError):
            buffer = bytearray(_NOTIFICATION.size)
            fcntl.ioctl(self._listener, _RECEIVE, buffer)
            notification, thread, _, number, _, _, *arguments = _NOTIFICATION.unpack(buffer)
            try:
                handled, error = self._decide(notification, thread, number, arguments)
            except OSError as failure:
                handled, error = True, failure.errno or errno.EACCES
            flags = 0 if handled else _CONTINUE
            fcntl.ioctl(self._listener, _SEND, _RESPONSE.pack(notification, 0, -error, flags))

    def _decide(self, notification: int, thread: int, number: int, arguments: list[int]) -> tuple[bool, int]:
        """Whether the call is done with, and with what error number; otherwise the kernel carries it out."""
        sock = _socket_of(thread, arguments[0])
        if sock is None:
            return False, 0
        with sock:
            if sock.family not in (socket.AF_INET, socket.AF_INET6) or sock.type != socket.SOCK_STREAM:
                return False, 0
            if number not in _BIND_NUMBERS:
                return (False, 0) if _is_loopback(sock.getsockname()[0]) else (True, errno.EACCES)
            address = _read_memory(thread, arguments[1], min(arguments[2], _LONGEST_ADDRESS))
            # The process may have ended meanwhile, and another may have its number.
            fcntl.ioctl(self._listener, _IS_VALID, struct.pack("=Q", notification))
            replaced = _replacement(sock, address)
            if replaced is None:
                return False, 0
            sock.bind(replaced)
            return True, 0


def _replacement(sock: socket.socket, address: bytes) -> tuple[str, int] | None:
    """The loopback address in place of the one asked for; None for what may stay.

    Port 0 stays: it is how clients choose the address that they call from. Listening on it is refused later.
    """
    if len(address) < 8 or int.from_bytes(address[:2], sys.byteorder) != sock.family:
        return None
    port = int.from_bytes(address[2:4], "big")
    if port == 0:
        return None
    if sock.family == socket.AF_INET:
        return None if address[4] == 127 else ("127.0.0.1", port)
    if len(address) < 24 or _is_loopback(str(ipaddress.IPv6Address(address[8:24]))):
        return None
    only_v6 = sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    return ("::1" if only_v6 else "::ffff:127.0.0.1", port)


def _is_loopback(host: str) -> bool:
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _socket_of(thread: int, fd: int) -> socket.socket | None:
    """The socket that a thread has under this number; None when it has none, or when it may not be looked at."""
    try:
        status = Path(f"/proc/{thread}/status").read_text("utf-8", "replace")
        process = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Tgid:"))
        pidfd = os.pidfd_open(process)
    except (OSError, StopIteration):
        return None
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        found = libc.syscall(_PIDFD_GETFD, pidfd, fd & 0xFFFFFFFF, 0)
    finally:
        os.close(pidfd)
    if found < 0:
        return None
    try:
        return socket.socket(fileno=found)
    except OSError:
        os.close(found)
        return None


def _read_memory(thread: int, place: int, size: int) -> bytes:
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        memory.seek(place)
        return memory.read(size)


def reachable_from_outside(port: int) -> str:
    """The address other than loopback on which something listens at this port; empty when there is none."""
    tables = [path for path in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")) if path.exists()]
    if not tables:
        return next((host for host in _own_addresses() if _accepts(host, port)), "")
    for table in tables:
        for line in table.read_text("ascii", "replace").splitlines()[1:]:
            cells = line.split()
            host, _, at = cells[1].partition(":")
            address = _address_of(host)
            if cells[3] == _STATE_LISTEN and int(at, 16) == port and not _is_loopback(address):
                return address
    return ""


def _address_of(digits: str) -> str:
    # The kernel prints each 32 bits as one number in the machine's own byte order.
    words = (int(digits[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(digits), 8))
    return str(ipaddress.ip_address(b"".join(words)))


def _own_addresses() -> list[str]:
    """The addresses from which this machine would call the outside. Nothing is sent to find them out."""
    found = []
    for family, outside in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((outside, 9))
            found.append(str(probe.getsockname()[0]))
    return [address for address in found if not _is_loopback(address)]


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 1):
            return True
    except OSError:
        return False

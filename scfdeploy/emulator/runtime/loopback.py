"""Makes web functions listen on loopback only.

On the platform a web function has to listen on 0.0.0.0, which would make it reachable from the network here. The
kernel therefore notifies the server of each address (see `confine.py`), and the server binds 127.0.0.1 or ::1 instead.
This needs no root. On systems without such notifications, `reachable_from_outside` checks afterwards.
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
_MAX_ADDRESS_BYTES = 128
_STATE_LISTEN = "0A"


def can_guard() -> bool:
    """Whether this kind of system supports notifications of `bind` and `listen`."""
    return sys.platform.startswith("linux") and platform.machine() in ("x86_64", "aarch64")


class LoopbackGuard:
    """Responds to notifications of the kernel in its own thread."""

    def __init__(self, listener: int) -> None:
        self._listener = listener
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="scfdeploy-loopback", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop responding; later `bind` and `listen` calls fail."""
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
                self._respond()
        finally:
            os.close(self._listener)
            os.close(self._wake)

    def _respond(self) -> None:
        # ENOENT: the process was killed while it waited.
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
        """Whether the call is completed here, and its error number; otherwise the kernel executes it."""
        sock = _socket_of(thread, arguments[0])
        if sock is None:
            return False, 0
        with sock:
            if sock.family not in (socket.AF_INET, socket.AF_INET6) or sock.type != socket.SOCK_STREAM:
                return False, 0
            if number not in _BIND_NUMBERS:
                return (False, 0) if _is_loopback(sock.getsockname()[0]) else (True, errno.EACCES)
            address = _read_memory(thread, arguments[1], min(arguments[2], _MAX_ADDRESS_BYTES))
            # The process may have ended, and another may have its number now.
            fcntl.ioctl(self._listener, _IS_VALID, struct.pack("=Q", notification))
            loopback = _loopback_address(sock, address)
            if loopback is None:
                return False, 0
            sock.bind(loopback)
            return True, 0


def _loopback_address(sock: socket.socket, address: bytes) -> tuple[str, int] | None:
    """The loopback address that replaces the requested one; None if the requested one is allowed.

    Port 0 is allowed: clients bind to it to choose their own address. Listening on it is refused later.
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
    """A copy of a socket of another thread by its file descriptor; None if it is no socket or not accessible."""
    try:
        status = Path(f"/proc/{thread}/status").read_text("utf-8", "replace")
        process = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Tgid:"))
        pidfd = os.pidfd_open(process)
    except (OSError, StopIteration):
        return None
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        copied_fd = libc.syscall(_PIDFD_GETFD, pidfd, fd & 0xFFFFFFFF, 0)
    finally:
        os.close(pidfd)
    if copied_fd < 0:
        return None
    try:
        return socket.socket(fileno=copied_fd)
    except OSError:
        os.close(copied_fd)
        return None


def _read_memory(thread: int, address: int, size: int) -> bytes:
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(size)


def reachable_from_outside(port: int) -> str:
    """An address other than loopback on which a program listens at this port; empty if there is none."""
    tables = [path for path in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")) if path.exists()]
    if not tables:
        return next((host for host in _own_addresses() if _accepts(host, port)), "")
    for table in tables:
        for line in table.read_text("ascii", "replace").splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            host_digits, _, port_digits = local.partition(":")
            address = _parse_address(host_digits)
            if state == _STATE_LISTEN and int(port_digits, 16) == port and not _is_loopback(address):
                return address
    return ""


def _parse_address(digits: str) -> str:
    # The kernel writes each 32 bits as one number in the byte order of the machine.
    words = (int(digits[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(digits), 8))
    return str(ipaddress.ip_address(b"".join(words)))


def _own_addresses() -> list[str]:
    """The addresses that this machine uses for outgoing connections. Connecting a UDP socket sends nothing."""
    addresses = []
    for family, outside in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((outside, 9))
            addresses.append(str(probe.getsockname()[0]))
    return [address for address in addresses if not _is_loopback(address)]


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 1):
            return True
    except OSError:
        return False

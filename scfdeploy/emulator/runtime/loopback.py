"""Gives each web function ports of its own on localhost, where it alone listens.

On the platform a web function has to listen on port 9000 of 0.0.0.0. Here the network could reach it there, and only
one could run. The kernel therefore notifies the server of each address (see `confine.py`), and the server binds a free
port of localhost instead. The program does not notice: it can connect to its own ports on localhost, and it sees the
address that it chose. All other connections are made as usual. This needs no root. On systems without such
notifications, `reachable_from_outside` checks afterwards.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import ipaddress
import os
import platform
import select
import socket
import struct
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_RESPONSE = struct.Struct("=QqiI")
_RECEIVE, _SEND, _IS_VALID = 0xC0502100, 0xC0182101, 0x40082102
_CONTINUE = 1
_PIDFD_GETFD = 438  # the same on all architectures
_BIND, _CONNECT, _LISTEN, _GETSOCKNAME = "bind", "connect", "listen", "getsockname"
_CALLS = {
    "x86_64": {42: _CONNECT, 49: _BIND, 50: _LISTEN, 51: _GETSOCKNAME},
    "aarch64": {200: _BIND, 201: _LISTEN, 203: _CONNECT, 204: _GETSOCKNAME},
}
_MAX_ADDRESS_BYTES = 128
_MAX_INT = 0x7FFFFFFF
_IPV4_BYTES, _IPV6_BYTES = 8, 24
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_IN_PROGRESS = -1
_LOCALHOST, _LOCALHOST_V6 = "127.0.0.1", "::1"

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_STATE_LISTEN = "0A"


def can_guard() -> bool:
    """Whether this kind of system supports notifications of `bind` and `listen`."""
    return sys.platform.startswith("linux") and platform.machine() in ("x86_64", "aarch64")


def can_see(process: int, fd: int) -> bool:
    """Whether this server may look at the sockets and the memory of a process, whose file descriptor is a socket."""
    try:
        with Path(f"/proc/{process}/mem").open("rb", buffering=0):
            sock = _socket_of(process, fd)
    except OSError:
        return False
    if sock is None:
        return False
    sock.close()
    return True


class LoopbackGuard:
    """Responds to notifications of the kernel in its own thread, and keeps the ports of the program.

    Ports of `kept_ports` are not replaced by free ones. If it is not `is_effective`, the kernel executes every call,
    because the server may not see the program's sockets.
    """

    def __init__(self, listener: int, *, is_effective: bool = True, kept_ports: Iterable[int] = ()) -> None:
        self.is_effective = is_effective
        self._listener = listener
        self._calls = _CALLS[platform.machine()]
        self._lock = threading.Lock()
        self._is_closed = False
        self._ports: dict[tuple[str, int], int] = {(_LOCALHOST, port): port for port in kept_ports}
        """By address (127.0.0.1, or ::1 for sockets of IPv6 alone) and requested port: the port in use."""
        self._requested: dict[int, tuple[_Address, int]] = {}
        """By port in use: the requested address and port."""
        self._chosen_ports: set[int] = set()
        """The ports that the system chose for the program, on localhost."""
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="scfdeploy-loopback", daemon=True)
        self._thread.start()

    def address(self, port: int) -> tuple[str, int] | None:
        """Where the program listens, or will, after it chose this port; None before."""
        with self._lock:
            used = self._ports.get((_LOCALHOST, port))
        return None if used is None else (_LOCALHOST, used)

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
            with self._lock:
                self._is_closed = True
                os.close(self._listener)
            os.close(self._wake)

    def _respond(self) -> None:
        # ENOENT: the process was killed while it waited.
        with contextlib.suppress(OSError):
            buffer = bytearray(_NOTIFICATION.size)
            _ioctl(self._listener, _RECEIVE, buffer)
            notification, thread, _, number, _, _, *arguments = _NOTIFICATION.unpack(buffer)
            try:
                call = self._calls[number] if self.is_effective else ""
                error = self._decide(call, notification, thread, arguments)
            except OSError as failure:
                error = failure.errno or errno.EACCES
            except OverflowError:
                # The program passed a pointer that no memory can have.
                error = errno.EFAULT
            if error != _IN_PROGRESS:
                self._answer(notification, error)

    def _answer(self, notification: int, error: int | None) -> None:
        """The result of a call: an error number, 0, or None if the kernel should execute it."""
        flags = _CONTINUE if error is None else 0
        response = _RESPONSE.pack(notification, 0, -(error or 0), flags)
        with self._lock, contextlib.suppress(OSError):
            if not self._is_closed:
                _ioctl(self._listener, _SEND, response)

    def _decide(self, call: str, notification: int, thread: int, arguments: list[int]) -> int | None:
        """Complete a call. Returns its error number, 0, None if the kernel should execute it, or _IN_PROGRESS."""
        requested, target = None, None
        if call in (_BIND, _CONNECT):
            requested = _parse_sockaddr(_read_memory(thread, arguments[1], min(arguments[2], _MAX_ADDRESS_BYTES)))
            # Port 0 is allowed: clients bind to it to choose their own address. Listening on it is refused later.
            is_changed = requested is not None and requested[1] != 0
            if requested is not None and call == _CONNECT:
                target = self._target(*requested)
                is_changed = target is not None
        else:
            is_changed = bool(call)
        sock = _socket_of(thread, arguments[0]) if is_changed else None
        if sock is None:
            return None
        with contextlib.ExitStack() as cleanup:
            cleanup.enter_context(sock)
            # The process may have ended, and another may have its number now.
            self._require_valid(notification)
            families = (_FAMILIES[requested[0].version],) if requested else (socket.AF_INET, socket.AF_INET6)
            if sock.family not in families or sock.type != socket.SOCK_STREAM:
                return None
            if target is not None:
                cleanup.pop_all()
                return self._connect(sock, target, notification)
            if requested is not None:
                return self._bind(sock, *requested)
            if call == _LISTEN:
                return self._listen(sock, arguments[1])
            return self._write_name(sock, notification, thread, *arguments[1:3])

    def _require_valid(self, notification: int) -> None:
        """Raise OSError if the call was interrupted, by the end of the process for example."""
        _ioctl(self._listener, _IS_VALID, struct.pack("=Q", notification))

    def _target(self, host: _Address, port: int) -> tuple[str, int] | None:
        """Where the program itself listens at a port of localhost, if it does."""
        if not (_is_loopback(str(host)) or host.is_unspecified):
            return None
        own_hosts = [_LOCALHOST] if host.version == 4 else [_LOCALHOST_V6, _LOCALHOST]
        with self._lock:
            found = [(own, self._ports[own, port]) for own in own_hosts if (own, port) in self._ports]
        return found[0] if found else None

    def _connect(self, sock: socket.socket, target: tuple[str, int], notification: int) -> int:
        def connect() -> int:
            with sock:
                return sock.connect_ex(_for_family(sock, target))

        if not os.get_blocking(sock.fileno()):
            return connect()
        # The other side may need an answer before it accepts.
        threading.Thread(target=lambda: self._answer(notification, connect()), daemon=True).start()
        return _IN_PROGRESS

    def _listen(self, sock: socket.socket, backlog: int) -> int:
        host, port = sock.getsockname()[:2]
        if not _is_loopback(host):
            return errno.EACCES
        with self._lock:
            if port not in self._requested:
                self._chosen_ports.add(port)
        # The kernel would look at the file descriptor again, which another thread can exchange meanwhile. As in the
        # kernel, a negative number is a large one.
        sock.listen(min(backlog & 0xFFFFFFFF, _MAX_INT))
        return 0

    def _bind(self, sock: socket.socket, requested_host: _Address, port: int) -> int:
        is_v6_only = sock.family == socket.AF_INET6 and sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
        host = _LOCALHOST_V6 if is_v6_only else _LOCALHOST
        with self._lock:
            if port in self._chosen_ports:
                sock.bind(_for_family(sock, (host, port)))
                return 0
            sock.bind(_for_family(sock, (host, self._ports.get((host, port), 0))))
            used = sock.getsockname()[1]
            self._ports[host, port] = used
            self._requested[used] = requested_host, port
        return 0

    def _write_name(
        self, sock: socket.socket, notification: int, thread: int, address: int, length_address: int
    ) -> int | None:
        """Write the address that the program chose, for a socket that has another one."""
        host, port = sock.getsockname()[:2]
        with self._lock:
            requested = self._requested.get(port)
        if requested is None or not _is_loopback(host):
            return None
        with contextlib.suppress(OSError):
            sock.getpeername()
            requested = (ipaddress.ip_address(host), requested[1])
        content = _sockaddr(sock, *requested)
        room = int.from_bytes(_read_memory(thread, length_address, 4), sys.byteorder)
        with Path(f"/proc/{thread}/mem").open("r+b", buffering=0) as memory:
            # Now the file cannot be the memory of another process.
            self._require_valid(notification)
            for at, part in ((address, content[:room]), (length_address, struct.pack("=I", len(content)))):
                memory.seek(at)
                memory.write(part)
        return 0


def _ioctl(file: int, request: int, argument: bytes | bytearray) -> None:
    import fcntl  # missing on Windows, where this module is imported but never used

    fcntl.ioctl(file, request, argument)


def _parse_sockaddr(address: bytes) -> tuple[_Address, int] | None:
    """The address and port of IPv4 or IPv6; None for other families."""
    family = int.from_bytes(address[:2], sys.byteorder)
    port = int.from_bytes(address[2:4], "big")
    if family == socket.AF_INET and len(address) >= _IPV4_BYTES:
        return ipaddress.IPv4Address(address[4:8]), port
    if family == socket.AF_INET6 and len(address) >= _IPV6_BYTES:
        return ipaddress.IPv6Address(address[8:24]), port
    return None


def _sockaddr(sock: socket.socket, host: _Address, port: int) -> bytes:
    start = struct.pack("=H", sock.family) + port.to_bytes(2, "big")
    return start + (host.packed + bytes(8) if host.version == 4 else bytes(4) + host.packed + bytes(4))


def _for_family(sock: socket.socket, address: tuple[str, int]) -> tuple[str, int]:
    host, port = address
    is_mapped = sock.family == socket.AF_INET6 and host != _LOCALHOST_V6
    return (f"::ffff:{host}" if is_mapped else host, port)


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

"""Stands where `python -m scfdeploy` would: the process of `preloaded_command` does it. Arguments: SOCKET WORD...

Loads no module that it can do without: pipelines run it dozens of times.
"""

import _socket
import os
import signal
import sys

_STREAMS = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))


def main() -> None:
    """Hand over what a process inherits, and end as the command does."""
    words = [os.fsencode(word) for word in sys.argv[2:]]
    umask = os.umask(0o022)
    os.umask(umask)
    environment = [name + b"=" + value for name, value in os.environb.items()]
    order = b"\0".join([os.getcwdb(), b"%d" % umask, b"%d" % len(words), *words, *environment])  # noqa: PTH109 - bytes
    with_command = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    with_command.connect(sys.argv[1])
    size = len(order).to_bytes(8, "big")
    with_command.sendmsg([size], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, _STREAMS)])
    with_command.sendall(order)
    with_command.recv(4)  # the process id
    answer = with_command.recv(4)
    if len(answer) < 4:
        sys.exit("the process that forks has ended")
    code = int.from_bytes(answer, "big", signed=True)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    main()

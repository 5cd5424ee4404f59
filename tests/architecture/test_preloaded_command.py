"""The process that forks commands for tests serves on after a client has broken off."""

from __future__ import annotations

import _socket
import os
import shlex
import socket
import sys
from pathlib import Path

import pytest

from tests.support.command_process import run_scfdeploy
from tests.support.preloaded_command import start_command

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="commands are forked on Linux")


@pytest.mark.parametrize("sent", [b"", b"/tmp\0"], ids=["nothing", "half"])
def test_client_that_breaks_off_its_order_does_no_harm(sent: bytes) -> None:
    path = shlex.split(start_command())[-1]
    # Tests may connect to hosts only; this is no host.
    client = _socket.socket(socket.AF_UNIX)
    client.connect(path)
    if sent:
        with Path(os.devnull).open() as stream:
            socket.send_fds(client, [len(sent * 9).to_bytes(8, "big")], [stream.fileno()] * 3)  # type: ignore[arg-type]
        client.sendall(sent)
    client.close()

    ran = run_scfdeploy("--version")
    assert (ran.exit_code, ran.stderr) == (0, "")

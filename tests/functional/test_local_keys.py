"""Access to the local server: only this run with `--local`, everybody who knows the key pair with `emulator`."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.cli.arguments import start_local_server
from tests.support.command_process import command_process
from tests.support.emulator import SECRET_ID, SECRET_KEY, Cloud, tc3_headers


def _code_of(url: str, secret_id: str, secret_key: str) -> str:
    cloud = Cloud(url)
    headers = tc3_headers(cloud.address, "ListNamespaces", b"{}", secret_id=secret_id, secret_key=secret_key)
    answer = cloud.send("POST", "/", b"{}", headers)[2].decode()
    return "ok" if '"Namespaces"' in answer else answer.partition('"Code": "')[2].partition('"')[0]


def test_server_of_local_takes_no_key_but_that_of_the_run(tmp_path: Path) -> None:
    first, second = (start_local_server(tmp_path / name) for name in ("first", "second"))
    for server, other in ((first, second), (second, first)):
        assert _code_of(server.url, server.secret_id, server.secret_key.reveal()) == "ok"
        assert _code_of(server.url, SECRET_ID, SECRET_KEY) == "AuthFailure.SecretIdNotFound"
        assert _code_of(server.url, server.secret_id, SECRET_KEY) == "AuthFailure.SignatureFailure"
        assert _code_of(server.url, server.secret_id, other.secret_key.reveal()) == "AuthFailure.SignatureFailure"
    assert first.secret_key.reveal() not in repr(first)


@pytest.mark.parametrize("credential", [(), ("--credential", "AKIDmine:only-mine")])
def test_emulator_with_the_documented_key_warns(credential: tuple[str, ...]) -> None:
    with command_process("emulator", "--port", "0", *credential) as process:
        url = process.stdout.readline().removeprefix("listening on ").strip()
        documented = _code_of(url, SECRET_ID, SECRET_KEY)
        process.terminate()
        warned = "every program on this machine" in process.stderr.read()
    assert (documented, warned) == (("AuthFailure.SecretIdNotFound", False) if credential else ("ok", True))

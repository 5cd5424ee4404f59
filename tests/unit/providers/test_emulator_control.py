"""Calls of control paths, and who may make them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.emulator import Server
from scfdeploy.model import Secret
from scfdeploy.providers.emulator_control import EmulatorControl, is_local_server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(control_key="key of this run") as started:
        yield started


def test_key_of_run_opens_control_paths(server: Server) -> None:
    control = EmulatorControl(server.url, Secret("key of this run"))
    assert control.get("health")["ok"] is True
    assert control.post("clock", {"advance_s": 60})["ran"] == 0


@pytest.mark.parametrize("key", [None, Secret("another key"), Secret("")])
def test_other_programs_are_refused(server: Server, key: Secret | None) -> None:
    with pytest.raises(ScfDeployError, match="answers only the command that started it"):
        EmulatorControl(server.url, key).get("state")


def test_server_without_key_answers(server: Server) -> None:
    with Server() as other:
        assert EmulatorControl(other.url).get("health")["ok"] is True


def test_refusal_has_the_words_of_the_server(server: Server) -> None:
    with pytest.raises(ScfDeployError, match="advance_s"):
        EmulatorControl(server.url, Secret("key of this run")).post("clock", {})


def test_missing_server_is_an_error(server: Server) -> None:
    url = server.url
    server.stop()
    with pytest.raises(ScfDeployError, match="does not answer"):
        EmulatorControl(url).get("health")


@pytest.mark.parametrize(
    "url",
    ["https://scf.example.com", "http://127.0.0.1.example.com:1", "http://server.localhost:1", "https://127.0.0.1:1"],
)
def test_other_machines_and_encrypted_endpoints_are_refused(url: str) -> None:
    with pytest.raises(ScfDeployError, match="is not a local server of scfdeploy"):
        EmulatorControl(url)
    assert not is_local_server(url)


@pytest.mark.parametrize("url", ["", "http://[::1", "http://localhost:abc", "http://localhost:99999"])
def test_invalid_url_is_an_error(url: str) -> None:
    with pytest.raises(ScfDeployError, match="is not a valid endpoint"):
        EmulatorControl(url)
    assert not is_local_server(url)

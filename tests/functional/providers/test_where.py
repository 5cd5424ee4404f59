"""What a question says of where changes go: the account and the endpoint."""

from __future__ import annotations

from scfdeploy.emulator import Server
from scfdeploy.model import Secret
from scfdeploy.providers.tencent import LOCAL_CREDENTIALS, Credentials, open_provider

OTHER = Credentials("AKIDof-a-person", Secret("secret-of-a-person"), None, "the test")


def test_account_of_the_key_is_named_with_the_endpoint() -> None:
    with Server(credentials={OTHER.secret_id: OTHER.secret_key.reveal()}) as server:
        where = open_provider("ap-guangzhou", credentials=OTHER, endpoint=server.url).where()
    assert where == f"account AppId 1300000001, uin 100000000001 at {server.url}"


def test_account_that_the_key_may_not_ask_for_is_not_known() -> None:
    with Server() as server:
        where = open_provider("ap-guangzhou", credentials=OTHER, endpoint=server.url).where()
    assert where.startswith("unknown account (AuthFailure")
    assert where.endswith(f" at {server.url}")
    assert "AKID" not in where


def test_emulator_is_named_without_a_call() -> None:
    nobody = "http://127.0.0.1:1"
    assert (
        open_provider("ap-guangzhou", credentials=LOCAL_CREDENTIALS, endpoint=nobody).where()
        == f"local emulator at {nobody}"
    )
    of_this_run = open_provider("ap-guangzhou", credentials=OTHER, endpoint=nobody, is_emulator=True)
    assert of_this_run.where() == "local emulator"

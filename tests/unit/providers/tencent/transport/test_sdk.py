"""Clients of the SDK raise no warnings and leave the process's warning filters unchanged."""

from __future__ import annotations

import warnings
from pathlib import Path

import certifi
import pytest
import responses

from scfdeploy.providers.tencent import LOCAL_CREDENTIALS
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.http import open_session
from scfdeploy.providers.tencent.transport.sdk import make_client
from tests.support.cloud import client_of
from tests.support.fake_clock import FakeClock

URL = "http://cloud.test"


def call(client: Client) -> None:
    with responses.RequestsMock() as cloud:
        cloud.add(responses.POST, URL, json={"Response": {"RequestId": "r-1"}})
        client.read("ListFunctions", {"Limit": 1})


def test_call_succeeds_after_warnings_become_errors() -> None:
    client = client_of(URL, clock=FakeClock())
    call(client)
    with warnings.catch_warnings():
        # An "error" filter in front of all others also precedes any filter that the first call added.
        warnings.simplefilter("error")
        call(client)


def test_call_leaves_warning_filters_unchanged() -> None:
    before = list(warnings.filters)
    call(client_of(URL, clock=FakeClock()))
    assert warnings.filters == before


def test_certificates_of_the_environment_are_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = tmp_path / "company.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates))

    client = make_client("scf", "ap-guangzhou", credentials=LOCAL_CREDENTIALS, endpoint=None, timeout_s=1, pool_size=1)

    assert client.request.conn.certification == str(certificates)
    assert open_session().verify == str(certificates)


def test_usual_certificates_are_trusted_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")

    client = make_client("scf", "ap-guangzhou", credentials=LOCAL_CREDENTIALS, endpoint=None, timeout_s=1, pool_size=1)

    assert client.request.conn.certification == certifi.where()
    assert open_session().verify is True

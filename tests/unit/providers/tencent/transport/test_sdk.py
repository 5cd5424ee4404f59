"""Clients of the SDK raise no warnings and leave the process's warning filters unchanged."""

from __future__ import annotations

import warnings

import responses

from scfdeploy.providers.tencent.transport.client import Client
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

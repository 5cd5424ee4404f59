"""A cloud that answers what a test says, by action: for answers that no server gives on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import responses
from requests import PreparedRequest

from scfdeploy.providers.tencent.transport.client import Client
from tests.support.cloud import client_of
from tests.support.fake_clock import FakeClock

_URL = "http://cloud.test"


def failure(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": "because"}}


class Answering:
    """`answers` gives each action its answer; `calls` lists the actions that were asked for.

    `network` is where other addresses than the cloud's get their answers.
    """

    def __init__(self, answers: Mapping[str, Mapping[str, Any]], network: responses.RequestsMock) -> None:
        self.network = network
        self.client: Client = client_of(_URL, clock=FakeClock())
        self.calls: list[str] = []
        self._answers = answers

    def __call__(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        action = str(request.headers["X-TC-Action"])
        self.calls.append(action)
        body = {"Response": {"RequestId": "r-1", **self._answers[action]}}
        return 200, {"Content-Type": "application/json"}, json.dumps(body)


@contextmanager
def answering(**answers: Mapping[str, Any]) -> Iterator[Answering]:
    """A client of such a cloud."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as network:
        cloud = Answering(answers, network)
        network.add_callback(responses.POST, _URL, cloud)
        yield cloud

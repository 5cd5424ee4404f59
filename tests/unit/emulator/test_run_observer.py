"""The program that starts a server hears of every run of a function, once it ended."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from tests.support.emulator import Cloud

CODE = {
    "index.py": (
        "def main(event, context):\n"
        "    print('called')\n"
        "    if event.get('path') == '/fail':\n"
        "        raise ValueError('no stock')\n"
        "    return {'statusCode': 404, 'body': 'none'} if event.get('path') == '/404' else event\n"
    )
}
_TRIGGER = '{"AuthType":"NONE","NetConfig":{"EnableIntranet":true,"EnableExtranet":true}}'


class Observed:
    """A server with the function hello, and the runs that it reports."""

    def __init__(self, cloud: Cloud, runs: SimpleQueue[dict[str, Any]]) -> None:
        self.cloud = cloud
        self._runs = runs

    def next(self) -> dict[str, Any]:
        """The next run."""
        return self._runs.get(timeout=30)

    def get(self, path: str) -> None:
        """Call the function by its URL."""
        try:
            urllib.request.urlopen(f"{self.cloud.url}{path}", timeout=30).close()
        except urllib.error.HTTPError as error:
            error.close()


@pytest.fixture
def observed() -> Iterator[Observed]:
    runs: SimpleQueue[dict[str, Any]] = SimpleQueue()
    with Server(settings=Settings(activation_s=0), on_run=runs.put) as server:
        cloud = Cloud(server.url)
        cloud.create(files=CODE)
        cloud.call("CreateTrigger", FunctionName="hello", TriggerName="url", Type="http", TriggerDesc=_TRIGGER)
        yield Observed(cloud, runs)


def test_synchronous_call_is_reported_with_its_log_entry(observed: Observed) -> None:
    observed.cloud.call("Invoke", FunctionName="hello", ClientContext='{"id": 7}')
    run = observed.next()
    assert (run["function"], run["statusCode"], run["result"]) == ("default/hello", 200, {"id": 7})
    assert run["lines"] == ["called"]
    assert "http" not in run


def test_attempt_of_an_event_is_reported(observed: Observed) -> None:
    observed.cloud.call("Invoke", FunctionName="hello", InvocationType="Event", ClientContext='{"path": "/fail"}')
    run = observed.next()
    assert (run["statusCode"], run["retryNum"]) == (430, 0)


@pytest.mark.parametrize(
    ("path", "http", "status"),
    [
        ("/hello", {"method": "GET", "path": "/", "status": 200}, 200),
        ("/hello/a?b=c", {"method": "GET", "path": "/a?b=c", "status": 200}, 200),
        ("/hello/404", {"method": "GET", "path": "/404", "status": 404}, 200),
        ("/hello/fail", {"method": "GET", "path": "/fail", "status": 502}, 430),
    ],
)
def test_request_by_url_is_reported_once_with_its_response(
    observed: Observed, path: str, http: dict[str, Any], status: int
) -> None:
    observed.get(path)
    run = observed.next()
    assert (run["http"], run["statusCode"]) == (http, status)
    observed.cloud.call("Invoke", FunctionName="hello", ClientContext="{}")
    assert "http" not in observed.next()


def test_timers_are_fired_at_once_also_when_they_are_off(observed: Observed) -> None:
    for name, enable in (("nightly", "OPEN"), ("hourly", "CLOSE")):
        observed.cloud.call(
            "CreateTrigger",
            FunctionName="hello",
            TriggerName=name,
            Type="timer",
            TriggerDesc="0 0 2 * * * *",
            Enable=enable,
            CustomArgument="now",
        )
    function = "ap-guangzhou/default/hello"

    assert observed.cloud.control("timers", {"function": function, "trigger": "hourly"}) == {"fired": ["hourly"]}
    assert observed.next()["result"]["TriggerName"] == "hourly"
    every = observed.cloud.control("timers", {"function": function})
    assert sorted(every["fired"]) == ["hourly", "nightly"]
    assert {observed.next()["result"]["Message"] for _ in range(2)} == {"now"}
    assert observed.cloud.control("timers", {"function": function, "trigger": "weekly"}) == {"fired": []}

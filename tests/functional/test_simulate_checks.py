"""What `simulate` says about settings of a scenario that lose, repeat or block events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.project import write_project

QUEUE = "source: {queue: orders, messages: 1, visibility: 30s, maxReceive: 3, deadLetter: dead}\n"
LOOP = "on: fc\nhandler: A\npolicy: {onSuccess: function://B}\ndestinations: {B: {onSuccess: function://A}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulate(folder: Path, scenario: str, *arguments: str) -> Ran:
    (folder / "s.yml").write_text(scenario)
    return scfdeploy("simulate", "s.yml", "--format", "json", *arguments)


def findings(ran: Ran) -> list[tuple[str, str]]:
    return [(each["rule"], each["severity"]) for each in _diagnostics(ran)]


def _diagnostics(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ran.document["diagnostics"]
    return found


class TestVisibility:
    def test_visibility_below_timeout_of_function_is_an_error(self, folder: Path) -> None:
        write_project(folder, "  timeout: 60\n")
        ran = simulate(folder, f"on: lambda\nhandler: hello\noutcomes: ok\n{QUEUE}")

        assert (ran.exit_code, findings(ran)) == (3, [("queue-visibility", "error")])
        assert (_diagnostics(ran)[0]["line"], _diagnostics(ran)[0]["column"]) == (4, 9)

    def test_visibility_of_the_timeout_is_enough(self, folder: Path) -> None:
        write_project(folder, "  timeout: 30\n")
        ran = simulate(folder, f"on: lambda\nhandler: hello\noutcomes: ok\n{QUEUE}")

        assert (ran.exit_code, findings(ran)) == (0, [])

    def test_visibility_below_duration_is_a_warning(self, folder: Path) -> None:
        ran = simulate(folder, f"on: lambda\nduration: 31s\noutcomes: ok\n{QUEUE}")

        assert (ran.exit_code, findings(ran)) == (0, [("queue-visibility", "warning")])

    def test_dead_letter_on_function_is_a_warning(self, folder: Path) -> None:
        ran = simulate(folder, f"on: lambda\noutcomes: ok\npolicy: {{deadLetter: queue://failed}}\n{QUEUE}")

        assert (ran.exit_code, [severity for _, severity in findings(ran)]) == (0, ["warning"])
        assert "source.deadLetter" in _diagnostics(ran)[0]["hint"]


class TestStream:
    @pytest.mark.parametrize("source", ["{stream: clicks}", "{stream: clicks, retries: -1, onFailure: topic://bad}"])
    def test_stream_without_limits_is_reported(self, folder: Path, source: str) -> None:
        ran = simulate(folder, f"on: lambda\noutcomes: ok\nsource: {source}\n")

        assert (ran.exit_code, findings(ran)) == (0, [("stream-blocked", "info")])
        assert "blocks its shard until it expires" in _diagnostics(ran)[0]["detail"]

    def test_stream_without_failure_destination_is_reported(self, folder: Path) -> None:
        ran = simulate(folder, "on: lambda\noutcomes: ok\nsource: {stream: clicks, retries: 2}\n")

        assert findings(ran) == [("stream-blocked", "info")]
        assert "Without onFailure" in _diagnostics(ran)[0]["detail"]

    @pytest.mark.parametrize("limit", ["retries: 0", "maxAge: 1h"])
    def test_stream_with_a_limit_and_destination_is_not_reported(self, folder: Path, limit: str) -> None:
        ran = simulate(folder, f"on: lambda\noutcomes: ok\nsource: {{stream: s, {limit}, onFailure: topic://bad}}\n")

        assert findings(ran) == []


class TestLoops:
    def test_loop_on_success_is_an_error_and_exits_with_1(self, folder: Path) -> None:
        ran = simulate(folder, f"{LOOP}outcomes: ok\n")

        assert (ran.exit_code, findings(ran)) == (1, [("function-loop", "error")])
        assert ran.document["runs"][0]["invocations"] == 16
        assert "A -> B -> A" in _diagnostics(ran)[0]["detail"]

    def test_loop_that_the_run_does_not_reach_is_a_warning(self, folder: Path) -> None:
        ran = simulate(folder, f"{LOOP}outcomes: fail\n")

        assert (ran.exit_code, findings(ran)) == (0, [("function-loop", "warning")])

    def test_loop_on_failure_is_a_warning(self, folder: Path) -> None:
        scenario = LOOP.replace("onSuccess", "onFailure")
        ran = simulate(folder, f"{scenario}outcomes: ok\n")

        assert (ran.exit_code, findings(ran)) == (0, [("function-loop", "warning")])

    def test_function_that_is_its_own_destination_is_a_loop(self, folder: Path) -> None:
        ran = simulate(folder, "on: lambda\nhandler: A\noutcomes: ok\npolicy: {onSuccess: function://A}\n")

        assert (ran.exit_code, findings(ran)) == (1, [("function-loop", "error")])

    def test_chain_that_ends_is_not_reported(self, folder: Path) -> None:
        scenario = LOOP.replace("onSuccess: function://A", "onSuccess: mns-queue://done")
        ran = simulate(folder, f"{scenario}outcomes: ok\n")

        assert (ran.exit_code, findings(ran)) == (0, [])


class TestSizes:
    @pytest.mark.parametrize(
        ("scenario", "limit"),
        [
            ("on: scf\npolicy: {deadLetter: queue://failed}", "at most 65,536 bytes (assumed)"),
            ("on: fc\npolicy: {onFailure: mns-queue://failed}", "at most 65,536 bytes."),
            ("on: fc\npolicy: {onSuccess: eventbridge://done}", "at most 65,536 bytes."),
            ("on: fc\npolicy: {onSuccess: rocketmq://d}\ndestinations: {d: {limit: 64KB}}", "at most 65,536 bytes."),
        ],
    )
    def test_event_that_does_not_fit_is_a_warning(self, folder: Path, scenario: str, limit: str) -> None:
        ran = simulate(folder, f"{scenario}\noutcomes: ok\nevent: '{'x' * 65_530}'\n")

        assert (ran.exit_code, findings(ran)) == (0, [("destination-size", "warning")])
        assert limit in _diagnostics(ran)[0]["detail"]

    @pytest.mark.parametrize("target", ["fc://report", "rocketmq://done"])
    def test_event_that_fits_is_not_reported(self, folder: Path, target: str) -> None:
        ran = simulate(folder, f"on: fc\noutcomes: ok\npolicy: {{onSuccess: '{target}'}}\nevent: '{'x' * 65_530}'\n")

        assert findings(ran) == []


class TestHttpFunctions:
    SCENARIO = "on: fc\noutcomes: ok\npolicy: {onSuccess: function://hello}\n"

    def test_http_function_of_scenario_is_an_error(self, folder: Path) -> None:
        ran = simulate(folder, f"{self.SCENARIO}destinations: {{hello: {{type: http}}}}\n")

        assert (ran.exit_code, findings(ran)) == (3, [("http-destination", "error")])

    def test_web_function_of_project_is_an_error(self, folder: Path) -> None:
        write_project(folder, "  type: web\n")
        (folder / "src" / "scf_bootstrap").write_text("#!/bin/bash\n")
        ran = simulate(folder, self.SCENARIO)

        assert (ran.exit_code, findings(ran)) == (3, [("http-destination", "error")])

    def test_event_function_of_project_is_accepted(self, folder: Path) -> None:
        write_project(folder)

        assert simulate(folder, self.SCENARIO).exit_code == 0

    def test_other_platforms_accept_it(self, folder: Path) -> None:
        scenario = f"{self.SCENARIO}destinations: {{hello: {{type: http}}}}\n".replace("fc", "lambda")

        assert findings(simulate(folder, scenario)) == []

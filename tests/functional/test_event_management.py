"""`events stats`, `cancel` and `pull`, and metrics in `status`: on the local server, and as against the cloud."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.operations import event_archive
from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud, running
from tests.support.fake_clock import FakeClock
from tests.support.project import write_project

CODE = {
    "index.py": (
        "import json\n"
        "def main(event, context):\n"
        "    if event.get('fails'):\n"
        "        raise KeyError('customer')\n"
        "    return event\n"
    )
}
SLOW = "import time\ndef main(event, context):\n    time.sleep(600)\n"
DEAD_LETTER = {"Type": "CMQ-QUEUE", "Name": "orders-failed"}
TRACED = {"AsyncRunEnable": "TRUE", "TraceEnable": "TRUE"}
KEPT_S = 259_200
KEY = "control-key"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A server whose time stands still."""
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True) as server:
        cloud = Cloud(server.url)
        cloud.create("orders", CODE, DeadLetterConfig=DEAD_LETTER)
        cloud.create("traced", CODE, **TRACED)
        yield cloud


class Remote(Cloud):
    """A server whose control paths do not answer the command line, as in the cloud."""

    def pass_time(self, **content: Any) -> None:
        headers = {"X-Scfdeploy-Key": KEY}
        assert self.send("POST", "/_emulator/clock", json.dumps(content).encode(), headers)[0] == 200

    def clock(self) -> FakeClock:
        """The clock of the command line, at the time of the server."""
        _, _, body = self.send("GET", "/_emulator/clock", headers={"X-Scfdeploy-Key": KEY})
        return FakeClock(json.loads(body)["now"])


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    monkeypatch.chdir(tmp_path)
    with Server(settings=Settings(activation_s=0), virtual_time=True, control_key=KEY) as server:
        cloud = Remote(server.url)
        write_project(Path.cwd(), name="traced")
        cloud.create("traced", CODE, **TRACED)
        cloud.create("plain", CODE)
        yield cloud


def events(cloud: Cloud, *arguments: str) -> Ran:
    clock = cloud.clock() if isinstance(cloud, Remote) else None
    return scfdeploy("events", *arguments, "--endpoint", cloud.url, clock=clock)


def send(cloud: Cloud, function: str = "orders", *, fails: bool = False) -> str:
    event = json.dumps({"fails": fails})
    sent = cloud.call("Invoke", FunctionName=function, InvocationType="Event", ClientContext=event)
    return str(sent["Result"]["FunctionRequestId"])


def run(cloud: Cloud) -> None:
    cloud.control("clock", {"until": "idle"})


def wait_for_status(cloud: Cloud, request: str, status: str) -> None:
    """Wait until a server in real time has brought an event this far."""
    deadline = time.monotonic() + 60
    while cloud.control("events/show", {"id": request})["event"]["status"] != status:
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def china_time(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC) + timedelta(hours=8):%Y-%m-%dT%H:%M:%S}+08:00"


def lines_of(file: str) -> list[Any]:
    return [json.loads(line) for line in Path(file).read_text().splitlines()]


class TestStats:
    def test_counts_ends_by_hour(self, cloud: Cloud) -> None:
        hour = cloud.control("clock")["now"] // 3600 * 3600
        send(cloud, fails=True)
        run(cloud)
        assert events(cloud, "stats", "orders").stdout.splitlines() == [
            "HOUR                       FINISHED  DEAD-LETTERED  DROPPED  LOST",
            f"{china_time(hour)}         0              1        0     0",
            "Total                             0              1        0     0",
            "Wait: average 2 min 0 s, longest 2 min 0 s. Failed deliveries: 0.",
            "orders: 2 retries, 0 throttles, 0 failed deliveries",
        ]

    def test_other_statuses_are_shown_where_they_occur(self, cloud: Cloud) -> None:
        for fails in (True, False):
            send(cloud, "traced", fails=fails)
        run(cloud)
        send(cloud)
        header, *_, total, _, _ = events(cloud, "stats").stdout.splitlines()
        assert header.split()[1:] == ["FINISHED", "DEAD-LETTERED", "DROPPED", "LOST", "FAILED", "WAITING"]
        assert total.split()[1:] == ["1", "0", "0", "0", "1", "1"]

    def test_metrics_count_retries_throttles_and_lost_deliveries(self, cloud: Cloud) -> None:
        cloud.control("faults", [{"outcome": 432, "times": 1}, {"destination": "orders-failed", "deny": True}])
        send(cloud, fails=True)
        run(cloud)
        document = events(cloud, "stats", "--format", "json").document
        assert (document["retries"], document["throttles"], document["failedDeliveries"]) == (2, 1, 1)
        assert document["functions"] == [
            {
                "function": "orders",
                "retries": 2,
                "throttles": 1,
                "failedDeliveries": 1,
                "failedDeliveriesByCause": {"permission": 1},
            }
        ]
        assert document["total"] == {"lost": 1}
        assert document["wait"] == {"averageMs": 180_000, "longestMs": 180_000}

    def test_since_leaves_out_older_events(self, cloud: Cloud) -> None:
        send(cloud)
        cloud.advance(7200)
        send(cloud)
        assert events(cloud, "stats", "--since", "1h", "--format", "json").document["total"] == {"waiting": 1}

    def test_events_without_status_record_are_left_out(self, cloud: Cloud) -> None:
        cloud.create("untraced", CODE, AsyncRunEnable="TRUE")
        for function in ("traced", "untraced", "orders"):
            send(cloud, function)
        run(cloud)
        assert events(cloud, "stats", "--format", "json").document["total"] == {"finished": 2}
        cloud.advance(KEPT_S + 1)
        assert events(cloud, "stats", "--format", "json").document["total"] == {"finished": 1}

    def test_no_events(self, cloud: Cloud) -> None:
        assert events(cloud, "stats").stdout == "No events.\n"

    def test_unknown_function_is_an_error(self, cloud: Cloud) -> None:
        ran = events(cloud, "stats", "nobody")
        assert (ran.exit_code, ran.stdout) == (1, "")
        assert "function/default/nobody does not exist in" in ran.stderr

    def test_records_of_cloud_are_counted(self, remote: Remote) -> None:
        for fails in (True, False):
            send(remote, "traced", fails=fails)
        remote.pass_time(until="idle")
        header, _, total, wait = events(remote, "stats").stdout.splitlines()
        assert header.split()[1:] == ["FINISHED", "FAILED", "ABORTED"]
        assert total.split() == ["Total", "1", "1", "0"]
        assert wait == "Wait: average 0.0 s, longest 0.0 s. The API does not return failed deliveries."

    def test_function_without_trace_names_missing_settings(self, remote: Remote) -> None:
        ran = events(remote, "stats", "plain")
        assert ran.exit_code == 0
        assert ran.stdout.startswith(
            "No status records: function plain needs asyncRunEnable: true and traceEnable: true.\n"
        )


class TestStatus:
    def test_status_shows_metrics_of_function(self, cloud: Cloud) -> None:
        write_project(Path.cwd(), name="orders")
        cloud.control("faults", [{"destination": "orders-failed", "deny": True}])
        send(cloud, fails=True)
        run(cloud)
        shown = scfdeploy("status", "--endpoint", cloud.url).stdout
        assert "  asynchronous events: 2 retries, 0 throttles, 1 failed delivery (permission: 1)\n" in shown
        document = scfdeploy("status", "--endpoint", cloud.url, "--format", "json").document
        assert document["functions"][0]["metrics"] == {
            "retries": 2,
            "throttles": 0,
            "failedDeliveries": 1,
            "failedDeliveriesByCause": {"permission": 1},
        }

    def test_status_without_local_server_has_no_metrics(self, remote: Remote) -> None:
        document = scfdeploy("status", "--endpoint", remote.url, "--format", "json", clock=remote.clock()).document
        assert "metrics" not in document["functions"][0]


class TestCancel:
    def test_waiting_event_ends_as_aborted(self, cloud: Cloud) -> None:
        request = send(cloud, "traced")
        ran = events(cloud, "cancel", request[:8])
        assert (ran.exit_code, ran.stdout) == (
            0,
            f"Cancelled event {request[:4]}…: it was waiting, and no instance ran.\n",
        )
        assert events(cloud, "list", "--format", "json").document["events"][0]["status"] == "aborted"

    @pytest.mark.parametrize(
        ("options", "line"),
        [
            ((), "Cancelling event {id}…: SIGTERM sent; SIGKILL follows after 10 s (assumed).\n"),
            (("--now",), "Cancelled event {id}…: the instance was killed.\n"),
        ],
    )
    def test_instance_of_running_event_ends(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], line: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with running() as cloud:
            cloud.create("slow", {"index.py": SLOW}, Timeout=600, **TRACED)
            request = send(cloud, "slow")
            wait_for_status(cloud, request, "running")
            assert events(cloud, "cancel", request, *options).stdout == line.format(id=request[:4])
            wait_for_status(cloud, request, "aborted")
            shown = events(cloud, "show", request, "--format", "json").document
            assert [step["status"] for step in shown["timeline"] if step["kind"] == "attempt"] in ([439], [499])

    def test_ordinary_event_is_cancelled_with_a_remark(self, cloud: Cloud) -> None:
        ran = events(cloud, "cancel", send(cloud))
        assert ran.stdout.splitlines()[1:] == [
            "In the cloud, only events of functions with asyncRunEnable: true can be cancelled."
        ]

    def test_ended_and_unknown_events_are_errors(self, cloud: Cloud) -> None:
        request = send(cloud)
        run(cloud)
        ended, unknown = events(cloud, "cancel", request), events(cloud, "cancel", "zzzz")
        assert (ended.exit_code, unknown.exit_code) == (1, 1)
        assert f"Event {request[:4]}… has ended: finished" in ended.stderr
        assert "There is no event zzzz." in unknown.stderr

    @pytest.mark.parametrize(
        ("options", "line"),
        [
            ((), "Cancelling event {id}…: SIGTERM sent; SIGKILL follows after 10 s (assumed).\n"),
            (("--now",), "Cancelled event {id}…: the instance was killed.\n"),
        ],
    )
    def test_event_of_cloud_is_terminated(self, remote: Remote, options: tuple[str, ...], line: str) -> None:
        request = send(remote, "traced")
        ran = events(remote, "cancel", request[:8], *options)
        assert (ran.exit_code, ran.stdout) == (0, line.format(id=request[:4]))
        assert events(remote, "list", "--format", "json").document["events"][0]["status"] == "aborted"
        assert events(remote, "cancel", request, *options).exit_code == 1

    def test_event_without_record_is_unknown_in_cloud(self, remote: Remote) -> None:
        ran = events(remote, "cancel", send(remote, "plain"), "--function", "plain")
        assert ran.exit_code == 1
        assert "There is no event" in ran.stderr


class TestPull:
    def test_second_pull_adds_no_lines(self, cloud: Cloud) -> None:
        requests = [send(cloud, fails=True), send(cloud, "traced"), send(cloud)]
        run(cloud)
        assert events(cloud, "pull", "--to", "e.jsonl").stdout == "Appended 3 records to e.jsonl.\n"
        assert [record["requestId"] for record in lines_of("e.jsonl")] == requests
        ran = events(cloud, "pull", "--to", "e.jsonl")
        assert (ran.exit_code, ran.stdout) == (0, "Appended 0 records to e.jsonl.\n")
        assert len(lines_of("e.jsonl")) == 3

    def test_new_status_of_event_is_a_new_record(self, cloud: Cloud) -> None:
        send(cloud)
        events(cloud, "pull", "--to", "e.jsonl")
        run(cloud)
        events(cloud, "pull", "--to", "e.jsonl")
        assert [record["status"] for record in lines_of("e.jsonl")] == ["waiting", "finished"]

    def test_interrupted_line_is_replaced(self, cloud: Cloud) -> None:
        for _ in range(2):
            send(cloud)
        events(cloud, "pull", "--to", "e.jsonl")
        whole = Path("e.jsonl").read_bytes()
        Path("e.jsonl").write_bytes(whole[:-20])
        assert events(cloud, "pull", "--to", "e.jsonl").stdout == "Appended 1 record to e.jsonl.\n"
        assert Path("e.jsonl").read_bytes() == whole
        Path("e.jsonl").write_bytes(whole[:-1])
        send(cloud)
        events(cloud, "pull", "--to", "e.jsonl")
        assert len(lines_of("e.jsonl")) == 3

    def test_file_with_other_content_is_left_alone(self, cloud: Cloud) -> None:
        send(cloud)
        Path("notes.txt").write_text("milk\neggs\n")
        ran = events(cloud, "pull", "--to", "notes.txt")
        assert ran.exit_code == 1
        assert "line 1 of notes.txt is not an event record" in ran.stderr
        assert Path("notes.txt").read_text() == "milk\neggs\n"

    @pytest.mark.parametrize(
        "line",
        ['{"requestId": [], "status": {}, "acceptedAt": "2026-11-28T10:00:00+08:00"}', "[" * 100_000],
        ids=["wrong types", "deep nesting"],
    )
    def test_line_of_another_form_is_refused(self, cloud: Cloud, line: str) -> None:
        Path("e.jsonl").write_text(f"{line}\n")
        ran = events(cloud, "pull", "--to", "e.jsonl")
        assert (ran.exit_code, ran.stdout) == (1, "")
        assert "line 1 of e.jsonl is not an event record" in ran.stderr

    @pytest.mark.parametrize("content", ["milk", '{"name": "app"}', "\x00"])
    def test_other_content_without_newline_is_left_alone(self, cloud: Cloud, content: str) -> None:
        send(cloud)
        Path("app.json").write_text(content)
        ran = events(cloud, "pull", "--to", "app.json")
        assert ran.exit_code == 1
        assert "line 1 of app.json is not an event record" in ran.stderr
        assert Path("app.json").read_text() == content

    def test_lines_of_another_pull_at_the_same_time_are_kept(
        self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send(cloud)
        events(cloud, "pull", "--to", "e.jsonl")
        line = Path("e.jsonl").read_text()
        read = event_archive._read_events

        def read_while_another_pull_appends(*arguments: Any) -> Any:
            Path("e.jsonl").write_text(line * 2)
            return read(*arguments)

        monkeypatch.setattr(event_archive, "_read_events", read_while_another_pull_appends)
        ran = events(cloud, "pull", "--to", "e.jsonl")
        assert ran.exit_code == 1
        assert "e.jsonl was changed by another program; nothing was written" in ran.stderr
        assert Path("e.jsonl").read_text() == line * 2

    def test_missing_folder_is_an_error(self, cloud: Cloud) -> None:
        ran = events(cloud, "pull", "--to", "nowhere/e.jsonl")
        assert ran.exit_code == 1
        assert "nowhere/e.jsonl cannot be used: No such file or directory" in ran.stderr

    def test_expired_records_are_named(self, cloud: Cloud) -> None:
        start = cloud.control("clock")["now"]
        send(cloud, "traced")
        run(cloud)
        events(cloud, "pull", "--to", "e.jsonl")
        cloud.advance(KEPT_S)
        assert events(cloud, "pull", "--to", "e.jsonl").exit_code == 0
        cloud.advance(3600)
        late = send(cloud, "traced")
        ran = events(cloud, "pull", "--to", "e.jsonl")
        assert (ran.exit_code, ran.stdout) == (
            1,
            f"Appended 1 record to e.jsonl.\n"
            f"Records from {china_time(start)} to {china_time(start + 3600)} have expired.\n",
        )
        assert lines_of("e.jsonl")[-1]["requestId"] == late

    def test_since_leaves_out_events_that_ended_before(self, cloud: Cloud) -> None:
        send(cloud)
        run(cloud)
        cloud.advance(7200)
        send(cloud)
        assert "Appended 1 record" in events(cloud, "pull", "--to", "e.jsonl", "--since", "1h").stdout

    def test_t1_record_is_visible_for_three_days(self, cloud: Cloud) -> None:
        send(cloud, "traced")
        run(cloud)
        cloud.advance(KEPT_S)
        assert len(events(cloud, "list", "traced", "--format", "json").document["events"]) == 1
        assert events(cloud, "pull", "--to", "a.jsonl").stdout.startswith("Appended 1 record ")
        cloud.advance(1)
        assert events(cloud, "list", "traced", "--format", "json").document["events"] == []
        assert events(cloud, "pull", "--to", "b.jsonl").stdout.startswith("Appended 0 records ")

    def test_t2_event_after_tracing_was_switched_off_has_no_record(self, cloud: Cloud) -> None:
        first = send(cloud, "traced")
        run(cloud)
        cloud.advance(100)
        cloud.control("settings", {"trace_off": "traced"})
        cloud.advance(100)
        send(cloud, "traced")
        run(cloud)
        cloud.advance(KEPT_S - 200)
        shown = events(cloud, "list", "--format", "json").document
        assert [event["requestId"] for event in shown["events"]] == [first]
        assert shown["untraced"] == [{"function": "traced", "missing": ["traceEnable: true"]}]
        events(cloud, "pull", "--to", "e.jsonl")
        assert [record["requestId"] for record in lines_of("e.jsonl")] == [first]

    def test_calls_are_spaced_evenly(self, remote: Remote) -> None:
        clock = remote.clock()
        ran = scfdeploy("events", "pull", "traced", "--to", "e.jsonl", "--endpoint", remote.url, clock=clock)
        assert (ran.exit_code, [round(seconds, 3) for seconds in clock.slept]) == (0, [0.05])

    def test_records_of_cloud_are_appended_once(self, remote: Remote) -> None:
        for fails in (True, False):
            send(remote, "traced", fails=fails)
        remote.pass_time(until="idle")
        assert events(remote, "pull", "--to", "e.jsonl").stdout == "Appended 2 records to e.jsonl.\n"
        assert {record["status"] for record in lines_of("e.jsonl")} == {"failed", "finished"}
        assert events(remote, "pull", "--to", "e.jsonl").stdout == "Appended 0 records to e.jsonl.\n"
        remote.pass_time(advance_s=KEPT_S + 60)
        ran = events(remote, "pull", "--to", "e.jsonl", "--format", "json")
        assert (ran.exit_code, ran.document["ok"], ran.document["appended"]) == (1, False, 0)
        assert set(ran.document["expired"]) == {"from", "to"}

"""The server: its port, its file, its connections, and how it stops."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scfdeploy.emulator import DataFileError, Server, Settings
from tests.support.emulator import Cloud, running, tc3_headers


def test_state_survives_restart(tmp_path: Path) -> None:
    data = tmp_path / "new" / "emulator.db"
    with running(data, activation_s=60) as cloud:
        cloud.create(Tags=[{"Key": "a", "Value": "1"}])
        cloud.advance(61)
        cloud.call("CreateTrigger", FunctionName="hello", TriggerName="t", Type="timer", TriggerDesc="0 0 0 * * * *")
        cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Timeout=9)
        before = cloud.control("state")

    with running(data) as cloud:
        assert cloud.control("state") == before
        found = cloud.call("GetFunction", FunctionName="hello")
        assert found["Status"] == "Updating"
        cloud.advance(200)
        assert cloud.call("GetFunction", FunctionName="hello")["Status"] == "Active"
        assert cloud.send("GET", cloud.call("GetFunctionAddress", FunctionName="hello")["Url"])[0] == 200


def test_port_in_use_raises_os_error() -> None:
    with running() as cloud, pytest.raises(OSError, match="in use"):
        Server(port=int(cloud.url.rpartition(":")[2]))


def test_data_file_that_is_not_a_database_of_the_server_raises_data_file_error(tmp_path: Path) -> None:
    other = tmp_path / "notes.db"
    other.write_text("not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(DataFileError, match=r"notes\.db is not a database of this server"):
        Server(other)
    foreign = tmp_path / "foreign.db"
    database = sqlite3.connect(foreign)
    database.execute("PRAGMA user_version=999")
    database.close()
    with pytest.raises(DataFileError, match=r"foreign\.db is not a database of this server"):
        Server(foreign)


def test_data_file_that_cannot_be_opened_raises_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be opened") as caught:
        Server(tmp_path)
    assert not isinstance(caught.value, DataFileError)


def test_data_of_another_format_is_dropped(tmp_path: Path) -> None:
    data = tmp_path / "emulator.db"
    with running(data) as cloud:
        cloud.create()
    database = sqlite3.connect(data)
    database.execute("PRAGMA user_version=999")
    database.close()
    with running(data) as cloud:
        assert cloud.control("state") == {}


def test_two_servers_can_share_data_file(tmp_path: Path) -> None:
    data = tmp_path / "emulator.db"
    with running(data) as one, running(data) as other:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: (one, other)[n % 2].create(f"fn-{n}a"), range(20)))
        assert one.call("ListFunctions")["TotalCount"] == other.call("ListFunctions")["TotalCount"] == 20


def test_second_stop_does_nothing() -> None:
    server = Server()
    server.start()
    server.stop()
    server.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=5)


def test_server_can_stop_without_start() -> None:
    Server().stop()


def test_stopped_server_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with running() as cloud:
        cloud.create()
        callers = [
            threading.Thread(target=cloud.call, args=["Invoke"], kwargs={"FunctionName": "hello"}) for _ in range(3)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        cloud.call("GetFunction", FunctionName="hello")
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=20)
    assert set(threading.enumerate()) <= before


def test_stop_in_other_thread_ends_serve_forever() -> None:
    server = Server()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    assert Cloud(server.url).control("health")["ok"]
    server.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()


def test_stop_waits_for_running_call() -> None:
    server = Server(settings=Settings(latency_s=0.2))
    server.start()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(Cloud(server.url).call, "ListNamespaces")
        time.sleep(0.1)  # noqa: TID251 - for the call to be under way
        server.stop()
        assert answer.result()["TotalCount"] == 1


def test_connection_stays_open_until_client_closes_it(cloud: Cloud) -> None:
    connection = http.client.HTTPConnection(cloud.address, timeout=10)
    for _ in range(3):
        connection.request("POST", "/?", b"{}", tc3_headers(cloud.address, "ListNamespaces", b"{}"))
        assert json.loads(connection.getresponse().read())["Response"]["TotalCount"] == 1
        assert connection.sock is not None
    connection.request(
        "POST", "/", b"{}", tc3_headers(cloud.address, "ListNamespaces", b"{}") | {"Connection": "close"}
    )
    answer = connection.getresponse()
    answer.read()
    assert answer.getheader("Connection") == "close"
    connection.close()


def test_chunked_body_and_url_as_target_are_accepted(cloud: Cloud) -> None:
    connection = http.client.HTTPConnection(cloud.address, timeout=10)
    headers = tc3_headers(cloud.address, "ListNamespaces", b'{"Limit": 1}')
    connection.request("POST", f"{cloud.url}/", iter([b'{"Limit"', b": 1}"]), headers, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["Response"]["TotalCount"] == 1
    connection.close()


def test_huge_content_length_is_rejected_unread(cloud: Cloud) -> None:
    connection = http.client.HTTPConnection(cloud.address, timeout=10)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", str(1 << 40))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_unknown_path_returns_404(cloud: Cloud) -> None:
    assert cloud.send("GET", "/favicon.ico")[0] == 404
    assert cloud.send("GET", "/_code/" + "0" * 64)[0] == 404


def test_connections_are_served_concurrently() -> None:
    with running(latency_s=0.05) as cloud, ThreadPoolExecutor(32) as pool:
        began = time.monotonic()
        answers = list(pool.map(lambda _: cloud.call("ListNamespaces")["TotalCount"], range(64)))
        assert answers == [1] * 64
        assert time.monotonic() - began < 64 * 0.05


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \xb2\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + b"1" * 5000 + b"\r\n\r\n", b"413"),
        # Read as a number it would mean: all that ever comes.
        (b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"413"),
        (b"GET http://evil.test[ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", b"404"),
        (b"PUT /_emulator/faults\r\n\r\n", b"400"),
    ],
)
def test_malformed_request_gets_error_at_once(head: bytes, status: bytes) -> None:
    with running() as cloud:
        host, _, port = cloud.address.partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(head)
            answer = connection.makefile("rb").readline()
    assert answer.startswith((b"HTTP/1.1 " + status, b"HTTP/1.0 " + status)), answer

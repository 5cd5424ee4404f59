"""Hostile responses of servers: redirects, floods and compression bombs; and failing proxies."""

from __future__ import annotations

import gc
import gzip
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest
import requests

from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.retry import RetryPolicy
from scfdeploy.providers.tencent import open_provider
from scfdeploy.providers.tencent.auth.workload_identity import from_role
from scfdeploy.providers.tencent.cos.bucket import Bucket
from scfdeploy.providers.tencent.resources.code import download, download_to
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.http import iter_body, open_session
from scfdeploy.providers.tencent.transport.paging import list_all
from tests.support.cloud import PAIR, REGION, client_of
from tests.support.command import scfdeploy
from tests.support.fake_clock import FakeClock
from tests.support.project import write_project
from tests.support.raw_server import RawServer, Reply, answered, endless, raw_server, said

HELLO = Address.of_function("default", "hello")
REDIRECTS = ("301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect")
JSON = "Content-Type: application/json"


# A call that is given up leaves its connection to a thread of its own, which the garbage collector closes.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(scope="module", autouse=True)
def freeze_older_objects() -> None:
    """Let the collections of this module look only at what its tests leave."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def collect_abandoned_connections() -> Iterator[None]:
    """Keep connections that were given up from being collected in a later test."""
    yield
    gc.collect()


def redirect(status: str, to: RawServer) -> Reply:
    return answered(status, f"Location: http://user:hunter2@127.0.0.1:{to.port}/path?sign=hunter2")


def ask(server: RawServer) -> CloudError:
    """The error of a look that the server answers."""
    with pytest.raises(CloudError) as caught:
        client_of(server.url, clock=FakeClock()).read("GetFunction", {"FunctionName": "hello"})
    return caught.value


@pytest.fixture
def elsewhere() -> Iterator[RawServer]:
    """Where redirects lead to, and nobody may ask."""
    with raw_server(answered("200 OK", JSON, body=b'{"Response": {"RequestId": "r-1"}}')) as server:
        yield server
        assert server.requests == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_redirect_of_the_api_is_not_followed_and_names_the_host_alone(
    elsewhere: RawServer, status: str, tmp_path: Path
) -> None:
    with raw_server(redirect(status, elsewhere)) as server:
        planned = scfdeploy("plan", write_project(tmp_path), "--endpoint", server.url, clock=FakeClock())
    assert planned.exit_code == 1
    assert f"redirects (HTTP {status[:3]}) to 127.0.0.1:{elsewhere.port}, and redirects are not followed" in (
        planned.stderr
    )
    assert "hunter2" not in planned.stderr + planned.stdout


@pytest.mark.parametrize("status", REDIRECTS)
def test_redirect_of_a_write_is_refused_and_sends_nothing_on(elsewhere: RawServer, status: str) -> None:
    with raw_server(redirect(status, elsewhere)) as server, pytest.raises(CloudError) as caught:
        client_of(server.url, clock=FakeClock()).write("CreateFunction", {"FunctionName": "hello"})
    assert caught.value.kind is ErrorKind.REJECTED
    assert len(server.requests) == 1


@pytest.mark.parametrize("location", ["javascript:x", "//[", "http://a\x1b[2Jb.example/", "/path", ""])
def test_redirect_target_is_escaped_in_error(location: str) -> None:
    with raw_server(answered("302 Found", f"Location: {location}")) as server:
        error = ask(server)
    assert "redirects are not followed" in error.message
    assert error.message.isprintable()


@pytest.mark.parametrize("status", REDIRECTS)
def test_redirect_of_the_storage_is_not_followed(elsewhere: RawServer, status: str) -> None:
    with raw_server(redirect(status, elsewhere)) as server:
        bucket = Bucket("code-1300000001", REGION, credentials=PAIR, endpoint=Endpoint.parse(server.url))
        for call in (lambda: bucket.put_object("a.zip", b"code"), lambda: bucket.object_size("a.zip"), bucket.create):
            with pytest.raises(CloudError, match="redirects are not followed") as caught:
                call()
            assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("status", REDIRECTS)
def test_redirect_of_a_code_download_is_not_followed(elsewhere: RawServer, status: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        storage = stack.enter_context(raw_server(redirect(status, elsewhere)))
        client = stack.enter_context(_naming(f"{storage.url}/code.zip?sign=hunter2"))
        with pytest.raises(CloudError, match="redirects are not followed") as caught:
            download_to(client, HELLO, str(tmp_path / "code.zip"))
    assert "hunter2" not in caught.value.message


def test_redirect_of_the_metadata_service_is_not_followed(elsewhere: RawServer) -> None:
    with raw_server(redirect("302 Found", elsewhere)) as server:
        assert from_role({}, service=f"{server.url}/") is None


def test_metadata_service_gives_the_keys_of_the_role() -> None:
    keys = {"Code": "Success", "TmpSecretId": "AKIDrole", "TmpSecretKey": "key", "Token": "token"}
    replies = answered("200 OK", body=b"deployer"), answered("200 OK", JSON, body=json.dumps(keys).encode())
    with raw_server(*replies) as server:
        found = from_role({}, service=f"{server.url}/", timeout_s=30)
    assert found is not None
    assert found.secret_id == "AKIDrole"
    assert server.requests[1].startswith(b"GET /deployer ")


def _naming(url: str) -> _Naming:
    return _Naming(url)


class _Naming:
    """A client whose cloud says that the code lies at `url`."""

    def __init__(self, url: str) -> None:
        body = json.dumps({"Response": {"Url": url, "RequestId": "r-1"}}).encode()
        self._server = raw_server(answered("200 OK", JSON, body=body))

    def __enter__(self) -> Client:
        return client_of(self._server.__enter__().url, clock=FakeClock())

    def __exit__(self, *_: object) -> None:
        self._server.__exit__(None, None, None)


_ZEROS = gzip.compress(bytes(64 << 20))
FLOODS: dict[str, Reply] = {
    "gzip bomb": answered("200 OK", JSON, "Content-Encoding: gzip", body=_ZEROS),
    "gzip bomb in an error": answered("502 Bad Gateway", "Content-Encoding: gzip", body=_ZEROS),
    "gzip bomb of many members": endless(f"HTTP/1.1 200 OK\r\n{JSON}\r\nContent-Encoding: gzip\r\n\r\n", _ZEROS),
    "body without an end": endless(f"HTTP/1.1 200 OK\r\n{JSON}\r\n\r\n", b" " * 65536),
    "chunks without an end": endless(
        f"HTTP/1.1 200 OK\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"
    ),
    "one chunk of a terabyte": endless(
        f"HTTP/1.1 200 OK\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n\r\n10000000000\r\n", b" " * 65536
    ),
    "chunk header without an end": endless(
        f"HTTP/1.1 200 OK\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 65536
    ),
    "announced size of a terabyte": endless(
        f"HTTP/1.1 200 OK\r\n{JSON}\r\nContent-Length: 1099511627776\r\n\r\n", b" " * 65536
    ),
    "headers without an end": endless("HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 1000),
    "header line without an end": endless("HTTP/1.1 200 OK\r\nA: ", b"a" * 65536),
    "status line without an end": endless("", b"a" * 65536),
    "encoding that was not asked for": answered("200 OK", JSON, "Content-Encoding: br", body=b"{}"),
    "nested encodings": answered("200 OK", JSON, "Content-Encoding: gzip, gzip", body=gzip.compress(b"{}")),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_oversized_response_is_rejected_without_reading_on(flood: str) -> None:
    with raw_server(FLOODS[flood]) as server:
        error = ask(server)
    assert error.kind is ErrorKind.AMBIGUOUS
    assert server.requests[0].startswith(b"POST / ")


@pytest.mark.parametrize("flood", ["gzip bomb", "body without an end", "chunks without an end"])
def test_read_with_oversized_response_is_not_repeated(flood: str) -> None:
    with raw_server(FLOODS[flood]) as server:
        error = ask(server)
    assert "127.0.0.1 sent more than 4 MB; the rest was not read" in error.message
    assert len(server.requests) == 1


@pytest.mark.parametrize("flood", ["gzip bomb", "body without an end", "chunks without an end"])
def test_oversized_storage_response_is_rejected(flood: str) -> None:
    with raw_server(FLOODS[flood]) as server:
        bucket = Bucket("code-1300000001", REGION, credentials=PAIR, endpoint=Endpoint.parse(server.url))
        with pytest.raises(CloudError, match="sent more than 2 MB"):
            bucket.start_upload("a.zip")


@pytest.mark.parametrize("flood", ["gzip bomb", "body without an end"])
def test_oversized_code_download_is_rejected(flood: str) -> None:
    with (
        raw_server(FLOODS[flood]) as storage,
        _naming(f"{storage.url}/code.zip") as client,
        pytest.raises(CloudError) as caught,
    ):
        download(client, HELLO)
    assert caught.value.code == "ResponseSizeLimitExceeded"


@pytest.mark.parametrize("largest", [0, 1, 1000, 1 << 20])
def test_compressed_response_is_never_decoded_beyond_its_bound(largest: int) -> None:
    sizes: list[int] = []
    with raw_server(FLOODS["gzip bomb"]) as server:
        response = open_session(max_bytes=None).get(server.url, stream=True, timeout=60)
        read = iter_body(response, largest)
        with pytest.raises(requests.RequestException, match="sent more than"):
            sizes.extend(map(len, read))
    assert sum(sizes) <= largest


@pytest.mark.parametrize("size", [0, 1 << 20])
@pytest.mark.parametrize("encoding", ["", "gzip", "two members"])
def test_response_within_limit_is_read_in_any_encoding(size: int, encoding: str) -> None:
    body = json.dumps({"Response": {"RequestId": "r" * size}}).encode()
    sent = {"": body, "gzip": gzip.compress(body), "two members": gzip.compress(body[:9]) + gzip.compress(body[9:])}
    headers = [JSON, "Content-Encoding: gzip"] if encoding else [JSON]
    with raw_server(answered("200 OK", *headers, body=sent[encoding])) as server:
        found = client_of(server.url, clock=FakeClock()).read("GetFunction", {"FunctionName": "hello"})
    assert found == json.loads(body)["Response"]


@pytest.mark.parametrize("cut", [1, 10, -1])
def test_damaged_compressed_response_is_an_error(cut: int) -> None:
    with raw_server(answered("200 OK", JSON, "Content-Encoding: gzip", body=gzip.compress(b"{}" * 99)[:cut])) as server:
        assert ask(server).kind is ErrorKind.AMBIGUOUS


def test_code_at_an_address_that_is_not_encrypted_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"Response": {"Url": "http://code.example/a.zip?sign=hunter2", "RequestId": "r-1"}}).encode()
    with raw_server(answered("200 OK", JSON, body=body)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with raw_server(answered("200 OK", JSON, body=body)) as server:
            client = _pretending_https(server)
            with pytest.raises(CloudError, match=r"code\.example, is not encrypted"):
                download(client, HELLO)
        assert proxy.requests == []


def _pretending_https(server: RawServer) -> Client:
    class Encrypted(Client):
        is_unencrypted = False

    there = Endpoint.parse(server.url)
    clock, pair = FakeClock(), PAIR
    return Encrypted(
        REGION, credentials=pair, endpoint=there, clock=clock, random=lambda: 0.5, policy=RetryPolicy(), pool_size=1
    )


PROXIES: dict[str, Reply] = {
    "refuses the way": said("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
    "asks for credentials": said("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
    "is no proxy": said("SSH-2.0-OpenSSH_9.6\r\n"),
    "hangs up": said(b""),
    "redirects": said("HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n"),
}


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("product", ["api", "storage"])
def test_proxy_that_fails_is_named_without_its_password(
    proxy: str, product: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_proxies(monkeypatch)
    with raw_server(PROXIES[proxy]) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://someone:hunter2@127.0.0.1:{server.port}")
        error = _through_the_proxy(product)
        assert f"the proxy http://127.0.0.1:{server.port} (HTTPS_PROXY or ALL_PROXY)" in error.message
        assert "hunter2" not in error.message
        assert "someone" not in error.message


@pytest.mark.parametrize(
    "value",
    [
        "http://someone:hunter2@127.0.0.1:1",
        "someone:hunter2@127.0.0.1:1",
        "socks5://someone:hunter2@127.0.0.1:1",
        "http://someone:hunter2@",
        "http://someone:hunter2@127.0.0.1:port",
        "http://someone:hunter2@[::1",
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_proxy_that_cannot_be_reached_is_named_without_its_password(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_proxies(monkeypatch)
    monkeypatch.setenv(variable, value)
    error = _through_the_proxy("api")
    assert "the proxy" in error.message
    assert "hunter2" not in error.message
    assert "someone" not in error.message


def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _through_the_proxy(product: str) -> CloudError:
    calls: dict[str, Callable[[], object]] = {
        "api": lambda: open_provider(REGION, credentials=PAIR, clock=FakeClock()).versions(HELLO),
        "storage": lambda: Bucket("code-1300000001", REGION, credentials=PAIR, endpoint=None).create(),
    }
    with pytest.raises(CloudError) as caught:
        calls[product]()
    return caught.value


@pytest.mark.parametrize(
    "command",
    [
        ["plan"],
        ["apply", "--yes"],
        ["destroy", "--yes"],
        ["status"],
        ["import", "hello"],
        ["versions"],
        ["alias", "set", "prod", "--to", "1"],
        ["alias", "shift", "prod", "--to", "1"],
        ["rollback"],
        ["invoke", "hello"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "url",
    ["http://cloud.example", "http://127.0.0.1.cloud.example:9080", "http://localhost.example", "http://10.0.0.1"],
)
def test_endpoint_that_is_not_encrypted_is_wrong_usage_without_insecure(
    command: list[str], url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_project(tmp_path))
    by_option = scfdeploy(*command, "--endpoint", url, clock=FakeClock())
    by_variable = scfdeploy(*command, env={"SCFDEPLOY_ENDPOINT": url}, clock=FakeClock())
    assert (by_option.exit_code, by_variable.exit_code) == (2, 2)
    for refused in (by_option, by_variable):
        said_words = " ".join(refused.stderr.replace("│", " ").split())
        assert "is not encrypted" in said_words
        assert "--insecure" in said_words


def test_endpoint_that_is_not_encrypted_is_used_with_insecure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _no_proxies(monkeypatch)
    with raw_server(answered("403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        env = {"TENCENTCLOUD_SECRET_ID": "AKIDx", "TENCENTCLOUD_SECRET_KEY": "key"}
        scfdeploy(
            *("plan", write_project(tmp_path), "--endpoint", "http://cloud.example", "--insecure"),
            env=env,
            clock=FakeClock(),
        )
    assert proxy.requests[0].startswith(b"POST http://cloud.example/ ")


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8:80", True),
        ("LOCALHOST:1", True),
        ("localhost.", True),
        ("[::1]:80", True),
        ("127.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("[fe80::1]", False),
    ],
)
def test_loopback_is_recognised_by_address(host: str, is_here: bool) -> None:
    assert Endpoint.parse(f"http://{host}").is_loopback is is_here


def test_endless_list_is_an_error() -> None:
    class Endless:
        def __init__(self) -> None:
            self.count = 0

        def read(self, _action: str, params: Mapping[str, Any]) -> dict[str, Any]:
            self.count += 1
            return {"Functions": [{"FunctionName": f"f{params['Offset']}"}], "TotalCount": 1 << 40}

    endless = Endless()
    with pytest.raises(CloudError, match="TotalCount"):
        list_all(cast("Client", endless), "ListFunctions", {}, "Functions")
    assert endless.count == 1000


def test_endless_upload_part_list_is_an_error() -> None:
    numbers = iter(range(1, 1 << 20))

    def another(connection: socket.socket) -> None:
        after = next(numbers) * 5000
        body = (
            "<ListPartsResult><IsTruncated>true</IsTruncated>"
            f"<NextPartNumberMarker>{after}</NextPartNumberMarker></ListPartsResult>"
        ).encode()
        answered("200 OK", "Content-Type: application/xml", body=body)(connection)

    with raw_server(another) as server:
        bucket = Bucket("code-1300000001", REGION, credentials=PAIR, endpoint=Endpoint.parse(server.url))
        with pytest.raises(CloudError, match="NextPartNumberMarker"):
            bucket.list_parts("a.zip", "upload")
    assert len(server.requests) == 3


def body_of(value: str, most: int = 3 << 20) -> bytes:
    """An answer of about 3 MB: a list of the same value, as a field that nobody asked for."""
    return f'{{"Response":{{"RequestId":"r-1","X":[{",".join([value] * (most // (len(value) + 1)))}]}}}}'.encode()


@pytest.mark.parametrize("value", ["{}", "[]", '{"a":1}', "1.5", '"ab"', '[{"a":""}]'])
def test_response_with_millions_of_values_is_rejected(value: str) -> None:
    with raw_server(answered("200 OK", JSON, body=body_of(value))) as server:
        error = ask(server)
    assert "sent more than 500,000 values in one response" in error.message
    assert len(server.requests) == 1


def test_response_with_long_string_is_read() -> None:
    result = "[" + r"\"{},\"" * 1_000_000 + "]"
    body = f'{{"Response":{{"RequestId":"r-1","RetMsg":"{result}"}}}}'.encode()
    with raw_server(answered("200 OK", JSON, body=body)) as server:
        answer = client_of(server.url, clock=FakeClock()).read("Invoke", {"FunctionName": "hello"})
    assert answer["RetMsg"].count("{},") == 1_000_000


@pytest.mark.parametrize(
    "body",
    [
        body_of("{}"),
        body_of("[]")[:-3],
        b'{"Response":{"RequestId":"r-1","X":"' + "\U0001f600".encode() + b"x" * (3 << 20) + b'"}}',
        b'{"Response":{"RequestId":"r-1","Error":{"Code":"X","Message":"' + b"xy " * (1 << 20) + b'"}}}',
        b"xy " * (1 << 20),
        b"\xe9" * (3 << 20),
    ],
    ids=["values", "cut", "wide characters", "message", "text", "no text"],
)
@pytest.mark.parametrize("status", ["200 OK", "502 Bad Gateway"])
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of the memory is read from /proc")
def test_response_of_3_mb_uses_little_memory(status: str, body: bytes) -> None:
    code = (
        "import re, sys\n"
        "from scfdeploy.providers.base import CloudError\n"
        "from tests.support.cloud import client_of\n"
        "from tests.support.fake_clock import FakeClock\n"
        "try:\n    client_of(sys.argv[1], clock=FakeClock()).read('GetFunction', {})\n"
        "except CloudError:\n    pass\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
    )
    with raw_server(answered(status, JSON, body=body)) as server:
        peak = subprocess.check_output([sys.executable, "-c", code, server.url], cwd=Path(__file__).parents[2])
    assert int(peak) < 200 << 10


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of the memory is read from /proc")
def test_compressed_600_mb_response_uses_little_memory(tmp_path: Path) -> None:
    member = gzip.compress(bytes(64 << 20))
    bomb = said(
        f"HTTP/1.1 200 OK\r\n{JSON}\r\nContent-Encoding: gzip\r\nContent-Length: {len(member) * 10}\r\n\r\n".encode()
        + member * 10
    )
    with raw_server(bomb) as server:
        ended = measured_plan(server, tmp_path)
    assert "sent more than 4 MB" in ended.stderr
    assert int(ended.stdout.split()[-1]) < 300 << 10


def measured_plan(server: RawServer, folder: Path) -> subprocess.CompletedProcess[str]:
    """`plan` in a process of its own, which prints the peak of its memory in kilobytes last."""
    code = (
        "import re, sys\n"
        "from scfdeploy.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
    )
    env = {"PATH": "/usr/bin:/bin", "TENCENTCLOUD_SECRET_ID": "AKIDx", "TENCENTCLOUD_SECRET_KEY": "key"}
    return subprocess.run(
        [sys.executable, "-c", code, "plan", "--endpoint", server.url],
        cwd=write_project(folder),
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

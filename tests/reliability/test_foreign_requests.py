"""Requests that a web page can make or that come under a name that was made to lead here: none has an effect."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.support.emulator import SECRET_ID, SECRET_KEY, Cloud, running, tc3_headers
from tests.support.measured import measure

_COS = "code-1300000001.cos.ap-guangzhou.myqcloud.com"
_EVIL = "evil.example"

_FOREIGN_HOSTS = (
    *(
        _EVIL,
        f"{_EVIL}:9080",
        "EVIL.EXAMPLE",
        f"{_EVIL}.",
        f"{_EVIL}.:9080",
        f"http://{_EVIL}",
        f"https://{_EVIL}:9080/",
    ),
    *(
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost-evil.example",
        "evillocalhost",
        "127.0.0.1.nip.io",
    ),
    *("scf.tencentcloudapi.com.evil.example", "eviltencentcloudapi.com", "tencentcloudapi.com.evil.example"),
    *(f"{_COS}.evil.example", "a-1.ap-guangzhou.tencentscf.com.evil.example", "evil.example#.tencentcloudapi.com"),
    # Other spellings of addresses, and addresses of all interfaces, which lead to this machine on some systems.
    *("0.0.0.0", "0.0.0.0:9080", "0", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "127.1", "127.0.0.1."),
    *("[::]", "[::]:9080", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "::1", "[::1", "[::1%25lo]", "[fe80::1]"),
    *("192.168.1.7:9080", "10.0.0.1", "128.0.0.1", "1127.0.0.1"),
    *("127.0.0.1@evil.example", "evil.example@127.0.0.1", "127.0.0.1:9080@evil.example", "127.0.0.1:9080:80"),
    *("127.0.0.1, evil.example", "127.0.0.1 evil.example", "127.0.0.1/evil.example", "127.0.0.1\\evil.example"),
    *("localhost:port", "localhost:", ".localhost", "local host", "*", "-"),
)
_FOREIGN_ORIGINS = (
    *(f"https://{_EVIL}", f"http://{_EVIL}:9080", "HTTP://EVIL.EXAMPLE", f"http://{_EVIL}.", "null", "", "*"),
    *("http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://localhost@evil.example"),
    *("http://evil.example, http://localhost", "http://localhost, http://evil.example", "http://localhost evil"),
    *("http://0.0.0.0:9080", "http://2130706433", "http://[::ffff:127.0.0.1]", "http://192.168.1.7:9080"),
    *(
        "file://",
        "file:///localhost",
        "chrome-extension://localhost",
        "data:text/html,",
        "ftp://localhost",
        "localhost",
    ),
    # Anyone can put a page into a bucket or a function of their own.
    *(f"https://{_COS}", "https://1250000000-abc.ap-guangzhou.tencentscf.com", "https://scf.tencentcloudapi.com"),
)
_FOREIGN_REFERERS = (
    *(f"https://{_EVIL}/", f"https://{_EVIL}/http://localhost/", "http://localhost@evil.example/", "about:blank"),
    *("https://localhost.evil.example/", f"https://{_EVIL}/?localhost", "http://127.0.0.1.evil.example:9080/a"),
)
_SITES = ("cross-site", "Cross-Site", "cross-site, none", "elsewhere", "")
# What browsers send for a page of another site, by what the page does.
_PAGES: Mapping[str, Mapping[str, str]] = {
    "form": {"Origin": f"https://{_EVIL}", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    "form in a sandboxed frame": {"Origin": "null", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"},
    "form, older browser": {"Origin": f"https://{_EVIL}", "Referer": f"https://{_EVIL}/"},
    "form, without referrer": {"Origin": "null"},
    "fetch without CORS": {"Origin": f"https://{_EVIL}", "Sec-Fetch-Mode": "no-cors", "Content-Type": "text/plain"},
    "beacon": {"Origin": f"https://{_EVIL}", "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"},
    "multipart": {"Origin": f"https://{_EVIL}", "Content-Type": "multipart/form-data; boundary=x"},
    "picture": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    "picture, older browser": {"Referer": f"https://{_EVIL}/page"},
    "script": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
    "style sheet": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "style"},
    "frame": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    "link": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"},
    "prefetch": {"Sec-Fetch-Site": "cross-site", "Sec-Purpose": "prefetch"},
    "web socket": {"Origin": f"https://{_EVIL}", "Upgrade": "websocket", "Connection": "Upgrade"},
    "event stream": {"Origin": f"https://{_EVIL}", "Accept": "text/event-stream"},
    "preflight": {"Origin": f"https://{_EVIL}", "Access-Control-Request-Method": "POST"},
    "preflight of a private network": {
        "Origin": f"https://{_EVIL}",
        "Access-Control-Request-Private-Network": "true",
    },
}


@dataclass(frozen=True)
class Form:
    """One request as it is written to the connection. A header that is given twice is sent twice."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    version: str = "HTTP/1.1"

    def with_headers(self, changed: Mapping[str, str]) -> Form:
        """With these headers, in place of those that it has."""
        names = {name.lower() for name in changed}
        kept = tuple((name, value) for name, value in self.headers if name.lower() not in names)
        return Form(self.method, self.target, (*changed.items(), *kept), self.body, self.version)

    def sent(self) -> bytes:
        length = (("Content-Length", str(len(self.body))),) if self.body else ()
        lines = [f"{self.method} {self.target} {self.version}", *(f"{n}: {v}" for n, v in (*self.headers, *length))]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + self.body


@dataclass(frozen=True)
class Play:
    """A server with a function that leaves a mark when it runs, and the requests that would have an effect."""

    cloud: Cloud
    mark: Path

    def status(self, form: Form) -> int:
        host, _, port = self.cloud.address.partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(form.sent())
            line = connection.makefile("rb").readline()
        return int(line.split()[1]) if line else 0

    def refuses(self, form: Form) -> bool:
        return self.status(form) in (400, 403)

    def forms(self, host: str | None = None) -> list[Form]:
        """A request of each kind, rightly signed for the host under which it is sent."""
        own = host or self.cloud.address
        return [
            Form("POST", "/", _host(own, _FORM_TYPE), _older("POST", own).encode()),
            Form("GET", f"/?{_older('GET', own)}", _host(own)),
            Form("POST", "/", tuple(_tc3(own).items()), _INVOKE),
            *(Form(method, "/", _host(own)) for method in ("OPTIONS", "HEAD", "PUT")),
            Form("POST", "/_emulator/reset", _host(own), b"{}"),
            Form("GET", "/_emulator/state", _host(own)),
            Form("POST", "/_emulator/faults", _host(own, "text/plain"), b'[{"code": "InternalError"}]'),
            Form("DELETE", "/_emulator/calls", _host(own)),
            *(Form("GET", f"/_emulator/{path}", _host(own)) for path in ("variables", "queues", "clock")),
            Form("POST", "/_emulator/clock", _host(own, "text/plain"), b'{"advance_s": 1}'),
            Form("POST", "/_emulator/queues/create", _host(own, "text/plain"), b'{"name": "planted"}'),
            Form("POST", "/_emulator/queues/purge", _host(own, "text/plain"), b'{"name": "planted"}'),
            Form("POST", "/_emulator/events", _host(own, "text/plain"), b"{}"),
            *(Form(method, "/_url/default/hello/", _host(own)) for method in ("GET", "HEAD", "OPTIONS", "DELETE")),
            Form("POST", "/_url/default/hello/a", _host(own, "text/plain"), b"x"),
            *(Form(method, "/hello/", _host(own)) for method in ("GET", "HEAD", "OPTIONS", "DELETE")),
            Form("POST", "/default/hello/a", _host(own, "text/plain"), b"x"),
            Form("GET", f"/_code/{self.code}", _host(own)),
            Form("GET", "/nothing", _host(own)),
        ]

    def storage_form(self) -> Form:
        headers = {"Host": _COS, "Authorization": _cos_signature("put", "/planted.zip")}
        return Form("PUT", "/planted.zip", tuple(headers.items()), b"planted")

    @property
    def code(self) -> str:
        state = self.cloud.control("state")
        return str(state["version"]["ap-guangzhou/default/hello/$LATEST"]["blob"])

    def is_untouched(self) -> bool:
        """Whether nothing ran, nothing was forgotten, nothing was set and nothing was stored."""
        state = self.cloud.control("state")
        return (
            not self.mark.exists()
            and "ap-guangzhou/default/hello" in state["function"]
            and "object" not in state
            and self.cloud.control("faults") == {"rules": []}
        )


def _calls_function(form: Form) -> bool:
    return form.target.startswith(("/_url/", "/hello/", "/default/", "/nothing"))


_FORM_TYPE = "application/x-www-form-urlencoded"
_INVOKE = b'{"FunctionName": "hello"}'


def _host(host: str, content_type: str = "") -> tuple[tuple[str, str], ...]:
    return (("Host", host), *((("Content-Type", content_type),) if content_type else ()))


def _tc3(host: str) -> dict[str, str]:
    return tc3_headers(host, "Invoke", _INVOKE)


def _older(method: str, host: str) -> str:
    fields = {
        "Action": "Invoke",
        "FunctionName": "hello",
        "Nonce": "7",
        "Region": "ap-guangzhou",
        "SecretId": SECRET_ID,
        "SignatureMethod": "HmacSHA256",
        "Timestamp": str(int(time.time())),
        "Version": "2018-04-16",
    }
    text = f"{method}{host}/?" + "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(SECRET_KEY.encode(), text.encode(), "sha256")).decode()
    return urlencode({**fields, "Signature": signature}, quote_via=quote)


def _cos_signature(method: str, path: str) -> str:
    now = int(time.time())
    span = f"{now - 60};{now + 600}"
    key = hmac.digest(SECRET_KEY.encode(), span.encode(), "sha1").hex()
    digest = hashlib.sha1(f"{method}\n{path}\n\n\n".encode()).hexdigest()
    signature = hmac.digest(key.encode(), f"sha1\n{span}\n{digest}\n".encode(), "sha1").hex()
    return (
        f"q-sign-algorithm=sha1&q-ak={SECRET_ID}&q-sign-time={span}&q-key-time={span}"
        f"&q-header-list=&q-url-param-list=&q-signature={signature}"
    )


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    with _playing(tmp_path) as played:
        yield played


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """One for all tests that only call the function: it need not start anew for each."""
    with _playing(tmp_path_factory.mktemp("stage")) as played:
        yield played


@pytest.fixture
def unmarked(stage: Play) -> Play:
    """That one, without the mark of an earlier call."""
    stage.mark.unlink(missing_ok=True)
    return stage


@contextmanager
def _playing(folder: Path) -> Iterator[Play]:
    mark = folder / "mark"
    source = f"def main(event, context):\n    open({str(mark)!r}, 'w').close()\n    return 1\n"
    with running(isolation="copy") as cloud:
        cloud.create(files={"index.py": source})
        cloud.call("CreateTrigger", FunctionName="hello", TriggerName="url", Type="http", TriggerDesc="{}")
        made = Form("PUT", "/", (("Host", _COS), ("Authorization", _cos_signature("put", "/"))))
        played = Play(cloud, mark)
        assert played.status(made) == 200
        yield played


def _require_refused(play: Play, kind: str, forms: list[Form]) -> None:
    accepted = [form for form in forms if not play.refuses(form)]
    measure("foreign requests", tried=len(forms), accepted=len(accepted), **{kind: len(forms)})
    assert accepted == []
    assert play.is_untouched()


def test_local_server_under_a_foreign_host_name_refuses_every_request(play: Play) -> None:
    _require_refused(play, "host", [form for host in _FOREIGN_HOSTS for form in play.forms(host)])


def test_local_server_as_a_proxy_for_a_foreign_host_refuses_every_request(play: Play) -> None:
    forms = [
        Form(form.method, f"http://{host}{form.target}", form.headers, form.body)
        for host in (_EVIL, "evil.example:80", "EVIL.EXAMPLE.", "0.0.0.0", "127.0.0.1@evil.example", "[::]")
        for form in play.forms()
    ]
    _require_refused(play, "proxy", forms)


def test_local_server_refuses_requests_of_pages_of_other_sites(play: Play) -> None:
    headers = [
        *({"Origin": origin} for origin in _FOREIGN_ORIGINS),
        *({"Referer": referer} for referer in _FOREIGN_REFERERS),
        *({"Sec-Fetch-Site": site} for site in _SITES),
        *_PAGES.values(),
        {"Origin": "http://localhost.evil.example", "Sec-Fetch-Site": "same-origin"},
    ]
    kinds = [*play.forms(), play.storage_form()]
    _require_refused(play, "page", [form.with_headers(more) for more in headers for form in kinds])


def test_local_server_refuses_requests_of_local_pages_except_to_function_urls(play: Play) -> None:
    port = play.cloud.address.partition(":")[2]
    headers: list[dict[str, str]] = [
        {"Origin": "http://localhost:3000"},
        {"Origin": f"http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Referer": "http://localhost:3000/page"},
        {"Sec-Fetch-Site": "same-site"},
    ]
    kinds = [form for form in (*play.forms(), play.storage_form()) if not _calls_function(form)]
    _require_refused(play, "page", [form.with_headers(more) for more in headers for form in kinds])


def test_local_server_runs_nothing_for_an_address_that_a_browser_opens(play: Play) -> None:
    headers = [
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "no-cors"},
    ]
    forms = [form for form in (*play.forms(), play.storage_form()) if not _calls_function(form)]
    kinds = [form for form in forms if not form.target.startswith("/_")]
    _require_refused(play, "page", [form.with_headers(more) for more in headers for form in kinds])


def test_local_server_refuses_requests_that_can_be_read_in_two_ways(play: Play) -> None:
    forms = []
    for form in play.forms():
        forms += [Form(form.method, form.target, (("Host", _EVIL), *form.headers), form.body)]
        forms += [Form(form.method, form.target, (*form.headers, ("host", _EVIL)), form.body)]
        twice = (("Origin", f"http://{play.cloud.address}"), ("Origin", f"https://{_EVIL}"))
        forms += [Form(form.method, form.target, (*form.headers, *twice), form.body)]
        unreadable = ("bad header\r\nOrigin", f"https://{_EVIL}")
        forms += [Form(form.method, form.target, (*form.headers, unreadable), form.body)]
        bare = tuple((name, value) for name, value in form.headers if name != "Host")
        forms += [Form(form.method, form.target, bare, form.body, version) for version in ("HTTP/1.1", "HTTP/1.0")]
        empty = (("Host", ""), *bare)
        forms += [Form(form.method, form.target, empty, form.body)]
    _require_refused(play, "ambiguous", forms)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:9", "app.localhost:9", "127.8.0.1", "[::1]:9"])
@pytest.mark.parametrize("form", ["{}", "http://{}"])
def test_local_server_under_a_loopback_name_answers_every_path(play: Play, host: str, form: str) -> None:
    name = form.format(host)
    statuses = {f"{one.method} {one.target[:12]}": play.status(one) for one in play.forms(name)}
    assert 403 not in statuses.values()
    assert 400 not in statuses.values()
    assert play.mark.exists()


@pytest.mark.parametrize(
    "host",
    [
        *("scf.tencentcloudapi.com", "scf.ap-guangzhou.tencentcloudapi.com", "scf.intl.tencentcloudapi.com"),
        *("scf.internal.tencentcloudapi.com:80", "tag.tencentcloudapi.com", "SCF.tencentcloudapi.com"),
        *("scf.ap-shanghai-fsi.tencentcloudapi.com", "https://scf.tencentcloudapi.com"),
    ],
)
@pytest.mark.parametrize("as_proxy", [False, True])
def test_local_server_under_a_product_host_name_answers_the_api(unmarked: Play, host: str, as_proxy: bool) -> None:
    name = host.removeprefix("https://")
    form = Form("POST", f"http://{name}/" if as_proxy else "/", tuple(_tc3(host).items()), _INVOKE)
    assert unmarked.status(form) == 200
    assert unmarked.mark.exists()
    # The control paths and the code of functions are for this machine's own names.
    assert unmarked.refuses(Form("GET", "/_emulator/state", _host(host)))
    assert unmarked.refuses(Form("GET", f"/_code/{unmarked.code}", _host(host)))
    assert unmarked.refuses(Form("GET", "/hello/", _host(host)))


def test_local_server_under_a_bucket_host_name_stores_the_object(play: Play) -> None:
    assert play.status(play.storage_form()) == 200
    assert "object" in play.cloud.control("state")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        {"Origin": "http://127.0.0.1:5173", "Sec-Fetch-Site": "same-site"},
        {"Origin": "https://[::1]:8443"},
        {"Origin": "http://app.localhost"},
        {"Referer": "http://localhost:3000/page", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Host": "1300000001-abcdef.ap-guangzhou.tencentscf.com"},
    ],
)
@pytest.mark.parametrize("path", ["/_url/default/hello/", "/hello"])
def test_function_url_answers_pages_of_this_machine(unmarked: Play, path: str, headers: dict[str, str]) -> None:
    if path == "/hello" and "Host" in headers:
        pytest.skip("the host name of a URL has the paths of its function")
    form = Form("GET", path, _host(unmarked.cloud.address)).with_headers(headers)
    assert unmarked.status(form) == 200
    assert unmarked.mark.exists()


def test_refused_request_gets_words_for_the_reason(play: Play) -> None:
    for headers, word in (({"Host": _EVIL}, "127.0.0.1"), ({"Origin": f"https://{_EVIL}"}, _EVIL)):
        status, answered, body = play.cloud.send("GET", "/_emulator/state", b"", headers)
        assert (status, answered["Connection"]) == (403, "close")
        assert word in json.loads(body)["error"]

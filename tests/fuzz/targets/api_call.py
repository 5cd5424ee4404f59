"""Signed calls with any parameters to the local server: a line each, `product Action {JSON}`; it never fails itself."""

from __future__ import annotations

import json
import logging
from functools import cache
from pathlib import Path

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.messages import Request
from scfdeploy.emulator.routes import handle
from scfdeploy.emulator.settings import Settings
from tests.fuzz.promises import require
from tests.support.emulator import VERSIONS, tc3_headers

_TABLE = Path(__file__).parents[3] / "scfdeploy" / "emulator" / "tables" / "scf.json"
_TYPES = ("string", "integer", "float", "boolean")
_MOST_CALLS = 8


@cache
def _words() -> tuple[bytes, ...]:
    table = json.loads(_TABLE.read_text())
    actions = [f"scf {action} {{" for action in table["actions"] if "Invoke" not in action]
    fields = {name for action in table["actions"].values() for name in action["parameters"]}
    fields |= {name for struct in table["structs"].values() for name in struct}
    odd = (
        "null",
        "[]",
        "{}",
        "-1",
        "1e999",
        "NaN",
        '"\\ud800"',
        '""',
        "true",
        '"\u00b2"',
        '"$LATEST"',
        '"1"',
        '"default"',
    )
    more = ("tag ModifyResourceTags {", "clb DescribeRewrite {", "cls CreateDeliverCloudFunction {", "cam GetRole {")
    return tuple(word.encode() for word in (*actions, *more, *(f'"{name}": ' for name in sorted(fields)), *odd))


WORDS = _words()


def target(data: bytes) -> None:
    """Make the calls, one after the other; nothing that runs a function."""
    emulator_app = _emulator_app()
    emulator_app.reset()
    failures = _Failures()
    for line in data.split(b"\n")[:_MOST_CALLS]:
        head, _, body = line.partition(b"{")
        product, _, action = head.decode("latin-1").strip().partition(" ")
        if product not in VERSIONS or "Invoke" in action or not action.isalnum():
            continue
        body = b"{" + body
        headers = tc3_headers("127.0.0.1:1", action, body, product=product)
        request = Request("POST", "/", "", {name.lower(): value for name, value in headers.items()}, body)
        with failures:
            found = handle(emulator_app, request)
        require(found.status == 200, f"{action} ended with HTTP {found.status}")
        response = json.loads(found.body)["Response"]
        require(response["RequestId"], "an answer without a request id")
        require("InternalError" not in str(response.get("Error", {}).get("Code")), f"{action}: {failures.told()}")
    with failures:
        state = handle(emulator_app, Request("GET", "/_emulator/state", "", {"host": "127.0.0.1"}, b""))
    require(state.status == 200 and isinstance(json.loads(state.body), dict), "the state cannot be told any more")


@cache
def _emulator_app() -> EmulatorApp:
    emulator_app = EmulatorApp(None, {"AKIDlocal": "local-secret"}, Settings(activation_s=0))
    emulator_app.base_url = "http://127.0.0.1:1"
    return emulator_app


class _Failures(logging.Handler):
    """What the server says of its own failures, in place of its error output."""

    def __init__(self) -> None:
        super().__init__()
        self._records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)

    def told(self) -> str:
        formatter = logging.Formatter()
        return "\n".join(formatter.format(record) for record in self._records)

    def __enter__(self) -> None:
        logger = logging.getLogger("scfdeploy.emulator")
        logger.addHandler(self)
        logger.propagate = False

    def __exit__(self, *_: object) -> None:
        logger = logging.getLogger("scfdeploy.emulator")
        logger.removeHandler(self)
        logger.propagate = True

"""The reference of the local server: the actions of the API, the control paths and the settings."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields

from scfdeploy.emulator.control import paths
from scfdeploy.emulator.cos.handler import _ACTIONS as _COS_ACTIONS
from scfdeploy.emulator.faults.rule import Rule
from scfdeploy.emulator.registry import ACTIONS
from scfdeploy.emulator.schema import find_shape, read_table
from scfdeploy.emulator.settings import Settings
from scripts.reference.markdown import code, codes, escaped, page, table

CONTROL_PATHS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("GET", "health"): ("", "Whether the server runs: `version`, `now`, `url`."),
    ("POST", "reset"): ("", "Delete everything."),
    ("GET", "state"): ("", "All that is stored, by kind and key."),
    ("GET", "variables"): ("", "The environment variables of all functions."),
    ("GET", "urls"): ("", "The local URLs of functions."),
    ("POST", "timers"): ("`function`, `trigger`", "Fire the timers of a function now, or one of them."),
    ("GET", "calls"): ("", "The API calls so far: `action`, `product`, time and outcome; no bodies."),
    ("DELETE", "calls"): ("", "Forget them."),
    ("GET", "faults"): ("", "The fault rules, with the number of calls that each has seen and hit."),
    ("POST", "faults"): ("a list of rules", "Replace all [fault rules](local-server.md)."),
    ("GET", "clock"): ("", "The time."),
    ("POST", "clock"): (
        "`advance_s`, `until`, `step`, `event`, `limit_s`, `triggers`, `steps`",
        "Let time pass: for some seconds, until no event waits, until an event has ended, or to the next due time.",
    ),
    ("POST", "events"): (
        "`function`, `statuses`, `since_s`, `limit`",
        "Asynchronous events, in the order of acceptance.",
    ),
    ("POST", "events/show"): ("`id`", "One event and its timeline; the beginning of its id is enough."),
    ("POST", "events/stats"): ("`function`, `since_s`", "Events by hour and status, and numbers for each function."),
    ("POST", "events/cancel"): ("`id`, `now`", "End an event; with `now`, its instance is killed."),
    ("POST", "events/begin"): ("`id`", "Make the first attempt of an event."),
    ("POST", "logs"): (
        "`functions`, `region`, `requestId`, `sinceS`, `failed`, `after`",
        "What functions printed, by run.",
    ),
    ("GET", "queues"): ("", "The local queues and topics."),
    ("POST", "queues/show"): ("`name`, `limit`", "The oldest messages of a queue."),
    ("POST", "queues/create"): ("`name`, `topic`", "Create a queue, or with `topic` true a topic."),
    ("POST", "queues/subscribe"): ("`topic`, `to`, `tag`, `bindingKey`", "Add a subscriber to a topic."),
    ("POST", "queues/send"): ("`name`, `text`, `tag`, `key`", "Publish a message."),
    ("POST", "queues/purge"): ("`name`", "Delete all messages of a queue."),
    ("POST", "queues/delete"): ("`name`, `ids`", "Delete messages of a queue."),
    ("GET", "settings"): ("", "All settings."),
    ("POST", "settings"): ("settings by name", "Change settings, and show all."),
}
"""What each control path takes and does."""


def control_paths() -> set[tuple[str, str]]:
    """The control paths that the server has."""
    return set(paths._PATHS)


def emulator_page() -> str:
    """The page of the local server's interface."""
    products = list(dict.fromkeys(product for product, _ in ACTIONS))
    return page(
        "The local server: actions, control paths, settings",
        [
            "What `scfdeploy emulator`, `--local` and `dev` answer. [The emulator](local-server.md) explains faults,",
            "time, isolation and access. The server listens on 127.0.0.1 only.",
            "",
            "## Actions",
            "",
            "`POST /` takes calls of Tencent Cloud API 3.0, signed with TC3-HMAC-SHA256 or the older HmacSHA1 and",
            "HmacSHA256. An unknown action or parameter gets the cloud's own error.",
            "",
        ],
        *(_product(product) for product in products),
        ["### cos", "", f"By the host names of buckets: {codes(sorted(_COS_ACTIONS))}.", ""],
        [
            "## Control paths",
            "",
            "Below `/_emulator/`, with JSON in bodies and responses. An invalid request is answered with 400 and",
            "`error`.",
            "",
        ],
        table(["method", "path", "keys of the body", "does"], _control_rows()),
        [
            "## Fault rules",
            "",
            "The keys of the rules that `POST /_emulator/faults` takes. [The emulator](local-server.md) has examples.",
            "",
        ],
        table(["key", "default", "meaning"], _field_rows(Rule)),
        ["## Settings", "", "`POST /_emulator/settings` changes them while the server runs.", ""],
        table(["setting", "default", "meaning"], _field_rows(Settings)),
    )


def _product(product: str) -> Iterator[str]:
    yield from (f"### {product}", "", f"Version {read_table(product)['api']}.", "")
    rows = []
    for name, action in sorted(each for each in ACTIONS if each[0] == product):
        shape = find_shape(name, action)
        assert shape is not None, f"{action} is in no table"
        others = [parameter for parameter in shape.parameters if parameter not in shape.required]
        rows.append([code(action), codes(shape.required), codes(others)])
    yield from table(["action", "required", "other parameters"], rows)


def _control_rows() -> Iterator[list[str]]:
    for (method, path), (keys, meaning) in CONTROL_PATHS.items():
        yield [code(method), code(f"/_emulator/{path}"), keys, meaning]


def _field_rows(declaration: type[Settings | Rule]) -> Iterator[list[str]]:
    meanings = field_meanings(declaration)
    for field in fields(declaration):
        default = "" if field.default in ("", None) else code(_as_json(field.default))
        yield [code(field.name), default, escaped(meanings[field.name])]


def _as_json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def field_meanings(declaration: type[Settings | Rule]) -> Mapping[str, str]:
    """The text below each field of a data class."""
    (declared,) = ast.parse(inspect.getsource(declaration)).body
    assert isinstance(declared, ast.ClassDef)
    meanings: dict[str, str] = {}
    name = ""
    for statement in declared.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                meanings[name] = ""
            case ast.Expr(value=ast.Constant(value=str(text))) if name:
                meanings[name] = " ".join(text.split())
    return meanings

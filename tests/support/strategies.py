"""Random serverless.yml files that are right, written so that the line of every key is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from scfdeploy.facts import limit, region_names
from scfdeploy.model import FUNCTION_FIELDS, Kind
from scfdeploy.triggers import TRIGGER_TYPES


def _is_plain(text: str) -> bool:
    return text.isprintable() and "${" not in text


_WORD = st.text("abcdefghijkmnpqrstuvwxyz0123456789", min_size=1, max_size=12)
_TEXT = st.text("abc XYZ 0189,.", max_size=60)
_ID = st.text("abcdef0123456789", min_size=8, max_size=8)
_UUID = st.uuids().map(str)
_VARIABLES = st.dictionaries(
    _WORD.map(lambda word: f"APP_{word}"), st.text(min_size=1, max_size=30).filter(_is_plain), max_size=4
)

SHAPES = st.sampled_from(
    [
        {"type": "event", "src": "./python", "runtime": "Python3.10", "handler": "index.main_handler"},
        {"type": "event", "src": {"src": "./node"}, "runtime": "Nodejs18.15", "handler": "index.main_handler"},
        {"src": "./python", "runtime": "Python3.9", "handler": "index.main_handler"},
        {"type": "web", "src": "./web", "runtime": "Nodejs16.13"},
    ]
)
"""What has to fit together: type, code, runtime, handler."""

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "name": _WORD.map(lambda word: f"fn-{word}"),
    "namespace": st.sampled_from(["default", "shop", "test"]),
    "region": st.sampled_from(sorted(region_names())),
    "description": _TEXT,
    "memorySize": st.sampled_from([64, *range(128, 3073, 128)]),
    "timeout": st.integers(1, 900),
    "initTimeout": st.integers(65, 300),
    "environment": st.fixed_dictionaries({"variables": _VARIABLES}),
    "role": st.sampled_from(["SCF_ExecuteRole", "app_role"]),
    "publicAccess": st.just(True),
    "eip": st.booleans(),
    "vpcConfig": st.builds(lambda one, two: {"vpcId": f"vpc-{one}", "subnetId": f"subnet-{two}"}, _ID, _ID),
    "layers": st.lists(
        st.fixed_dictionaries({"name": _WORD.map(lambda word: f"layer-{word}"), "version": st.integers(1, 99)}),
        max_size=5,
        unique_by=lambda layer: layer["name"],
    ),
    "deadLetter": st.fixed_dictionaries({"type": st.just("CMQ-QUEUE"), "name": _WORD.map(lambda word: f"dead-{word}")}),
    "cls": st.fixed_dictionaries({"logsetId": _UUID, "topicId": _UUID}),
    "msgTTL": st.integers(120, limit("msg_ttl.max_s")),  # time for two retries
    "retryNum": st.integers(0, limit("retry_num.max")),
    "tags": st.dictionaries(_WORD.map(lambda word: f"team-{word}"), _WORD, max_size=3),
    "ignoreSysLog": st.booleans(),
    "dnsCache": st.just(False),
    "installDependency": st.just(False),
    "ignoreTriggers": st.just(False),
    "diskSize": st.just(512),
    "nodeType": st.just("CPU"),
    "publish": st.booleans(),
    "publishDescription": _TEXT,
    "traffic": st.sampled_from([0, 0.25, 1]),
    "lastVersion": st.sampled_from(["1", 2]),
    "provisionedNum": st.integers(0, 5),
    "qualifier": st.sampled_from(["1", 2]),
    "reservedConcurrencyMem": st.sampled_from([-1, 0, 1280]),
}
"""A right value of each field that fits with every other."""

TRIGGERS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "timer": st.fixed_dictionaries(
        {"cronExpression": st.sampled_from(["0 0 2 * * * *", "0 */5 * * * * *", "0 15 10 * * MON-FRI *"])},
        optional={"enable": st.booleans(), "argument": _TEXT, "qualifier": st.sampled_from(["$DEFAULT", "$LATEST"])},
    ),
    "http": st.fixed_dictionaries(
        {"authType": st.sampled_from(["NONE", "CAM"])},
        optional={
            "netConfig": st.fixed_dictionaries({"enableExtranet": st.just(True), "enableIntranet": st.booleans()})
        },
    ),
    "cos": st.fixed_dictionaries(
        {
            "bucket": st.just("photos-1250000000.cos.ap-guangzhou.myqcloud.com"),
            "events": st.sampled_from(["cos:ObjectCreated:*", "cos:ObjectRemove:Delete"]),
        },
        optional={
            "filter": st.fixed_dictionaries({"prefix": _WORD, "suffix": st.just(".jpg")}),
            "enable": st.booleans(),
        },
    ),
    "ckafka": st.fixed_dictionaries(
        {"instanceId": _ID.map(lambda word: f"ckafka-{word}"), "topic": _WORD},
        optional={"maxMsgNum": st.integers(1, 100), "retry": st.integers(0, 100), "timeout": st.integers(1, 60)},
    ),
    "cls": st.fixed_dictionaries({"topicId": _UUID}, optional={"maxWait": st.just(60), "maxSize": st.just(100)}),
    "cmq": st.fixed_dictionaries({"name": _WORD.map(lambda word: f"topic-{word}")}, optional={"enable": st.booleans()}),
    "mps": st.fixed_dictionaries({"type": st.sampled_from(["WorkflowTask", "EditMediaTask"])}),
    "clb": st.fixed_dictionaries(
        {
            "loadBalanceId": _ID.map(lambda word: f"lb-{word}"),
            "protocol": st.sampled_from(["HTTP", "HTTPS"]),
            "port": st.integers(1, 65535),
            "domain": st.just("example.com"),
            "url": st.just("/"),
        },
        optional={"weight": st.integers(0, 100)},
    ),
}
"""Right parameters of each type of trigger."""


@dataclass(frozen=True)
class Written:
    """A file, and the line of each key by its path."""

    text: str
    lines: Mapping[tuple[str | int, ...], int]


def write_code(folder: Path) -> None:
    """The code that the files name."""
    files = {
        "python/index.py": "def main_handler(event, context):\n    return event\n",
        "node/index.js": "exports.main_handler = async (event) => event;\n",
        "web/scf_bootstrap": "#!/bin/bash\nexec node app.js\n",
        "web/app.js": "require('http').createServer((q, r) => r.end()).listen(9000);\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "web" / "scf_bootstrap").chmod(0o755)


@st.composite
def inputs(draw: st.DrawFn) -> dict[str, Any]:
    """The settings of a function without a mistake, in any order."""
    found = dict(draw(SHAPES)) | draw(st.fixed_dictionaries({}, optional=dict(VALUES)))
    kinds = frozenset({"timer", "http"} if found.get("type") == "web" else TRIGGERS)
    events = draw(_events(found.get("region", "ap-guangzhou"), kinds))
    if events:
        found["events"] = events
    return {key: found[key] for key in draw(st.permutations(sorted(found)))}


@st.composite
def _events(draw: st.DrawFn, region: str, kinds: frozenset[str]) -> list[dict[str, Any]]:
    """Some timers with names of their own, and at most one of each other type."""
    found: list[dict[str, Any]] = []
    for index, parameters in enumerate(draw(st.lists(TRIGGERS["timer"], max_size=2))):
        found.append({"timer": {"parameters": {"name": f"tick-{index}", **parameters}}})
    for kind in draw(st.lists(st.sampled_from(sorted(kinds - {"timer"})), unique=True, max_size=2)):
        parameters = draw(TRIGGERS[kind])
        if kind == "cos":
            parameters = {**parameters, "bucket": parameters["bucket"].replace("ap-guangzhou", region)}
        found.append({kind: {"parameters": parameters}})
    return found


def write(settings: Mapping[str, Any]) -> Written:
    """The file with these settings, a key in a line."""
    written = {"component": "scf", "name": "demo", "inputs": dict(settings)}
    texts: list[str] = []
    lines: dict[tuple[str | int, ...], int] = {}
    for path, text in _block(written, (), ""):
        texts.append(text)
        lines.setdefault(path, len(texts))
    return Written("\n".join(texts) + "\n", {path[1:]: line for path, line in lines.items() if path[0] == "inputs"})


def _block(value: Mapping[str, Any], path: tuple[str | int, ...], indent: str) -> Iterator[tuple[Any, str]]:
    for key, inner in value.items():
        here = (*path, key)
        yield here, f"{indent}{_key(key)}:{_inline(inner)}"
        yield from _below(inner, here, f"{indent}  ")


def _below(value: Any, path: tuple[str | int, ...], indent: str) -> Iterator[tuple[Any, str]]:
    if isinstance(value, Mapping):
        yield from _block(value, path, indent)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            first, *rest = _block(item, (*path, index), f"{indent}  ")
            yield first[0], f"{indent}- {first[1].lstrip()}"
            yield from rest


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and not key[0].isdigit() else json.dumps(key)


def _inline(value: Any) -> str:
    if isinstance(value, dict | list) and value:
        return ""
    return f" {json.dumps(value, ensure_ascii=False)}"


def supported_fields() -> set[str]:
    """The fields that a file may have, but for those that `inputs` writes by itself."""
    return {field.name for field in FUNCTION_FIELDS if field.supported and field.kind is not Kind.TRIGGERS}


def trigger_types() -> set[str]:
    """The types that there are."""
    return {kind.type for kind in TRIGGER_TYPES}

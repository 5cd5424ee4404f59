"""The examples of the key reference are valid, have every key, and name parameters that the cloud's API has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from scfdeploy.config.source import LAYER_SOURCE_FIELDS, SOURCE_FIELDS
from scfdeploy.emulator.schema import read_table
from scfdeploy.model import FUNCTION_FIELDS, LAYER_FIELDS, Field, Kind
from scfdeploy.triggers import TRIGGER_TYPES
from scripts.reference.key_facts import FUNCTION, LAYER, TRIGGERS, KeyFacts
from scripts.reference.key_pages import actions_of
from tests.support.command import scfdeploy

_BASE = {"name": "hello", "src": "./src", "runtime": "Python3.10", "handler": "index.main_handler"}
_WEB = {"name": "hello", "src": "./src", "runtime": "Python3.10", "type": "web"}
_IMAGE = {"name": "hello", "image": {"imageUrl": "ccr.ccs.tencentyun.com/shop/hello:1"}}
_LAYER = {"name": "base", "src": "./content", "runtimes": ["Python3.10"]}
_OTHER_BASES = {"image": _IMAGE, "deployMode": _IMAGE, "nodeSpec": _IMAGE | {"nodeType": "GPU"}, "type": _WEB}
_NEEDED = {
    "asyncRunEnable": {"cls": {"logsetId": "a", "topicId": "b"}},
    "traceEnable": {"asyncRunEnable": True, "cls": {"logsetId": "a", "topicId": "b"}},
    "installDependency": {"runtime": "Nodejs18.15"},
    "routes": {},
}
_NOT_SUPPORTED = ("ckafka.easConfig",)
_ALTERNATIVE_SPELLINGS = ("ckafka.name",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "src/index.py",
        "src/index.js",
        "src/server.js",
        "content/shared.py",
        "build/index.py",
        "../shared/more.py",
        "vendor/extra.py",
    ):
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("def main_handler(event, context):\n    return event\n")
    (tmp_path / "project" / "requirements.txt").write_text("flask==3.1.2\n")
    (tmp_path / "project" / "src" / "index.js").write_text("exports.main_handler = async (event) => event\n")
    for place in ("src", ""):
        bootstrap = tmp_path / "project" / place / "scf_bootstrap"
        bootstrap.write_text("#!/bin/bash\npython3 index.py\n")
        bootstrap.chmod(0o755)
    (tmp_path / "project" / "index.py").write_text("def main_handler(event, context):\n    return event\n")
    return tmp_path / "project"


def _errors(folder: Path, component: str, inputs: Mapping[str, Any]) -> list[str]:
    file = {"component": component, "name": "hello", "app": "shop", "inputs": inputs}
    (folder / "serverless.yml").write_text(yaml.safe_dump(file))
    found = scfdeploy("validate", folder, "--format", "json").document["diagnostics"]
    return [f"{each['rule']}: {each['detail']}" for each in found if each["severity"] == "error"]


@pytest.mark.parametrize("name", FUNCTION)
def test_examples_of_function_keys_are_valid(name: str, folder: Path) -> None:
    (field,) = [field for field in FUNCTION_FIELDS if field.name == name]
    base = _OTHER_BASES.get(name) or (_WEB if field.only_for == "web" else _BASE)
    for example in FUNCTION[name].examples:
        inputs = base | _NEEDED.get(name, {}) | yaml.safe_load(example)
        assert _errors(folder, "scf", inputs) == []


@pytest.mark.parametrize("name", LAYER)
def test_examples_of_layer_keys_are_valid(name: str, folder: Path) -> None:
    for example in LAYER[name].examples:
        assert _errors(folder, "layer", _LAYER | yaml.safe_load(example)) == []


@pytest.mark.parametrize("name", TRIGGERS)
def test_examples_of_triggers_are_valid(name: str, folder: Path) -> None:
    event = yaml.safe_load(TRIGGERS[name][1])
    assert _errors(folder, "scf", _BASE | {"events": [event]}) == []


def _tables() -> Iterator[tuple[Field, KeyFacts]]:
    for fields, facts, source in (
        (FUNCTION_FIELDS, FUNCTION, SOURCE_FIELDS),
        (LAYER_FIELDS, LAYER, LAYER_SOURCE_FIELDS),
    ):
        for field in fields:
            inner = source if field.kind is Kind.SOURCE else field.fields
            yield Field(field.name, field.kind, "", fields=inner), facts[field.name]


def test_examples_have_every_key() -> None:
    missing = []
    for field, facts in _tables():
        written = {path for example in facts.examples for path in _paths(yaml.safe_load(example))}
        missing += [path for path in _field_paths(field) if path not in written]
    for kind in TRIGGER_TYPES:
        written = set(_paths(yaml.safe_load(TRIGGERS[kind.type][1])[kind.type]["parameters"]))
        paths = [path for field in kind.fields for path in _field_paths(field)]
        missing += [f"{kind.type}.{path}" for path in paths if path not in written]
    assert set(missing) == {*_NOT_SUPPORTED, *_ALTERNATIVE_SPELLINGS}


def _field_paths(field: Field, prefix: str = "") -> Iterator[str]:
    yield f"{prefix}{field.name}"
    for inner in field.fields:
        yield from _field_paths(inner, f"{prefix}{field.name}.")


def _paths(value: object, prefix: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _paths(item, prefix)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield f"{prefix}{name}"
            yield from _paths(inner, f"{prefix}{name}.")


@pytest.mark.parametrize("field", FUNCTION_FIELDS, ids=lambda field: field.name)
def test_cloud_fields_are_parameters_of_the_api(field: Field) -> None:
    for parameter in _parameters(FUNCTION[field.name]):
        assert actions_of(field), field.name
        for action in actions_of(field):
            assert _has(action, parameter), f"{action} has no {parameter}"


@pytest.mark.parametrize("name", LAYER)
def test_cloud_fields_of_layers_are_parameters_of_the_api(name: str) -> None:
    for parameter in _parameters(LAYER[name]):
        assert _has("PublishLayerVersion", parameter), parameter


def _parameters(facts: KeyFacts) -> list[str]:
    cloud = facts.cloud if isinstance(facts.cloud, Mapping) else {"": facts.cloud}
    return [parameter for parameter in cloud.values() if isinstance(parameter, str) and parameter]


def _has(action: str, parameter: str) -> bool:
    """Whether an action takes a parameter; UpdateFunctionCode has those of the code itself."""
    table = read_table("scf")
    known: Mapping[str, str] = table["actions"][action]["parameters"] | _UNLISTED
    parts = parameter.split(".")
    if action == "UpdateFunctionCode" and parts[0] == "Code" and parts[1] in known:
        parts = parts[1:]
    for index, part in enumerate(parts):
        if part not in known:
            return False
        if index < len(parts) - 1:
            known = table["structs"][known[part].removesuffix("[]").strip("[]")]
    return True


# The API accepts these although its SDK has no such fields.
_UNLISTED = dict.fromkeys(("DiskSize", "L5Enable", "NodeType", "NodeSpec"), "string")

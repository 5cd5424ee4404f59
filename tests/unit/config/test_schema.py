"""The schema for editors and the reader accept the same types."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.config.schema import json_schema
from scfdeploy.diagnostics import Severity
from scfdeploy.model import FUNCTION_FIELDS, Field, Kind
from scfdeploy.triggers import TRIGGER_TYPES
from tests.support.json_values import data_of
from tests.support.rule_cases import Case, all_cases, under_inputs

VALIDATOR = Draft7Validator(json_schema())
_BESIDE = Path(__file__).parents[4] / "shared" / "corpus" / "serverless"
CORPUS = Path(os.environ.get("SCFDEPLOY_CORPUS", _BESIDE))
INDEX = CORPUS / "INDEX.tsv"
ROWS = list(csv.DictReader(INDEX.read_text(encoding="utf-8").splitlines(), delimiter="\t")) if INDEX.is_file() else []
REAL = [row["file"] for row in ROWS if row["parses"] == "yes"]
NOT_OF_SHAPE = (
    "src-",
    "variable-",
    "entry-file-",
    "bootstrap-",
    "env-file-",
    "identity-",
    "yaml-placeholder",
    "output-",
)

HEAD = "component: scf\nname: hello\ninputs:\n"
GOOD = (
    HEAD
    + """\
  src: {src: ./, exclude: ['*.md']}
  runtime: Python3.99
  region: ${env:REGION}
  handler: index.main
  memorySize: ${env:MEMORY}
  timeout: '10'
  publicAccess: ${env:PUBLIC}
  description:
  environment:
    variables: {LANG: en, PORT: 9000, DEBUG: true, EMPTY: ''}
  vpcConfig: {}
  layers:
    - {name: shared, version: 2}
  tags: {team: ${env:TEAM}}
  somethingOfAnotherTool: {a: 1}
  events:
    - timer:
        name: tick
        parameters: {cronExpression: '0 * * * * * *', enable: true, argument: 12}
    - http:
"""
)
BAD = {
    "no component": "name: hello\ninputs: {src: ./}\n",
    "no name": "component: scf\ninputs: {src: ./}\n",
    "no inputs": "component: scf\nname: hello\n",
    "empty inputs": "component: scf\nname: hello\ninputs:\n",
    "inputs a list": "component: scf\nname: hello\ninputs: [src]\n",
    "no src": HEAD + "  runtime: Python3.10\n",
    "src empty": HEAD + "  src:\n",
    "src without a source": HEAD + "  src: {exclude: ['*.md']}\n",
    "a unit": HEAD + "  src: ./\n  timeout: 10s\n",
    "yes for true": HEAD + "  src: ./\n  publicAccess: yes\n",
    "a fraction": HEAD + "  src: ./\n  memorySize: 128.5\n",
    "a list for a mapping": HEAD + "  src: ./\n  environment:\n    - variables: {A: b}\n",
    "a mapping for a list": HEAD + "  src: ./\n  layers: {name: shared, version: 2}\n",
    "names without variables": HEAD + "  src: ./\n  environment: {LANG: en}\n",
    "a mapping for a text": HEAD + "  src: ./\n  role: {env: ROLE}\n",
    "half a block": HEAD + "  src: ./\n  vpcConfig: {vpcId: vpc-1}\n",
    "a spelling of the API": HEAD + "  src: ./\n  codeUri: ./\n",
    "an unknown trigger": HEAD + "  src: ./\n  events:\n    - tiemr: {parameters: {cronExpression: x}}\n",
    "an API gateway": HEAD + "  src: ./\n  events:\n    - apigw: {parameters: {}}\n",
    "events a mapping": HEAD + "  src: ./\n  events: {timer: {parameters: {cronExpression: x}}}\n",
    "two triggers in one item": HEAD
    + "  src: ./\n  events:\n    - timer: {parameters: {cronExpression: x}}\n      http:\n",
    "parameters missing": HEAD + "  src: ./\n  events:\n    - timer: {cronExpression: x}\n",
    "no expression": HEAD + "  src: ./\n  events:\n    - timer: {parameters: {enable: true}}\n",
    "a layer without a name": "component: layer\nname: common\ninputs: {src: ./}\n",
    "a layer of no runtimes": "component: layer\nname: common\ninputs: {name: a, src: ./, runtimes: Python3.10}\n",
    "a trigger of no type": "component: multi-scf\nname: hello\ninputs: {src: ./, functions: {a: {handler: a.b}}, "
    "triggers: [{function: a, parameters: {cronExpression: x}}]}\n",
    "functions missing": "component: multi-scf\nname: hello\ninputs: {src: ./}\n",
}


def complaints(data: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_schema_is_valid() -> None:
    Draft7Validator.check_schema(json_schema())


def test_valid_file_passes() -> None:
    assert complaints(data_of(GOOD)) == []


def test_component_with_version_passes() -> None:
    assert complaints(data_of(GOOD.replace("component: scf", "component: scf@1.0.0"))) == []
    assert complaints(data_of(BAD["no src"].replace("component: scf", "component: scf@1.0.0")))


def test_multi_scf_passes() -> None:
    text = "component: multi-scf\nname: two\ninputs:\n  src: ./\n  functions:\n    one: {handler: a.b}\n    two:\n"
    assert complaints(data_of(text)) == []
    assert complaints(data_of(text.replace("handler: a.b", "timeout: long")))


def test_aliases_of_multi_scf_pass() -> None:
    text = (
        "component: multi-scf\nname: two\ninputs:\n  src: ./\n  vpc: {vpcId: vpc-1, subnetId: subnet-1}\n"
        "  environments: [{key: A, value: b}]\n  functions: {one: {handler: a.b}}\n"
        "  triggers: [{type: timer, function: one, parameters: {cronExpression: x}}]\n"
    )
    assert complaints(data_of(text)) == []


def test_layer_passes() -> None:
    text = "component: layer\nname: common\ninputs: {name: shared, src: ./, runtimes: [Python3.10]}\n"
    assert complaints(data_of(text)) == []


@pytest.mark.parametrize("name", BAD)
def test_wrong_type_is_rejected(name: str) -> None:
    assert complaints(data_of(BAD[name]))


@pytest.mark.parametrize("name", BAD)
def test_reader_rejects_what_schema_rejects(name: str, tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(BAD[name], encoding="utf-8")
    assert load_project(".", LoadOptions(cwd=str(tmp_path))).diagnostics.has_errors


@pytest.mark.parametrize(
    "case",
    [one for one in all_cases() if one.rule in ("number-range", "value-not-allowed") and one.inputs and one.expect],
    ids=str,
)
def test_invalid_value_of_rule_is_rejected(case: Case) -> None:
    assert complaints(data_of(under_inputs(case.inputs or "")))


@pytest.mark.parametrize("case", [one for one in all_cases() if one.inputs and not one.expect], ids=str)
def test_valid_case_of_rule_passes(case: Case) -> None:
    assert complaints(data_of(under_inputs(case.inputs or ""))) == []


def wrong_values(field: Field) -> Iterator[Any]:
    match field.kind:
        case Kind.STRING:
            yield from ({"a": "b"}, ["a"])
        case Kind.INTEGER | Kind.NUMBER:
            yield from ("ten", {"a": 1}, [1])
            yield from (limit for limit in (_below(field.minimum), _above(field.maximum)) if limit is not None)
        case Kind.BOOLEAN:
            yield from ("yes", 1, [True])
        case Kind.STRING_LIST | Kind.BLOCK_LIST | Kind.TRIGGERS:
            yield from ("text", {"a": "b"})
        case Kind.STRING_MAP | Kind.BLOCK:
            yield from ("text", ["a"])
        case Kind.SOURCE:
            yield from (["./"], {})
        case Kind.SWITCH:
            yield from ("perhaps", [True])
    if field.choices:
        yield "no-such-choice"


def _below(limit: int | None) -> int | None:
    return None if limit is None else limit - 1


def _above(limit: int | None) -> int | None:
    return None if limit is None else limit + 1


@pytest.mark.parametrize("field", [one for one in FUNCTION_FIELDS if one.supported], ids=lambda field: field.name)
def test_function_field_rejects_wrong_type(field: Field) -> None:
    for wrong in wrong_values(field):
        inputs = {"src": "./", field.name: wrong}
        assert complaints({"component": "scf", "name": "hello", "inputs": inputs}), wrong


@pytest.mark.parametrize("kind", TRIGGER_TYPES, ids=lambda kind: kind.type)
def test_trigger_parameter_rejects_wrong_type(kind: Any) -> None:
    for field in (one for one in kind.fields if one.supported):
        for wrong in wrong_values(field):
            parameters = {other.name: "x" for other in kind.fields if other.required} | {field.name: wrong}
            inputs = {"src": "./", "events": [{kind.type: {"parameters": parameters}}]}
            assert complaints({"component": "scf", "name": "hello", "inputs": inputs}), (field.name, wrong)


@pytest.mark.parametrize("field", FUNCTION_FIELDS, ids=lambda field: field.name)
def test_field_has_description(field: Field) -> None:
    assert field.description in json_schema()["definitions"]["function"]["properties"][field.name]["description"]


@pytest.mark.skipif(not REAL, reason="no corpus of real files here (SCFDEPLOY_CORPUS)")
@pytest.mark.parametrize("file", REAL)
def test_real_file_with_correct_types_passes(file: str) -> None:
    loaded = load_project(file, LoadOptions(cwd=str(CORPUS)))
    wrong = [found for found in loaded.diagnostics if found.severity is Severity.ERROR]
    of_shape = [found for found in wrong if not found.rule.startswith(NOT_OF_SHAPE)]
    if not of_shape:
        assert complaints(data_of(loaded.sources[file])) == []

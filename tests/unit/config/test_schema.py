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
from scfdeploy.config.components.inputs import TOP_LEVEL
from scfdeploy.config.schema import json_schema
from scfdeploy.diagnostics import Severity
from scfdeploy.diagnostics.messages import use_translation
from scfdeploy.model import FUNCTION_FIELDS, LAYER_FIELDS, Field, Kind
from scfdeploy.scaffold import new_project, project_templates
from scfdeploy.triggers import TRIGGER_TYPES
from tests.support.json_values import data_of
from tests.support.rule_cases import Case, all_cases, under_inputs
from tests.support.translatable import translatable_texts

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*/serverless.yml"))
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*/serverless.yml"))
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


UNKNOWN = {
    "at the top level": "component: scf\nname: hello\nservice: hello\ninputs: {src: ./}\n",
    "in inputs": HEAD + "  src: ./\n  memorysize: 128\n",
    "of another tool": HEAD + "  src: ./\n  somethingOfAnotherTool: {a: 1}\n",
    "in src": HEAD + "  src: {src: ./, excludes: [a]}\n",
    "in a block": HEAD + "  src: ./\n  vpcConfig: {vpcId: a, subnetId: b, vpc: c}\n",
    "in an item": HEAD + "  src: ./\n  layers: [{name: a, version: 1, region: b}]\n",
    "in parameters": HEAD + "  src: ./\n  events: [{timer: {parameters: {cronExpression: x, enabled: true}}}]\n",
    "in a layer": "component: layer\nname: a\ninputs: {name: a, src: ./, runtimes: [Python3.10], handler: b}\n",
    "in multi-scf": "component: multi-scf\nname: a\ninputs: {src: ./, memroySize: 1, functions: {b: {handler: c.d}}}\n",
    "in a function": "component: multi-scf\nname: a\ninputs: {src: ./, functions: {b: {hadnler: c.d}}}\n",
    "in a trigger": "component: multi-scf\nname: a\ninputs:\n  src: ./\n  functions: {b: {handler: c.d}}\n"
    "  triggers: [{type: timer, function: b, cron: x, parameters: {cronExpression: x}}]\n",
    "in parameters of multi-scf": "component: multi-scf\nname: a\ninputs:\n  src: ./\n"
    "  functions: {b: {handler: c.d}}\n"
    "  triggers: [{type: timer, function: b, parameters: {cronExpression: x, enabled: true}}]\n",
    "in a framework": "component: express\nname: a\ninputs: {src: ./, memroySize: 1}\n",
    "in faas": "component: http\nname: a\ninputs: {src: ./, faas: {framework: express, memroySize: 1}}\n",
}


@pytest.mark.parametrize("place", UNKNOWN)
def test_unknown_key_is_flagged(place: str, tmp_path: Path) -> None:
    assert complaints(data_of(UNKNOWN[place]))
    (tmp_path / "serverless.yml").write_text(UNKNOWN[place], encoding="utf-8")
    found = load_project(".", LoadOptions(cwd=str(tmp_path))).diagnostics
    assert "unknown-key" in {diagnostic.rule for diagnostic in found}


@pytest.mark.parametrize("component", ["express", "http@1.0", "@serverless/http", "nextjs"])
def test_framework_passes(component: str) -> None:
    text = (
        f"component: '{component}'\nname: site\ninputs:\n  src: {{src: ./, exclude: [.env]}}\n"
        "  faas: {framework: express, runtime: Nodejs18.15, environments: [{key: A, value: b}]}\n"
        "  apigw: {protocols: [https]}\n  assets: {cos: {bucket: a}}\n  tags: [{key: a, value: b}]\n"
    )
    assert complaints(data_of(text)) == []


@pytest.mark.parametrize(
    ("size", "is_valid"), [(64, True), (128, True), (3072, True), (6144, True), (100, False), (0, False), (192, False)]
)
def test_memory_size_has_steps(size: int, is_valid: bool) -> None:
    assert (complaints(data_of(HEAD + f"  src: ./\n  memorySize: {size}\n")) == []) is is_valid


@pytest.mark.parametrize(
    ("runtime", "is_valid"),
    [
        ("Python3.10", True),
        ("Python2.7", True),
        ("Nodejs99.1", True),
        ("CustomRuntime", True),
        ("${env:RUNTIME}", True),
        ("python3.10", False),
        ("Python 3.10", False),
        ("node", False),
    ],
)
def test_runtime_has_the_form_of_a_name(runtime: str, is_valid: bool) -> None:
    assert (complaints(data_of(HEAD + f"  src: ./\n  runtime: '{runtime}'\n")) == []) is is_valid


@pytest.mark.parametrize("key", ["memorySize", "timeout", "runtime", "publicAccess", "type", "region", "role"])
def test_variable_passes_everywhere(key: str) -> None:
    assert complaints(data_of(HEAD + f"  src: ./\n  {key}: ${{env:VALUE}}\n")) == []


def test_top_level_keys_are_those_of_the_reader() -> None:
    assert set(json_schema()["properties"]) == set(TOP_LEVEL)


def test_every_key_has_a_text() -> None:
    for path, schema in _properties_of(json_schema(), ()):
        assert {"description", "$ref", "not", "anyOf"} & set(schema), path


def _properties_of(schema: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            is_map = key == "properties" and path[-1:] not in (("if",), ("then",), ("anyOf",))
            for name, inner in value.items() if is_map else ():
                if not {"pattern", "const"} & set(inner):
                    yield (*path, name), inner
            yield from _properties_of(value, (*path, key))
    elif isinstance(schema, list):
        for value in schema:
            yield from _properties_of(value, path)


def test_texts_are_translated() -> None:
    use_translation(lambda text: f"<{text}>")
    try:
        schema = json_schema()
    finally:
        use_translation(None)

    assert (
        schema["definitions"]["function"]["properties"]["role"]["description"]
        == "<CAM role that the running function has.>"
    )
    assert schema["definitions"]["trigger-timer"]["description"] == "<Calls the function on a schedule.>"


def test_texts_are_in_the_catalogue() -> None:
    known = set(translatable_texts())
    texts = {field.description for field in (*FUNCTION_FIELDS, *LAYER_FIELDS)}
    texts |= {field.description for kind in TRIGGER_TYPES for field in kind.fields}

    assert texts - known == set()


@pytest.mark.parametrize("file", [*EXAMPLES, *GOLDEN], ids=lambda file: file.parent.name)
def test_valid_project_passes(file: Path) -> None:
    loaded = load_project(str(file), LoadOptions(cwd=str(file.parent)))
    if not any(found.severity is Severity.ERROR for found in loaded.diagnostics):
        assert complaints(data_of(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("template", [template.name for template in project_templates()])
def test_new_project_passes(template: str, tmp_path: Path) -> None:
    new_project(str(tmp_path), name="hello", template=template)

    assert complaints(data_of((tmp_path / "serverless.yml").read_text(encoding="utf-8"))) == []


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
    earlier = ("unknown-key", "beside-src", "image-parts")  # read, but not offered by an editor
    has_unknown_keys = any(found.rule in earlier for found in loaded.diagnostics)
    if not of_shape:
        assert bool(complaints(data_of(loaded.sources[file]))) is has_unknown_keys

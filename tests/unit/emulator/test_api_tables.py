"""Tables of parameters: they match the installed SDK, and parameters are checked against them."""

from __future__ import annotations

import importlib
import json
from importlib import metadata

import pytest

from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import check_parameters, unflatten
from scfdeploy.emulator.registry import ACTIONS
from scfdeploy.emulator.schema import EXTRA_PARAMETERS, REQUIRED, Shape, find_product, find_shape, read_table
from tests.support.scripts import load_script

GENERATOR = "generate_api_tables"


@pytest.mark.parametrize("product", ["scf", "tag"])
def test_tables_match_installed_sdk(product: str) -> None:
    module = load_script(GENERATOR)
    committed = (module.TABLES / f"{product}.json").read_text("utf-8")
    package, version = json.loads(committed)["package"], json.loads(committed)["version"]
    if metadata.version(package) != version:
        pytest.skip(f"the table is of {package} {version}, installed is {metadata.version(package)}")

    assert module.render(module.table(product)) == committed


def shape(action: str, product: str = "scf") -> Shape:
    found = find_shape(product, action)
    assert found is not None
    return found


def test_schema_overrides_name_existing_actions() -> None:
    for product, action in (*EXTRA_PARAMETERS, *REQUIRED, *ACTIONS):
        assert find_shape(product, action) is not None, action


def test_required_parameters_are_parameters() -> None:
    for (product, action), names in REQUIRED.items():
        assert set(names) <= set(shape(action, product).parameters)


def test_extra_parameters_are_missing_in_sdk() -> None:
    for (product, action), extra in EXTRA_PARAMETERS.items():
        table = json.loads((load_script(GENERATOR).TABLES / f"{product}.json").read_text("utf-8"))
        assert not set(extra) & set(table["actions"][action]["parameters"])


@pytest.mark.parametrize(("product", "models"), [("clb", "clb.v20180317"), ("cls", "cls.v20201016")])
def test_tables_written_by_hand_have_fields_of_the_sdk(product: str, models: str) -> None:
    table = read_table(product)
    module, fields = importlib.import_module(f"tencentcloud.{models}.models"), load_script(GENERATOR).fields
    for name, shape in table["structs"].items():
        assert shape.items() <= fields(getattr(module, name)).items(), name
    for name, action in table["actions"].items():
        assert action["parameters"].items() <= fields(getattr(module, f"{name}Request")).items(), name
        assert action["answer"].items() <= fields(getattr(module, f"{name}Response")).items(), name
        assert set(action["required"]) <= set(action["parameters"]), name


def test_product_is_found_by_api_version() -> None:
    assert find_product("2018-04-16", "") == "scf"
    assert find_product("2018-08-13", "") == "tag"
    assert find_product("2019-01-16", "") == "cam"
    assert find_product("2018-03-17", "") == "clb"
    assert find_product("2020-10-16", "") == "cls"
    assert find_product("2019-06-12", "") == "mps"
    assert find_product("2020-01-01", "") is None


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"FunctionName": "f", "Colour": "red"}, "UnknownParameter"),
        ({"FunctionName": "f", "Environment": {"Variables": [{"Name": "A"}]}}, "UnknownParameter"),
        ({"FunctionName": "f", "MemorySize": "128"}, "InvalidParameter"),
        ({"FunctionName": "f", "MemorySize": True}, "InvalidParameter"),
        ({"FunctionName": "f", "MemorySize": 128.0}, "InvalidParameter"),
        ({"FunctionName": 1}, "InvalidParameter"),
        ({"FunctionName": "f", "Layers": {}}, "InvalidParameter"),
        ({"FunctionName": "f", "Environment": []}, "InvalidParameter"),
        ({"FunctionName": "f", "IgnoreSysLog": "TRUE"}, "InvalidParameter"),
        ({"MemorySize": 128}, "MissingParameter"),
        ({"FunctionName": None}, "MissingParameter"),
    ],
)
def test_unknown_name_or_wrong_type_is_rejected_at_every_depth(parameters: Json, code: str) -> None:
    with pytest.raises(CloudError) as refused:
        check_parameters(shape("UpdateFunctionConfiguration"), parameters)
    assert refused.value.code == code


def test_nulls_are_dropped_and_extra_parameters_accepted() -> None:
    given = {"FunctionName": "f", "Code": {"ZipFile": None}, "DiskSize": 512, "DeployMode": "code", "Role": None}
    assert check_parameters(shape("CreateFunction"), given) == {
        "FunctionName": "f",
        "Code": {},
        "DiskSize": 512,
        "DeployMode": "code",
    }


def test_unflatten_restores_structure_and_types() -> None:
    flat = {
        "FunctionName": "007",
        "MemorySize": "256",
        "Environment.Variables.0.Key": "A",
        "Environment.Variables.0.Value": "1",
        "Environment.Variables.1.Key": "B",
        "Environment.Variables.1.Value": "",
        "IgnoreSysLog": "True",
    }
    assert unflatten(shape("UpdateFunctionConfiguration"), flat) == {
        "FunctionName": "007",
        "MemorySize": 256,
        "Environment": {"Variables": [{"Key": "A", "Value": "1"}, {"Key": "B", "Value": ""}]},
        "IgnoreSysLog": True,
    }


def test_unflatten_orders_list_items_by_number() -> None:
    flat = {f"Filters.0.Values.{i}": str(i) for i in (10, 2, 0)} | {"Filters.0.Name": "Runtime"}
    assert unflatten(shape("ListFunctions"), flat) == {"Filters": [{"Values": ["0", "2", "10"], "Name": "Runtime"}]}


@pytest.mark.parametrize("flat", [{"Layers": "a"}, {"Layers.x": "a"}, {"VpcConfig": "a", "VpcConfig.VpcId": "b"}])
def test_contradictory_flat_parameters_are_rejected(flat: dict[str, str]) -> None:
    with pytest.raises(CloudError) as refused:
        check_parameters(shape("CreateFunction"), unflatten(shape("CreateFunction"), flat))
    assert refused.value.code == "InvalidParameter"

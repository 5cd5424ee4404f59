from __future__ import annotations

import pytest

from scfdeploy.model import Secret
from tests.support.configured import Workspace, findings, function_of, only


def settings(workspace: Workspace, inputs: str) -> dict[str, object]:
    loaded = workspace.load_inputs(inputs)
    assert findings(loaded) == []
    return {key: value for key, value in function_of(loaded).settings.items() if key not in ("runtime", "handler")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20", 20), ("'20'", 20), ("-1", -1), ("+5", 5), ("0", 0), ("0o17", 15), ("0xff", 255)],
)
def test_integers_are_read(workspace: Workspace, text: str, expected: int) -> None:
    assert settings(workspace, f"timeout: {text}\n") == {"timeout": expected}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("010", "Write 10."),
        ("1_000", "Write 1000."),
        ("1e3", "without a unit"),
        ("1.0", "without a unit"),
        ("64MB", "without a unit"),
        ("''", "without a unit"),
        ("true", "without a unit"),
        ("[1]", "an integer"),
        ("{a: 1}", "an integer"),
        ("9" * 100, ""),
    ],
)
def test_invalid_number_is_reported_with_hint(workspace: Workspace, text: str, hint: str) -> None:
    loaded = workspace.load_inputs(f"timeout: {text}\n")
    assert findings(loaded) == ["7:12 wrong-type"]
    assert hint in (only(loaded).hint or "")
    assert "timeout" not in function_of(loaded).settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("false", False), ("True", True), ("FALSE", False), ("'true'", True), ('"false"', False)],
)
def test_booleans_are_read(workspace: Workspace, text: str, expected: bool) -> None:
    assert settings(workspace, f"eip: {text}\n") == {"eip": expected}


@pytest.mark.parametrize(
    ("text", "hint"),
    [("yes", "Write true."), ("on", "Write true."), ("1", "Write true."), ("OPEN", "Write true."),
     ("no", "Write false."), ("off", "Write false."), ("0", "Write false."), ("CLOSE", "Write false."),
     ("maybe", "Write true or false."), ("' true'", "Write true."), ("[true]", "true or false")],
)  # fmt: skip
def test_invalid_boolean_is_reported_with_hint(workspace: Workspace, text: str, hint: str) -> None:
    loaded = workspace.load_inputs(f"eip: {text}\n")
    assert findings(loaded) == ["7:8 wrong-type"]
    assert hint in (only(loaded).hint or "")


def test_strings_are_read_unchanged(workspace: Workspace) -> None:
    written = {"YES": "yes", "ZERO": "0123", "EXP": "1e3", "TIME": "12:30", "HOME": "~", "NONE": "null", "BIG": "1_000"}
    lines = "".join(f"    {key}: {text}\n" for key, text in written.items())
    assert settings(workspace, f"environment:\n  variables:\n{lines}    EMPTY: ''\n") == {
        "environment": {"variables": {**written, "EMPTY": ""}}
    }
    assert settings(workspace, "tags: {a: 1, b: true}\nrole: 007\n") == {"tags": {"a": "1", "b": "true"}, "role": "007"}


def test_secret_variables_print_as_stars(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("environment: {variables: {TOKEN: abc}}\n")
    read = {"environment": function_of(loaded).settings["environment"]}
    assert read == {"environment": {"variables": {"TOKEN": Secret("abc")}}}
    assert "abc" not in str(read)


def test_blocks_and_lists_are_normalized(workspace: Workspace) -> None:
    assert settings(
        workspace,
        """\
        vpcConfig: {vpcId: vpc-1, subnetId: subnet-1}
        layers:
          - name: one
            version: '2'
          - {name: two, version: 3}
        """,
    ) == {
        "vpcConfig": {"vpcId": "vpc-1", "subnetId": "subnet-1"},
        "layers": ({"name": "one", "version": 2}, {"name": "two", "version": 3}),
    }


def test_empty_value_is_kept_to_clear_the_setting(workspace: Workspace) -> None:
    assert settings(workspace, "environment: {}\nlayers: []\ntags: {}\nvpcConfig: {}\nrole: ''\n") == {
        "environment": {},
        "layers": (),
        "tags": {},
        "vpcConfig": {},
        "role": "",
    }
    assert settings(workspace, "environment: {variables: {}}\n") == {"environment": {"variables": {}}}


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ("role:\n", "7:3"),
        ("timeout: ~\n", "7:3"),
        ("tags: null\n", "7:3"),
        ("environment:\n  variables:\n", "8:5"),
        ("environment:\n  variables:\n    A:\n", "9:7"),
        ("layers:\n", "7:3"),
    ],
)
def test_key_without_value_is_not_set(workspace: Workspace, inputs: str, place: str) -> None:
    loaded = workspace.load_inputs(inputs)
    assert findings(loaded) == [f"{place} empty-value?"]
    assert set(function_of(loaded).settings) == {"runtime", "handler"}


def test_item_without_value_is_omitted(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("layers:\n  -\n  - {name: a, version: 1}\n")
    assert findings(loaded) == ["8:6 empty-value?"]
    assert function_of(loaded).settings["layers"] == ({"name": "a", "version": 1},)


@pytest.mark.parametrize(
    ("inputs", "place", "words"),
    [
        ("environment: [a]\n", "7:16", "Remove the dash"),
        ("environment: text\n", "7:16", "variables"),
        ("tags: [{key: a, value: b}]\n", "7:9", "NAME: value"),
        ("layers: {name: a, version: 1}\n", "7:11", "dash"),
        ("layers: [a]\n", "7:12", "name, version"),
        ("role: [a]\n", "7:9", "Write text"),
        ("role: {a: b}\n", "7:9", "quote"),
        ("role: {ROLE}\n", "7:9", "${env:ROLE}"),
        ("environment: {variables: {A: [1]}}\n", "7:32", "Write text"),
        ("events: {timer: {}}\n", "7:11", "dash"),
        ("events: timer\n", "7:11", "dash"),
    ],
)
def test_wrong_type_is_reported(workspace: Workspace, inputs: str, place: str, words: str) -> None:
    loaded = workspace.load_inputs(inputs)
    assert findings(loaded) == [f"{place} wrong-type"]
    found = only(loaded)
    assert words in f"{found.detail} {found.hint}"
    assert found.code == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("memorysize", 'Did you mean "memorySize"?'),
        ("timeOut", 'Did you mean "timeout"?'),
        ("vpc", "`vpc` is called `vpcConfig` in component: scf."),
        ("environments", "`environments` is called `environment` in component: scf."),
        ("triggers", "`triggers` is called `events` in component: scf."),
        ("functionConf", "directly under inputs"),
        ("exclude", "under src"),
    ],
)
def test_misspelt_key_is_an_error_with_suggestion(workspace: Workspace, key: str, hint: str) -> None:
    loaded = workspace.load_inputs(f"{key}: 1\n")
    assert findings(loaded) == ["7:3 unknown-key"]
    assert hint in (only(loaded).hint or "")


def test_unrelated_key_is_a_warning(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("zzz: 1\n")
    assert findings(loaded) == ["7:3 unknown-key?"]
    assert "Remove it" in (only(loaded).hint or "")


def test_nested_unknown_key_is_reported(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("vpcConfig: {VpcId: a, subnetId: b}\nlayers:\n  - {name: a, version: 1, x: 2}\n")
    assert findings(loaded) == ["7:15 unknown-key", "9:29 unknown-key?"]


def test_missing_required_key_is_reported(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("vpcConfig: {vpcId: a}\nlayers:\n  - name: a\ndeadLetter:\n  type: topic\n  name:\n")
    assert findings(loaded) == ["7:14 missing-key", "9:7 missing-key", "12:5 missing-key"]
    assert [found.detail.split(" ")[0] for found in loaded.diagnostics] == [
        '"vpcConfig.subnetId"',
        '"layers[0].version"',
        '"deadLetter.name"',
    ]


def test_misspelt_required_key_is_one_finding(workspace: Workspace) -> None:
    loaded = workspace.load_text("component: scf\nname: a\ninputs:\n  scr: ./code\n  runtime: Go1\n")
    assert findings(loaded) == ["4:3 unknown-key"]
    assert only(loaded).hint == 'Did you mean "src"?'
    loaded = workspace.load_text("component: scf\nname: a\ninputs:\n  codeUri: ./code\n  runtime: Go1\n")
    assert findings(loaded) == ["4:3 unknown-key"]


def test_keys_beside_empty_mapping_are_one_finding(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("environment:\n  variables:\n  A: 1\n  B: 2\ntimeout: 5\n")
    assert findings(loaded) == ["9:5 not-indented"]
    assert function_of(loaded).settings["environment"] == {"variables": {"A": "1", "B": "2"}}
    loaded = workspace.load_inputs("environment:\nvariables:\n  A: 1\n")
    assert findings(loaded) == ["8:3 not-indented"]
    assert function_of(loaded).settings["environment"] == {"variables": {"A": "1"}}


def test_names_without_enclosing_key_are_one_finding(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("environment:\n  A: 1\n  B: two\n")
    assert findings(loaded) == ["8:5 not-indented"]
    assert "Write `variables:` above" in (only(loaded).hint or "")
    assert function_of(loaded).settings["environment"] == {"variables": {"A": "1", "B": "two"}}


def test_unsupported_setting_is_an_error(workspace: Workspace) -> None:
    loaded = workspace.load_inputs(
        "events:\n- ckafka:\n    parameters:\n      name: ckafka-1\n      topic: a\n      enable: true\n"
        "      easConfig: {user: a}\n"
    )
    assert findings(loaded) == ["13:9 not-supported-yet"]
    assert '"easConfig"' in only(loaded).detail


def test_image_needs_neither_code_nor_runtime(workspace: Workspace) -> None:
    loaded = workspace.load_text("component: scf\nname: a\ninputs:\n  image: {imageUrl: a}\n")
    assert findings(loaded) == []
    assert function_of(loaded).settings == {"image": {"imageUrl": "a"}}


def test_numbers_sent_as_text_are_read_as_numbers(workspace: Workspace) -> None:
    mount = "{cfsId: cfs-1, localMountDir: /mnt, remoteMountDir: /, userId: '10001', userGroupId: 10002}"
    assert settings(workspace, f"cfs: [{mount}]\n")["cfs"] == (
        {"cfsId": "cfs-1", "localMountDir": "/mnt", "remoteMountDir": "/", "userId": 10001, "userGroupId": 10002},
    )


def test_out_of_range_values_are_read(workspace: Workspace) -> None:
    assert settings(workspace, "timeout: 100000\nmsgTTL: 1\ntype: job\n") == {
        "timeout": 100000,
        "msgTTL": 1,
        "type": "job",
    }


def test_anchors_and_merge_keys_are_resolved(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("environment: &e {variables: {A: 1}}\ntags:\n  <<: &t {b: 2}\n  c: 3\n")
    assert findings(loaded) == []
    assert function_of(loaded).settings["tags"] == {"c": "3", "b": "2"}
    assert str(function_of(loaded).spans["tags", "b"]) == "serverless.yml:9:16"

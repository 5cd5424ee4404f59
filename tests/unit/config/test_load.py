from __future__ import annotations

import json

import pytest

from scfdeploy.model import Address, FolderSource, Owner, ProjectKey, Secret
from tests.support.configured import HEAD, Workspace, findings, function_of, only


def test_plain_file_becomes_project(workspace: Workspace) -> None:
    loaded = workspace.load_text(
        """\
        component: scf
        name: shop
        app: mall
        stage: prod
        inputs:
          name: hello
          namespace: web
          region: ap-shanghai
          src: ./code
          runtime: Python3.10
          handler: index.main
          memorySize: 256
          environment:
            variables:
              LANG: yes
              API_KEY: 0123
        """
    )
    assert findings(loaded) == ["16:16 literal-secret?"]
    assert loaded.project is not None
    assert loaded.project.key == ProjectKey("mall", "prod", "ap-shanghai")
    assert loaded.project.root == str(workspace.root)
    (instance,) = loaded.project.instances
    assert (instance.name, instance.app, instance.stage, instance.component) == ("shop", "mall", "prod", "scf")
    assert (instance.file, instance.root) == ("serverless.yml", str(workspace.root))
    function = function_of(loaded)
    assert function.address == Address.of_function("web", "hello")
    assert function.owner == Owner("mall", "prod", "shop")
    assert function.region == "ap-shanghai"
    assert function.settings == {
        "runtime": "Python3.10",
        "handler": "index.main",
        "memorySize": 256,
        "environment": {"variables": {"LANG": "yes", "API_KEY": Secret("0123")}},
    }
    assert function.source == FolderSource(
        str(workspace.root / "code"), function.spans["src",], project_folder=str(workspace.root)
    )


def test_values_and_keys_keep_positions(workspace: Workspace) -> None:
    function = function_of(workspace.load_inputs("environment:\n  variables:\n    键: '值'\n"))
    path = ("environment", "variables", "键")
    assert str(function.key_spans[path]) == "serverless.yml:9:7"
    assert str(function.spans[path]) == "serverless.yml:9:10"
    assert function.spans[path].end.column == 13
    assert str(function.span_of("environment", "variables", "other")) == "serverless.yml:9:7"
    assert str(function.span_of("timeout")) == "serverless.yml:5:3"


def test_load_adds_only_required_defaults(workspace: Workspace) -> None:
    loaded = workspace.load_text("component: scf\nname: shop\ninputs:\n  src: ./code\n")
    assert findings(loaded) == ["4:3 runtime-missing?"]
    function = function_of(loaded)
    assert function.settings == {"runtime": "Nodejs10.15", "handler": "index.main_handler"}
    assert function.address == Address.of_function("default", "shop-dev-shop")
    assert function.region == "ap-guangzhou"
    assert function.owner == Owner("shop", "dev", "shop")


@pytest.mark.parametrize(
    ("runtime", "handler"),
    [
        ("Go1", "main"),
        ("Java11", "example.Hello::mainHandler"),
        ("Python3.10", "index.main_handler"),
        ("Java17", "example.Hello::mainHandler"),
        ("CustomRuntime", None),
    ],
)
def test_default_handler_depends_on_language(workspace: Workspace, runtime: str, handler: str | None) -> None:
    loaded = workspace.load_text(HEAD.replace("Python3.10", runtime))
    assert function_of(loaded).settings.get("handler") == handler


def test_web_function_gets_no_handler(workspace: Workspace) -> None:
    workspace.write("code/app.py", "")
    assert "handler" not in function_of(workspace.load_inputs("type: web\n")).settings


@pytest.mark.parametrize("line", ["handler:\n", "handler: ''\n"])
def test_empty_handler_gets_no_default(workspace: Workspace, line: str) -> None:
    handler = function_of(workspace.load_inputs(line)).settings["handler"]
    assert handler == ("" if "''" in line else "index.main_handler")


def test_stage_and_region_options_take_precedence(workspace: Workspace) -> None:
    loaded = workspace.load_text(
        HEAD.replace("inputs:\n", "stage: prod\ninputs:\n  name: f-${stage}\n  region: ap-tokyo\n"),
        stage="test",
        region="ap-seoul",
    )
    assert loaded.project is not None
    assert loaded.project.key == ProjectKey("mall", "test", "ap-seoul")
    assert function_of(loaded).name == "f-test"


def test_stage_is_read_from_environment(workspace: Workspace) -> None:
    text = HEAD.replace("inputs:", "stage: ${env:STAGE}\ninputs:")
    loaded = workspace.load_text(text, environ={"STAGE": "release"})
    assert function_of(loaded).name == "shop-release-mall"
    assert findings(workspace.load_text(text)) == ["4:8 variable-unset"]


def test_empty_stage_is_rejected(workspace: Workspace) -> None:
    text = HEAD.replace("inputs:", "stage: ${env:STAGE}\ninputs:")
    assert findings(workspace.load_text(text, environ={"STAGE": ""})) == ["4:8 identity-empty"]
    assert findings(workspace.load_text(text, environ={"STAGE": ""}, stage="prod")) == []
    assert findings(workspace.load_text(HEAD, stage="", region="", env_file="")) == ["- option-empty"] * 3
    loaded = workspace.load_text(HEAD.replace("app: mall", "app: ''\nstage: ''"))
    assert findings(loaded) == []
    assert function_of(loaded).owner == Owner("shop", "dev", "shop")


def test_byte_order_mark_and_windows_line_ends_are_accepted(workspace: Workspace) -> None:
    text = (HEAD + "  timeout: x\n").replace("\n", "\r\n")
    workspace.write("serverless.yml", b"\xef\xbb\xbf" + text.encode())
    loaded = workspace.load()
    assert findings(loaded) == ["7:12 wrong-type"]
    assert loaded.sources == {"serverless.yml": HEAD + "  timeout: x\n"}


def test_file_with_mistakes_still_gives_project_for_rules(workspace: Workspace) -> None:
    loaded = workspace.load_text(
        """\
        component: scf
        nam: shop
        app: ${env:APP}
        inputs:
          src: ./cod
          runtime: Python3.10
          timeout: "ten"
          memorySize: 64MB
          publicAccess: yes
          enviroment: {}
          layers:
            - name: one
              version: x
            - two
          events:
            - timer:
                parameters: {cronExpresion: x, enable: on}
            - apigw: {}
        """
    )
    assert findings(loaded) == [
        "2:1 unknown-key",
        "3:6 variable-unset",
        "5:8 src-missing",
        "7:12 wrong-type",
        "8:15 wrong-type",
        "9:17 wrong-type",
        "10:3 unknown-key",
        "13:16 wrong-type",
        "14:7 wrong-type",
        "17:22 unknown-key",
        "17:48 wrong-type",
        "18:7 apigw-retired",
    ]
    assert loaded.project is not None
    assert function_of(loaded).settings["layers"] == ({"name": "one"},)


def test_recovered_file_still_has_an_error(workspace: Workspace) -> None:
    loaded = workspace.load_text(HEAD + "  timeout:5\n  memorySize: x\n")
    assert findings(loaded) == ["7:10 yaml-colon", "8:15 wrong-type"]
    assert function_of(loaded).settings["timeout"] == 5


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1:1 file-empty"),
        (b"# only a comment\n", "1:1 file-empty"),
        (b"- a\n- b\n", "1:1 wrong-type"),
        (b"just text\n", "1:1 wrong-type"),
        ("component: scf\nname: é".encode("latin-1"), "2:7 file-encoding"),
        ("component: scf\nname: 店".encode("gbk"), "2:7 file-encoding"),
        ("component: scf\n".encode("utf-16"), "1:1 file-encoding"),
        (b"a: 1\x00", "1:5 yaml-character"),
        (b"#" * 1_000_001, "1:1 file-too-large"),
    ],
    ids=["empty", "comment", "list", "scalar", "latin-1", "gbk", "utf-16", "nul", "large"],
)
def test_unreadable_file_is_one_finding(workspace: Workspace, content: bytes, expected: str) -> None:
    loaded = workspace.write("serverless.yml", content).load()
    assert findings(loaded) == [expected]
    assert loaded.project is None


def test_utf_16_file_gets_its_own_hint(workspace: Workspace) -> None:
    found = only(workspace.write("serverless.yml", "a: 1\n".encode("utf-16")).load())
    assert "UTF-16" in (found.hint or "")


@pytest.mark.parametrize("written", ["shop/eu", "a&b", "x" * 128])
def test_names_unfit_for_ownership_tags_are_rejected(workspace: Workspace, written: str) -> None:
    assert findings(workspace.load_text(HEAD.replace("app: mall", f"app: {written}"))) == ["3:6 identity-form"]
    assert findings(workspace.load_text(HEAD, stage=written)) == ["- identity-form"]


def test_names_in_any_script_are_accepted(workspace: Workspace) -> None:
    text = HEAD.replace("app: mall", "app: 商店 a+b-c=d.e_f:g@h")
    assert findings(workspace.load_text(text)) == []


@pytest.mark.parametrize("space", [" ", "\t", "\u00a0", "\u3000", "\n"])
@pytest.mark.parametrize("key", ["app", "stage", "name"])
@pytest.mark.parametrize("form", ["{0}shop", "shop{0}", "{0}"])
def test_name_with_trailing_space_is_rejected(workspace: Workspace, space: str, key: str, form: str) -> None:
    text = f"{key}: {json.dumps(form.format(space))}\n" + _without(key)
    assert [found.rule for found in workspace.load_text(text).diagnostics] == ["identity-form"]


def test_empty_name_is_rejected(workspace: Workspace) -> None:
    loaded = workspace.load_text(f"name: ''\n{_without('name')}")
    assert [found.rule for found in loaded.diagnostics] == ["identity-empty"]


def _without(key: str) -> str:
    return "".join(line for line in HEAD.splitlines(keepends=True) if not line.startswith(f"{key}:"))


def test_stage_option_with_trailing_space_is_rejected(workspace: Workspace) -> None:
    assert [found.rule for found in workspace.load_text(HEAD, stage="dev ").diagnostics] == ["identity-form"]


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ("deadLetter: {type: CMQ-QUEUE}", "InvalidParameterValue.DeadLetterConfig"),
        ("deadLetter: {name: failed}", "InvalidParameterValue.DeadLetterConfig"),
        ("deadLetter: {type: CMQ-QUEUE, name: }", "InvalidParameterValue.DeadLetterConfig"),
        ("deadLetter: {type: , name: failed}", "InvalidParameterValue.DeadLetterConfig"),
        ("deadLetter: {filterType: x, name: failed}", "InvalidParameterValue.DeadLetterConfig"),
        ("vpcConfig: {vpcId: vpc-12345678}", "InvalidParameterValue.Vpc"),
        ("layers: [{name: base}]", "InvalidParameterValue.Layers"),
        ("cls: {logsetId: a}", "InvalidParameter.Cls"),
        ("cfs: [{localMountDir: /mnt, remoteMountDir: /}]", "InvalidParameterValue.CfsId"),
        ("cfs: [{cfsId: cfs-1, remoteMountDir: /}]", "InvalidParameterValue.CfsLocalMountDir"),
        ("cfs: [{cfsId: cfs-1, localMountDir: /mnt}]", "InvalidParameterValue.CfsRemoteMountDir"),
        ("image: {imageType: public}", "InvalidParameterValue.ImageUri"),
    ],
)
def test_missing_key_of_block_has_documented_code(workspace: Workspace, inputs: str, code: str) -> None:
    loaded = workspace.load_inputs(f"{inputs}\n")
    assert code in [found.code for found in loaded.diagnostics if found.rule == "missing-key"]

from __future__ import annotations

import pytest

from scfdeploy.rules import check
from tests.support.configured import HEAD, Workspace, findings, function_of, only


@pytest.mark.parametrize("component", ["scf", "scf@dev", "scf@0.9.7", "'scf'"])
def test_scf_is_read(workspace: Workspace, component: str) -> None:
    loaded = workspace.load_text(HEAD.replace("component: scf", f"component: {component}"))
    assert findings(loaded) == []
    assert loaded.project is not None
    assert loaded.project.instances[0].component == "scf"


@pytest.mark.parametrize(
    ("component", "words"),
    [
        ("apigateway", "- http:"),
        ("vpc", "other than a function"),
        ("postgresql", "other than a function"),
        ("mongodb", "other than a function"),
        ("cam-role", "other than a function"),
        ("bottle", "entryFile"),
        ("websocket", "protocolType: WS"),
    ],
)
def test_unsupported_kind_is_one_finding_that_describes_it(workspace: Workspace, component: str, words: str) -> None:
    loaded = workspace.load_text(
        f"name: a\ncomponent: {component}\nstage: ${{env:STAGE}}\nother: 1\ninputs:\n  x: ${{env:Y}}\n"
    )
    assert findings(loaded) == ["2:12 component-not-supported"]
    assert loaded.project is None
    diagnostic = only(loaded)
    assert words in f"{diagnostic.detail} {diagnostic.hint}"
    assert "functions and web frameworks" in diagnostic.detail


@pytest.mark.parametrize(
    ("component", "hint"),
    [
        ("sfc", '"scf"'),
        ("tencent-sfc", '"scf"'),
        ("expres", '"express"'),
        ("multi_scf", '"multi-scf"'),
        ("zzz", "scf"),
    ],
)
def test_unknown_kind_is_one_finding_with_suggestion(workspace: Workspace, component: str, hint: str) -> None:
    loaded = workspace.load_text(f"component: {component}\nname: a\ninputs: {{}}\n")
    assert findings(loaded) == ["1:12 component-unknown"]
    assert hint in (only(loaded).hint or "")


@pytest.mark.parametrize("component", ["tencent-scf", "'@serverless/tencent-scf'", "'@serverless/tencent-scf@0.9'"])
def test_package_name_of_kind_is_accepted(workspace: Workspace, component: str) -> None:
    loaded = workspace.load_text(
        f"component: {component}\nname: a\ninputs:\n  src: ./\n  runtime: Nodejs18.15\n  handler: index.main_handler\n"
    )
    assert not any(finding.endswith(("component-unknown", "component-not-supported")) for finding in findings(loaded))
    assert function_of(loaded).settings["runtime"] == "Nodejs18.15"


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        (
            "Conf:\n  component: serverless-global\nHello:\n  component: '@serverless/tencent-scf'\n  inputs: {}\n",
            "1:1 component-not-supported",
            "Conf, Hello",
        ),
        ("service: a\nprovider:\n  name: tencent\nfunctions: {}\n", "2:1 component-not-supported", "Tencent plugin"),
        ("service: a\nprovider:\n  name: aws\nfunctions: {}\n", "2:1 component-not-supported", '"aws"'),
        ("service: a\nprovider: tencent\n", "2:1 component-not-supported", "Tencent plugin"),
    ],
)
def test_older_format_is_one_finding(workspace: Workspace, text: str, expected: str, words: str) -> None:
    loaded = workspace.load_text(text)
    assert findings(loaded) == [expected]
    assert words in only(loaded).detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\n", ["1:1 missing-key"]),
        ("component:\nname: a\n", ["1:1 missing-key"]),
        ("component: [scf]\nname: a\n", ["1:1 missing-key"]),
        ("component: scf\ninputs: {src: ., runtime: Go1}\n", ["1:1 missing-key"]),
        ("component: scf\nname:\ninputs: {src: ., runtime: Go1}\n", ["2:1 missing-key"]),
        ("component: scf\nname: [a]\ninputs: {src: ., runtime: Go1}\n", ["2:7 wrong-type"]),
        ("component: scf\nname: a\napp:\norg:\ninputs: {src: ., runtime: Go1}\n", ["3:1 empty-value?"]),
        ("component: scf\nname: a\nstage: ~\ninputs: {src: ., runtime: Go1}\n", ["3:1 empty-value?"]),
        ("name: a\ninputs: {src: ., runtime: Go1, timeout: x}\n", ["1:1 missing-key", "2:41 wrong-type"]),
        (
            "component: scf\nname: a\ndescription: b\ntimeout: 3\ninputs: {src: ., runtime: Go1}\n",
            ["3:1 unknown-key?", "4:1 unknown-key"],
        ),
        ("component: scf\nname: a\n", ["1:1 missing-key"]),
        ("component: scf\nname: a\ninputs:\n", ["3:1 missing-key"]),
        ("component: scf\nname: a\ninputs: {}\n", ["3:1 missing-key"]),
        ("component: scf\nname: a\ninputs: [src]\n", ["3:9 wrong-type"]),
        ("component: scf\nname: a\ninputs: text\n", ["3:9 wrong-type"]),
        ("component: scf\nname: a\nstge: x\ninputs: {src: ., runtime: Go1}\n", ["3:1 unknown-key"]),
        ("component: scf\nname: a\ntimeout: 3\ninputs: {src: ., runtime: Go1}\n", ["3:1 unknown-key"]),
        ("component: scf\nname: a\norg: me\ninputs: {src: ., runtime: Go1, role: '${org}'}\n", []),
        ("component: scf\nname: a\ncommandInputs: {x: {}}\ninputs: {src: ., runtime: Go1}\n", ["3:1 command-inputs?"]),
    ],
)  # fmt: skip
def test_invalid_top_level_keys_are_reported(workspace: Workspace, text: str, expected: list[str]) -> None:
    assert findings(workspace.load_text(text)) == expected


def test_settings_beside_empty_inputs_are_one_finding_and_read(workspace: Workspace) -> None:
    loaded = workspace.load_text(
        """\
        component: scf
        name: scfdemo

        inputs:
        namespace: default
        src: ./code
        type: event
        runtime: Nodejs10.15
        environment:
        variables:
          A: b
        """
    )
    assert findings(loaded) == ["5:1 inputs-not-indented", "10:1 not-indented"]
    diagnostic = next(iter(loaded.diagnostics))
    assert "namespace, src, type, runtime …" in diagnostic.detail
    assert "under `inputs:`" in (diagnostic.hint or "")


def test_settings_without_inputs_are_one_finding_and_read(workspace: Workspace) -> None:
    loaded = workspace.load_text("component: scf\nname: a\nsrc: ./code\n")
    assert findings(loaded) == ["3:1 inputs-not-indented", "3:1 runtime-missing?"]
    assert "Write `inputs:` above" in (next(iter(loaded.diagnostics)).hint or "")


def test_second_component_instead_of_name_is_one_finding(workspace: Workspace) -> None:
    loaded = workspace.load_text("component: scf\ncomponent: shop\ninputs: {src: ./code, runtime: Go1}\n")
    assert findings(loaded) == ["2:1 duplicate-key"]
    assert "`name:`" in str(only(loaded).hint)


def test_misspelt_runtime_or_handler_gets_no_default(workspace: Workspace) -> None:
    inputs = "  src: ./code\n  Runtime: Python3.10\n  handeler: index.main\n"
    loaded = workspace.load_text(f"component: scf\nname: a\ninputs:\n{inputs}")
    assert findings(loaded) == ["5:3 unknown-key", "6:3 unknown-key"]
    assert loaded.project is not None
    assert list(check(loaded.project)) == []


def test_unresolved_identity_does_not_hide_other_mistakes(workspace: Workspace) -> None:
    loaded = workspace.load_text(HEAD.replace("name: shop", "name: ${env:NAME}") + "  timeout: x\n")
    assert findings(loaded) == ["2:7 variable-unset", "7:12 wrong-type"]
    assert function_of(loaded).owner.app == "mall"


@pytest.mark.parametrize("key", ["enable", "cronExpression"])
def test_setting_of_a_trigger_beside_events_says_where_it_belongs(workspace: Workspace, key: str) -> None:
    workspace.write("serverless.yml", f"component: scf\nname: hello\ninputs:\n  handler: a.b\n  {key}: x\n")

    (finding,) = (found for found in workspace.load().diagnostics if found.rule == "unknown-key")
    assert "`parameters` of a trigger" in (finding.hint or "")

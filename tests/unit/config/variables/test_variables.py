from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.config.variables.scan import Reference, scan
from scfdeploy.model import Secret
from tests.support.configured import HEAD, Workspace, findings, function_of, only


def described(workspace: Workspace, text: str, **options: dict[str, str]) -> object:
    loaded = workspace.load_inputs(f"description: {text}\n", **options)
    assert findings(loaded) == []
    return function_of(loaded).settings["description"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${env:X}", "x"),
        ("a ${env:X} b ${env:Y}", "a x b y"),
        ("'${name}/${app}/${stage}'", "shop/mall/dev"),
        ("${ env:X }", "x"),
        ("${env:${env:NEXT}}", "x"),
        ("${env:NESTED}", "<${env:X}-${stage}>"),
        ("${env:CIRCLE}", "${env:CIRCLE}"),
        ("${env:ESCAPED}", "$${name}"),
        ("${env:OTHER_TOOL}", "${{ secrets.X }} ${self:x} $(y) %{z}"),
        ("${env:EMPTY}", ""),
        ("$DEFAULT $ {x} $x", "$DEFAULT $ {x} $x"),
        ("${env:PASSWORD_LIKE}", "a${b}c${d"),
        ('"\\x24{env:X}"', "x"),
    ],
)
def test_variables_are_replaced(workspace: Workspace, text: str, expected: str) -> None:
    environ = {
        "X": "x",
        "Y": "y",
        "NEXT": "X",
        "NESTED": "<${env:X}-${stage}>",
        "CIRCLE": "${env:CIRCLE}",
        "ESCAPED": "$${name}",
        "OTHER_TOOL": "${{ secrets.X }} ${self:x} $(y) %{z}",
        "EMPTY": "",
        "PASSWORD_LIKE": "a${b}c${d",
    }
    assert described(workspace, text, environ=environ) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$${name}", "${name}"),
        ("'$${name} ${name} $${env:UNSET}'", "${name} shop ${env:UNSET}"),
        ("$$${name}", "$${name}"),
        ("'a$${b${name}c}'", "a${bshopc}"),
        ("'$${never closed'", "${never closed"),
        ("'$${{ secrets.X }}'", "${{ secrets.X }}"),
        ("$${output:dev:mall:vpc.id}", "${output:dev:mall:vpc.id}"),
        ("'$$ $$name {$$}'", "$$ $$name {$$}"),
        ("|\n  $${a}\n  ${name}", "${a}\nshop\n"),
    ],
)
def test_two_dollar_signs_write_a_literal_variable(workspace: Workspace, text: str, expected: str) -> None:
    assert described(workspace, text) == expected


@pytest.mark.parametrize(
    "value", ["${name}", "$${name}", "${env:X}", "${", "${{ x }}", "p$4$q", "a$b", "${output:a:b:c.d}"]
)
def test_value_of_variable_is_not_resolved_again(workspace: Workspace, value: str) -> None:
    environ = {"FROM_ENV": value, "X": "x"}
    variables = {"FROM_VAR": value, "own": value}
    assert described(workspace, "${env:FROM_ENV}", environ=environ) == value
    assert described(workspace, "${env:FROM_VAR} ${own}", variables=variables) == f"{value} {value}"
    workspace.write(".env", f"DOTENV='{value}'\n")
    assert described(workspace, "${env:DOTENV}", environ={"X": "x"}) == value


def test_name_from_variable_is_not_resolved_again(workspace: Workspace) -> None:
    loaded = workspace.load_text(HEAD.replace("name: shop", "name: ${env:N}") + "  description: ${name}\n",
                                 environ={"N": "a.${env:X}"})  # fmt: skip
    assert [found.rule for found in loaded.diagnostics] == ["identity-form"]
    assert function_of(loaded).settings["description"] == "a.${env:X}"


def test_escape_in_instance_name_is_text_everywhere(workspace: Workspace) -> None:
    loaded = workspace.load_text(HEAD.replace("name: shop", "name: shop\norg: $${x}") + "  description: ${org}\n")
    assert function_of(loaded).settings["description"] == "${x}"


def test_var_option_takes_precedence(workspace: Workspace) -> None:
    variables = {
        "X": "line",
        "own": "given",
        "name": "renamed",
        "output:dev:mall:vpc.id": "vpc-1",
        "self:custom.a": "b",
    }
    environ = {"X": "process"}
    for text, expected in {
        "${env:X}": "line",
        "${X}": "line",
        "${own}": "given",
        "${name}": "renamed",
        "${output:${stage}:${app}:vpc.id}": "vpc-1",
        "${self:custom.a}": "b",
    }.items():
        assert described(workspace, text, environ=environ, variables=variables) == expected


def test_var_option_accepts_nested_reference(workspace: Workspace) -> None:
    variables = {"output:${stage}:${app}:vpc.id": "vpc-2"}
    assert described(workspace, "${output:${stage}:${app}:vpc.id}", variables=variables) == "vpc-2"


def test_resolved_text_stays_text(workspace: Workspace) -> None:
    function = function_of(
        workspace.load_inputs(
            "description: ${env:NULL}\ntimeout: ${env:NUMBER}\npublicAccess: ${env:TRUE}\n",
            environ={"NULL": "null", "NUMBER": "20", "TRUE": "true"},
        )
    )
    settings = {key: function.settings[key] for key in ("description", "timeout", "publicAccess")}
    assert settings == {"description": "null", "timeout": 20, "publicAccess": True}


def test_wrong_type_from_variable_hides_value(workspace: Workspace) -> None:
    found = only(workspace.load_inputs("timeout: ${env:TOKEN}\n", environ={"TOKEN": "hunter2"}))
    assert found.rule == "wrong-type"
    assert "hunter2" not in f"{found.summary} {found.detail} {found.hint}"


def test_secret_stays_secret_under_any_name(workspace: Workspace) -> None:
    loaded = workspace.load_inputs(
        "environment:\n  variables:\n    PLAIN: 'x ${env:DB_PASSWORD}'\n    OTHER: ${env:X}\n",
        environ={"DB_PASSWORD": "hunter2", "X": "y"},
    )
    assert function_of(loaded).settings["environment"] == {"variables": {"PLAIN": Secret("x hunter2"), "OTHER": "y"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${env:UNSET, 'dev'}", "dev"),
        ("${env:UNSET,dev}", "dev"),
        ("${env:UNSET, dev-1.2 x}", "dev-1.2 x"),
        ('"${env:UNSET, \\"a, b\\"}"', "a, b"),
        ("'${env:UNSET, ''a, {b}''}'", "a, {b}"),
        ("${env:UNSET, ''}", ""),
        ("${env:UNSET, 'null'}", "null"),
        ("${env:UNSET, http://example.com/x}", "http://example.com/x"),
        ("${env:UNSET, file.txt}", "file.txt"),
        ("${ env:UNSET , 'dev' }", "dev"),
        ("${env.UNSET, 'dev'}", "dev"),
        ("${env:X, 'dev'}", "x"),
        ("${env:EMPTY, 'dev'}", ""),
        ("<${env:UNSET, 'a'}-${env:UNSET, 'b'}>", "<a-b>"),
        ("${env:UNSET, ${env:X}}", "x"),
        ("${env:UNSET, ${env:UNSET2, 'deep'}}", "deep"),
        ("${env:UNSET, ${env:UNSET2}, 'last'}", "last"),
        ("${env:UNSET, env:UNSET2, 'last'}", "last"),
        ("${env:UNSET, env:X}", "x"),
        ("${env:UNSET, ${name}}", "shop"),
        ("${env:UNSET, '${name}-${env:X}'}", "shop-x"),
        ("${env:${env:NEXT}, 'dev'}", "x"),
        ("${env:UNSET, '$${name}'}", "${name}"),
    ],
)
def test_default_is_used_for_an_unset_variable_only(workspace: Workspace, text: str, expected: str) -> None:
    environ = {"X": "x", "NEXT": "X", "EMPTY": ""}
    assert described(workspace, text, environ=environ) == expected


def test_defaults_identify_the_instance(workspace: Workspace) -> None:
    text = (
        "component: scf\nname: ${env:N, 'shop'}\napp: ${env:A, mall}\nstage: ${env:STAGE, 'test'}\n"
        "inputs:\n  src: ./code\n  runtime: Python3.10\n  region: ${env:REGION, 'ap-shanghai'}\n"
        "  timeout: ${env:T, 20}\n  publicAccess: ${env:P, false}\n"
    )
    loaded = workspace.load_text(text)
    assert findings(loaded) == []
    function = function_of(loaded)
    assert (function.name, function.region) == ("shop-test-mall", "ap-shanghai")
    assert (function.settings["timeout"], function.settings["publicAccess"]) == (20, False)
    workspace.write(".env.test", "REGION=ap-beijing\n")
    assert function_of(workspace.load()).region == "ap-beijing"
    assert function_of(workspace.load(stage="prod")).name == "shop-prod-mall"


def test_option_var_is_named_without_the_default(workspace: Workspace) -> None:
    assert described(workspace, "${opt:x, 'y'} ${env:A, 'b'}", variables={"opt:x": "z", "A": "a"}) == "z a"


def test_endless_defaults_are_an_error(workspace: Workspace) -> None:
    text = "${env:A" + ", env:B" * 5000 + "}"
    assert findings(workspace.load_inputs(f"description: {text}\n")) == ["7:16 variable-unknown"]


def test_unset_variable_among_defaults_is_reported(workspace: Workspace) -> None:
    assert "sets B" in only(workspace.load_inputs("description: ${env:A, ${env:B}}\n")).detail


def test_default_of_a_secret_is_a_secret(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("environment: {variables: {PLAIN: \"${env:DB_PASSWORD, 'hunter2'}\"}}\n")
    assert findings(loaded) == ["7:36 literal-secret?"]
    assert function_of(loaded).settings["environment"] == {"variables": {"PLAIN": Secret("hunter2")}}


def test_unset_variable_is_reported_at_its_position(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("description: 中 ${env:A} and ${env:B}\n")
    assert findings(loaded) == ["7:18 variable-unset", "7:31 variable-unset"]
    first = next(iter(loaded.diagnostics))
    assert first.subject is not None
    assert first.subject.end.column == 26
    assert "sets A" in first.detail
    assert "--var A=VALUE" in (first.hint or "")
    assert ".env" in (first.hint or "")
    assert "description" not in function_of(loaded).settings


def test_variable_in_multi_line_text_has_its_position(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("description: |\n  one\n  two ${env:A}\nrole: 'it''s ${env:B}'\n")
    assert findings(loaded) == ["9:9 variable-unset", "10:16 variable-unset"]


def test_repeated_unset_variable_is_one_finding(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("description: ${env:A}${env:A}\nrole: ${env:A}\n")
    found = only(loaded)
    assert [str(span) for _, span in found.related] == ["serverless.yml:7:24", "serverless.yml:8:9"]


def test_dot_form_is_accepted_with_warning(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("description: ${env.A}\n", environ={"A": "x"})
    assert findings(loaded) == ["7:16 variable-dot-form?"]
    assert function_of(loaded).settings["description"] == "x"


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("${output:dev:mall:vpc.id}", "output-unknown-instance", "--var 'output:dev:mall:vpc.id=VALUE'"),
        ("${output:${stage}:${app}:vpc.id}", "output-unknown-instance", "--var 'output:dev:mall:vpc.id=VALUE'"),
        ("${self:custom.x}", "variable-not-supported", "another place of the same file"),
        ("${opt:stage}", "variable-not-supported", "command line"),
        ("${sls:stage}", "variable-not-supported", "Serverless Framework"),
        ("${cf:a.b}", "variable-not-supported", "stack"),
        ("${s3:a/b}", "variable-not-supported", "storage"),
        ("${ssm:/a/b}", "variable-not-supported", "parameter store"),
        ("${file(./x.yml)}", "variable-not-supported", "another file"),
        ("${file:./x.yml}", "variable-not-supported", "another file"),
        ("${param:x}", "variable-not-supported", "removed"),
        ("${org}", "variable-unset", "--var org=NAME"),
        ("${env:A B}", "variable-unknown", "${env:A, 'text'}"),
        ("${env:A:-b}", "variable-unknown", "${env:A, 'text'}"),
        ("${env:A, }", "variable-unknown", "in quotes"),
        ("${env:A, null}", "variable-unknown", "in quotes"),
        ("${env:A, b, c}", "variable-unknown", "in quotes"),
        ("${env:A, 'b}", "variable-unknown", "in quotes"),
        ("${Stage}", "variable-unknown", 'Did you mean "stage"?'),
        ("${HOST}", "variable-unknown", "${env:HOST}"),
        ("${}", "variable-unknown", "${env:NAME}"),
        ("${{ secrets.X }}", "yaml-placeholder", "pipeline"),
        ("<%= x %>", "yaml-placeholder", "template"),
    ],
)
def test_unsupported_form_is_reported_with_hint(workspace: Workspace, text: str, rule: str, words: str) -> None:
    loaded = workspace.load_inputs(f"description: {text}\n")
    found = only(loaded)
    assert (findings(loaded), found.rule) == ([f"7:16 {rule}"], rule)
    assert words in f"{found.detail} {found.hint}"


def test_unclosed_variable_is_text_with_warning(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("description: ${env:A ${env:B}\n", environ={"B": "x"})
    assert findings(loaded) == ["7:16 variable-unclosed?"]
    assert function_of(loaded).settings["description"] == "${env:A x"


@pytest.mark.parametrize(
    ("head", "path"),
    [
        ("org: ${org}", "org -> org"),
        ("org: x${stage}\nstage: ${app}", "app -> org -> stage -> app"),
    ],
)
def test_cycle_is_rejected_with_its_path(workspace: Workspace, head: str, path: str) -> None:
    app = "app: ${org}" if "stage" in head else "app: mall"
    loaded = workspace.load_text(HEAD.replace("app: mall", f"{app}\n{head}") + "  description: ${org}\n")
    found = [one for one in loaded.diagnostics if one.rule == "variable-cycle"]
    assert path in [one.detail.rpartition(": ")[2].rstrip(".") for one in found]


def test_cyclic_identity_is_rejected(workspace: Workspace) -> None:
    loaded = workspace.load_text(HEAD.replace("app: mall", "app: ${stage}\nstage: ${app}"))
    assert [found.rule for found in loaded.diagnostics] == ["variable-cycle", "variable-cycle"]


@pytest.mark.parametrize("leaf", ["''", "x"])
def test_unbounded_value_is_rejected(workspace: Workspace, leaf: str) -> None:
    head = f"app: mall\norg: {'${stage}' * 200}\nstage: {'${own}' * 200}"
    text = HEAD.replace("app: mall", head) + "  description: ${org}\n"
    found = workspace.load_text(text, variables={"own": leaf}).diagnostics
    assert "variable-too-long" in [one.rule for one in found]


def test_variable_in_unknown_key_is_not_reported(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("unknown: ${env:A}\nevents: [{apigw: {x: '${env:C}'}}]\n")
    assert findings(loaded) == ["7:3 unknown-key?", "8:13 apigw-retired"]


@given(st.text("${}:ab{", max_size=60))
@settings(max_examples=300, deadline=None)
def test_scan_parts_join_to_text(text: str) -> None:
    assert "".join(part if isinstance(part, str) else part.raw for part in scan(text)) == text


def test_scan_of_deep_nesting_terminates(workspace: Workspace) -> None:
    text = "${" * 5000 + "}" * 5000
    assert not any(isinstance(part, Reference) and len(part.raw) > 200 for part in scan(text))
    assert findings(workspace.load_inputs(f"description: '{text}'\n"))

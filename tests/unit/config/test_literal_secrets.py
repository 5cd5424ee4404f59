"""A secret in a file, in any form of YAML, is reported and redacted."""

import pytest

from scfdeploy.report.text import TextStyle
from scfdeploy.report.text.findings import render_findings
from scfdeploy.results import Findings
from tests.support.configured import Workspace, findings, only

_A = "marked-a-51c2"
_B = "marked-b-7f09"
_TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347"
_FORMS = {
    "plain": f"environment:\n  variables:\n    DB_PASSWORD: {_A}-{_B}\n",
    "single quotes": f"environment:\n  variables:\n    DB_PASSWORD: '{_A}''{_B}'\n",
    "double quotes with escapes": f'environment:\n  variables:\n    DB_PASSWORD: "{_A}\\t\\"{_B}"\n',
    "key in quotes": f'environment:\n  variables:\n    "DB_PASSWORD": {_A}{_B}\n',
    "literal block": f"environment:\n  variables:\n    DB_PASSWORD: |\n      {_A}\n      {_B}\n",
    "folded block": f"environment:\n  variables:\n    DB_PASSWORD: >-\n      {_A}\n\n      {_B}\n",
    "several plain lines": f"environment:\n  variables:\n    DB_PASSWORD: {_A}\n      {_B}\n",
    "several quoted lines": f'environment:\n  variables:\n    DB_PASSWORD: "{_A}\n      {_B}"\n',
    "on the next line": f"environment:\n  variables:\n    DB_PASSWORD:\n      {_A}{_B}\n",
    "flow mapping": f"environment: {{variables: {{A: b, DB_PASSWORD: {_A}{_B}, C: d}}}}\n",
    "flow mapping over lines": f"environment: {{variables: {{A: b,\n  DB_PASSWORD:\n    {_A}{_B},\n  C: d}}}}\n",
    "anchor": f"environment:\n  variables:\n    DB_PASSWORD: &one {_A}{_B}\n    OTHER_TOKEN: *one\n",
    "alias of an open name": f"description: &one {_A}{_B}\nenvironment:\n  variables:\n    DB_PASSWORD: *one\n",
    "by its look": f"environment:\n  variables:\n    OPEN: {_TOKEN}\n",
    "by its look in a text": f"description: calls with {_TOKEN} in it\n",
    "in an argument": "events:\n  - timer: {parameters: {name: a, cronExpression: '0 0 2 * * * *', enable: true, "
    f'argument: \'{{"token": "{_A}"}}\'}}}}\n',
    "in a tag": f"tags: {{api-token: {_A}}}\n",
    "in a URL": f"environment:\n  variables:\n    DB: mysql://u:{_A}@h/db\n",
    "in a list": f"environment:\n  variables:\n    DB_PASSWORDS: [{_A}, {_B}]\n",
    "in a block list": f"passwords:\n  - {_A}\n  - {_B}\n",
    "in a command": f"image: {{imageUrl: 'a.b/c/d:1', command: run --password {_A}}}\n",
}


@pytest.mark.parametrize("form", _FORMS)
def test_literal_secret_is_reported_and_never_shown(workspace: Workspace, form: str) -> None:
    loaded = workspace.load_inputs(_FORMS[form])
    findings = [diagnostic for diagnostic in loaded.diagnostics if diagnostic.rule == "literal-secret"]
    assert findings
    assert "${env:" in str(findings[0].hint)
    text = render_findings(Findings(loaded.diagnostics, loaded.masked_sources), TextStyle(color=False, width=200))
    output = "\n".join((text, *loaded.masked_sources.values()))
    for mark in (_A, _B, _TOKEN):
        assert mark not in output
    assert [len(line) for line in loaded.masked_sources["serverless.yml"].split("\n")] == [
        len(line) for line in loaded.sources["serverless.yml"].split("\n")
    ]


@pytest.mark.parametrize(
    "written",
    [
        "environment: {variables: {DB_PASSWORD: '${env:DB_PASSWORD}'}}\n",
        "environment: {variables: {AUTHOR: me, MAX_TOKENS: '4096', OPEN: 'https://example.com/?page=2'}}\n",
        "tags: {key: value}\n",
        "environment: {variables: {DB_PASSWORD: <password>}}\n",
        "environment: {variables: {SSL_KEY: ./certs/server.key}}\n",
    ],
)
def test_ordinary_value_is_not_reported(workspace: Workspace, written: str) -> None:
    assert findings(workspace.load_inputs(written, environ={"DB_PASSWORD": "x"})) == []


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("environment: {variables: {DB_PASSWORD: abc}}\n", "${env:DB_PASSWORD}"),
        ("tags: {api-token: abc}\n", "${env:API_TOKEN}"),
        (f"description: {_TOKEN}\n", "${env:description}"),
    ],
)
def test_hint_names_variable(workspace: Workspace, written: str, hint: str) -> None:
    assert hint in str(only(workspace.load_inputs(written)).hint)


def test_wrong_type_of_secret_hides_value(workspace: Workspace) -> None:
    loaded = workspace.load_inputs(f"memorySize: {_TOKEN}\n")
    assert "wrong-type" in [diagnostic.rule for diagnostic in loaded.diagnostics]
    assert _TOKEN not in " ".join(f"{diagnostic.detail} {diagnostic.hint}" for diagnostic in loaded.diagnostics)


@pytest.mark.parametrize(
    "value",
    ["${opt:password}", "${output:dev:shop:db.password}", "${file(./keys.json):password}", "${env:DB_PASSWORD}"],
)
def test_reference_without_default_is_no_literal_secret(workspace: Workspace, value: str) -> None:
    loaded = workspace.load_inputs(f"environment:\n  variables:\n    DB_PASSWORD: {value}\n")
    assert "literal-secret" not in [diagnostic.rule for diagnostic in loaded.diagnostics]

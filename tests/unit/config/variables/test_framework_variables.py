"""Variables of the Serverless Framework in a component file: what to write instead, also by `validate --fix`."""

from __future__ import annotations

import pytest

from scfdeploy.config import LoadOptions
from scfdeploy.operations.fix import fix
from scfdeploy.operations.request import Request
from tests.support.configured import HEAD, Workspace, findings, only

CUSTOM = (
    "custom:\n  five: 5\n  text: '7'\n  chain: ${opt:stage, 'dev'}-x\n  colon: 'a: b'\n  password: hunter2\n"
    "  secrets: {db: hunter2}\n  alias: x${self:custom.secrets.db}\n  stages: {secrets: {db: 'hunter2${stage}'}}\n"
    "  address: mysql://root:hunter2@10.0.0.1/db\n  tokens: {id: '${env:ID_TOKEN}'}\n"
    '  lines: "x\\r  protect: true"\n  escape: "x\\e[31m"\n'
    "  brace: '{x}'\n  hex: '0x1F'\n  exponent: '1e5'\n"
    "  list: [1]\n  loop: ${self:custom.loop}\n  region: ap-shanghai # near\n"
)


def fixed(workspace: Workspace, text: str) -> str:
    """The file after `validate --fix`."""
    workspace.write("serverless.yml", text)
    fix(Request(".", LoadOptions(cwd=str(workspace.root))))
    return (workspace.root / "serverless.yml").read_text()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${opt:stage, 'dev'}", "${stage}"),
        ("${opt:stage}", "${stage}"),
        ("${sls:stage}", "${stage}"),
        ("${self:provider.stage}", "${stage}"),
        ("${self:service}", "${name}"),
        ("${opt:other, 'some text'}", "some text"),
        ("${opt:other, self:custom.none, self:custom.five}", "5"),
        ("${self:custom.five}", "5"),
        ("${self:custom.text}", "'7'"),
        ("${self:custom.chain}", "${stage}-x"),
        ("${self:custom.tokens.id}", "${env:ID_TOKEN}"),
        ("${self:custom.brace}", "'{x}'"),
        ("${self:custom.hex}", "'0x1F'"),
        ("${self:custom.exponent}", "'1e5'"),
        ("x-${self:custom.chain}", "x-${stage}-x"),
        ('"x ${self:custom.colon}"', '"x a: b"'),
        ("${self:custom.colon}", "'a: b'"),
        ("${self:custom.none, env:OTHER}", "${env:OTHER}"),
        ("${file(./values.yml):vpc.id}", "vpc-1"),
        ("${file(values.json):id}", "vpc-2"),
        ("${file(./none.yml):id, 'vpc-3'}", "vpc-3"),
    ],
)
def test_fix_writes_what_the_files_tell(written: str, expected: str, workspace: Workspace) -> None:
    workspace.write("values.yml", "vpc: {id: vpc-1}\n").write("values.json", '{"id": "vpc-2"}\n')
    before = CUSTOM + HEAD + f"  description: {written} # why\n"
    assert fixed(workspace, before) == CUSTOM + HEAD + f"  description: {expected} # why\n"


@pytest.mark.parametrize(
    "written",
    [
        "${opt:other}",
        "${self:custom.none}",
        "${self:custom.list}",
        "${self:custom.loop}",
        "${self:custom.password}",
        "${self:custom.${opt:stage}.x}",
        "x ${self:custom.colon}",
        "${file(./none.yml):id}",
        "${file(../outside.yml):id}",
        "${file(/etc/hostname)}",
        "${ssm:/a/b}",
        "${opt:password, 'hunter2'}",
        "${self:custom.lines}",
        "${self:custom.escape}",
        "${self:custom.brace}-x",
        "${self:custom.secrets.db}",
        "${self:custom.alias}",
        "${self:custom.stages.secrets.db}",
        "${self:custom.address}",
        "${file(secrets.yml):db}",
        "${file(./secrets.yml):db, 'hunter2'}",
        "${file(values.yml):address}",
    ],
)
def test_fix_leaves_what_the_files_do_not_tell(written: str, workspace: Workspace) -> None:
    workspace.write("project/code/index.py", "").write("outside.yml", "id: vpc-1\n")
    workspace.write("project/secrets.yml", "db: hunter2\n")
    workspace.write("project/values.yml", "address: mysql://root:hunter2@10.0.0.1/db\n")
    text = CUSTOM + HEAD + f"  description: {written}\n"
    workspace.write("project/serverless.yml", text)
    fix(Request("project", LoadOptions(cwd=str(workspace.root))))
    assert (workspace.root / "project/serverless.yml").read_text() == text


def test_values_that_multiply_are_given_up_quickly(workspace: Workspace) -> None:
    levels = [f"  v{level}: " + f"${{self:custom.v{level + 1}}}" * 40 for level in range(9)]
    text = "custom:\n" + "\n".join(levels) + "\n  v9: ''\n" + HEAD + "  description: ${self:custom.v0}\n"
    assert findings(workspace.load_text(text))[-1].endswith("variable-not-supported")


def test_stage_is_not_replaced_by_itself(workspace: Workspace) -> None:
    text = HEAD.replace("app: mall", "stage: ${opt:stage, 'test'}")
    assert "stage: test\n" in fixed(workspace, text)


def test_finding_says_what_to_write(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("description: ${opt:stage, 'dev'}\n")
    assert findings(loaded) == ["7:16 variable-not-supported"]
    assert "Write ${stage} instead" in (only(loaded).hint or "")


@pytest.mark.parametrize(
    ("form", "option"),
    [
        ("${opt:tableName}", "${env:TABLE_NAME} and set that variable, or pass `--var 'opt:tableName=VALUE'`"),
        ("${opt:x, self:custom.y}", "--var 'opt:x=VALUE'"),
        ("${file(./it's.yml):a}", "--var 'file(./it'\\''s.yml):a=VALUE'"),
    ],
)
def test_var_option_is_quoted_for_a_shell(form: str, option: str, workspace: Workspace) -> None:
    assert option in (only(workspace.load_inputs(f"description: {form}\n")).hint or "")

"""The kind that is proposed for a component that the file names by a local path."""

from __future__ import annotations

import pytest

from tests.support.configured import Workspace, only


@pytest.mark.parametrize(
    ("name", "inputs", "command"),
    [
        ("demo", "handler: index.main", "--component scf"),
        ("express-scf", "events: []", "--component scf"),
        ("myscf", "src: ./", "--component scf"),
        ("demo", "src: ./", "--component scf"),
        ("demo", "functions: {}", "--component multi-scf"),
        ("demo", "runtimes: [Python3.9]", "--component layer"),
        ("expressDemo", "src: ./", "--component express"),
        ("nextDemo", "src: ./", "--component nextjs"),
        ("demo", "functionName: my-koa", "--component koa"),
        ("demo", "faas: {}", "--component http"),
        ("demo", "functionConf: {}", "--component express"),
        ("demo", "{apigatewayConf: {}, runtime: Python3.6}", "--component flask"),
        ("demo", "{entryFile: a, runtime: Php7}", "--component laravel"),
    ],
)
def test_kind_is_proposed_by_keys_then_by_names(workspace: Workspace, name: str, inputs: str, command: str) -> None:
    finding = only(workspace.write("serverless.yml", f"component: ../\nname: {name}\ninputs:\n  {inputs}\n").load())

    assert finding.rule == "component-path"
    assert f"`scfdeploy migrate {command} --write`" in (finding.hint or "")


@pytest.mark.parametrize(
    ("key", "kind"), [("dBInstanceName", "postgresql"), ("vpcName", "vpc"), ("endpoints", "apigateway")]
)
def test_kind_that_is_not_deployed_is_named_as_such(workspace: Workspace, key: str, kind: str) -> None:
    finding = only(workspace.write("serverless.yml", f"component: ../\nname: demo\ninputs:\n  {key}: x\n").load())

    assert f"look like `{kind}`, which scfdeploy does not deploy" in finding.detail
    assert "migrate" not in (finding.hint or "")

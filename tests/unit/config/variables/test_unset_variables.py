"""Unset variables: one block for all of them, and no finding that only follows from them."""

from __future__ import annotations

import pytest

from scfdeploy.config import LoadOptions
from scfdeploy.operations.check import load_and_check
from scfdeploy.operations.request import Request
from tests.support.configured import HEAD, Workspace, findings, only

LONG = "room-with-recognition-in-real-time"


def checked(workspace: Workspace, path: str = ".") -> list[str]:
    """Rules of the errors of a check in the folder of the workspace."""
    result = load_and_check(Request(path, LoadOptions(cwd=str(workspace.root))))
    return [found.rule for found in result.findings.diagnostics if found.severity == "error"]


def test_several_unset_variables_share_a_hint_with_env_lines_and_options(workspace: Workspace) -> None:
    loaded = workspace.load_inputs("description: ${env:A}\nrole: ${env:B}\ntimeout: ${env:A}\n")
    assert findings(loaded) == ["7:16 variable-unset", "8:9 variable-unset"]
    hints = {found.hint for found in loaded.diagnostics}
    assert len(hints) == 1
    (hint,) = hints
    assert hint is not None
    assert "\nA=\nB=\n" in hint
    assert "`--var A=VALUE --var B=VALUE`" in hint


def test_hint_names_the_variables_of_all_files(workspace: Workspace) -> None:
    for name in ("one", "two"):
        workspace.write(f"{name}/code/index.py", "")
        text = HEAD.replace("shop", name) + f"  description: ${{env:{name.upper()}}}\n"
        workspace.write(f"{name}/serverless.yml", text)
    loaded = workspace.load()
    assert ["ONE=\nTWO=" in (found.hint or "") for found in loaded.diagnostics] == [True, True]


def test_many_unset_variables_keep_the_hint_short(workspace: Workspace) -> None:
    text = "".join(f"    V{number}: ${{env:V{number}}}\n" for number in range(200))
    loaded = workspace.load_inputs(f"environment:\n  variables:\n{text}")
    assert max(len(found.hint or "") for found in loaded.diagnostics) < 2000


def test_place_that_several_functions_share_is_listed_once(workspace: Workspace) -> None:
    text = (
        f"component: multi-scf\nname: {LONG}\napp: ${{env:NAME}}\nstage: prod\ninputs:\n  src: ./code\n"
        "  runtime: Python3.9\n  functions:\n    - name: '${app}-${name}'\n      handler: index.main_handler\n"
    )
    workspace.write("code/index.py", "def main_handler(event, context):\n    return 1\n")
    loaded = workspace.load_text(text)
    assert [str(span) for _, span in only(loaded).related] == ["serverless.yml:9:14"]
    assert checked(workspace) == ["variable-unset"]


@pytest.mark.parametrize("key", ["name", "app", "stage"])
def test_generated_names_are_not_measured_while_a_part_is_unset(key: str, workspace: Workspace) -> None:
    identity = {"name": LONG, "app": LONG, key: "${env:X}"}
    head = "".join(f"{name}: {value}\n" for name, value in identity.items())
    workspace.write("code/index.py", "def main_handler(event, context):\n    return 1\n")
    workspace.load_text(
        f"component: scf\n{head}inputs:\n  src: ./code\n  runtime: Python3.10\n  handler: index.main_handler\n"
        "  events:\n    - timer:\n        parameters: {cronExpression: '0 0 0 * * * *', enable: true}\n"
    )
    assert checked(workspace) == ["variable-unset"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("name: ${env:X}\napp: mall\nstage: dev", "name: ${env:Y}\napp: mall\nstage: dev"),
        ("name: a\napp: ${env:X}\nstage: dev", "name: b\napp: mall\nstage: dev"),
        ("name: a\napp: mall\nstage: ${env:X}", "name: b\napp: mall\nstage: test"),
        ("name: ${env:X}\nstage: dev", "name: b\napp: mall\nstage: dev"),
    ],
)
def test_instances_are_not_compared_by_what_is_unset(first: str, second: str, workspace: Workspace) -> None:
    for folder, identity in (("a", first), ("b", second)):
        workspace.write(f"{folder}/index.py", "def main_handler(event, context):\n    return 1\n")
        inputs = f"  name: {folder}{folder}\n  src: ./\n  runtime: Python3.10\n  handler: index.main_handler\n"
        workspace.write(f"{folder}/serverless.yml", f"component: scf\n{identity}\ninputs:\n{inputs}")
    assert set(checked(workspace)) == {"variable-unset"}


def test_functions_are_not_compared_by_an_unset_name_or_region(workspace: Workspace) -> None:
    workspace.write("code/index.py", "def main_handler(event, context):\n    return 1\n")
    workspace.load_text(
        "component: multi-scf\nname: shop\ninputs:\n  src: ./code\n  runtime: Python3.10\n"
        '  handler: index.main_handler\n  functions:\n    a: {name: "${env:N}"}\n    b: {name: "${env:N}"}\n'
    )
    assert checked(workspace) == ["variable-unset"]
    for folder, region in (("x", "${env:R}"), ("y", "ap-shanghai")):
        workspace.write(f"{folder}/index.py", "def main_handler(event, context):\n    return 1\n")
        inputs = f"  region: {region}\n  src: ./\n  runtime: Python3.10\n  handler: index.main_handler\n"
        workspace.write(f"{folder}/serverless.yml", f"component: scf\nname: {folder}\napp: mall\ninputs:\n{inputs}")
    (workspace.root / "serverless.yml").unlink()
    assert checked(workspace) == ["variable-unset"]


def test_half_of_a_pair_is_not_missing_while_it_is_unset(workspace: Workspace) -> None:
    workspace.write("code/index.py", "def main_handler(event, context):\n    return 1\n")
    workspace.load_inputs(
        "handler: index.main_handler\nvpcConfig:\n  vpcId: vpc-1\n  subnetId: ${env:SUBNET}\n"
        "cls:\n  logsetId: ${env:LOGS}\n  topicId: t\n"
    )
    assert set(checked(workspace)) == {"variable-unset"}

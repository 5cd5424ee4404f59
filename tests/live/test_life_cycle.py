"""Functions, layers, versions and URLs live through apply, change and destroy, in the account of `account.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.live.account import Account
from tests.support.project import TIMER, write_project

RELEASE = "  publish: true\n  aliasName: prod\n"
LAYER = """\
component: layer
name: {name}
app: {app}
inputs:
  name: {name}
  src: ./src
  runtimes: [Python3.10]
"""
MOUNT = """\
  layers:
    - name: ${{output:${{stage}}:${{app}}:{name}.name}}
      version: ${{output:${{stage}}:${{app}}:{name}.version}}
"""
CODE = """\
import sys

sys.path.insert(0, "/opt")


def main_handler(event, context):
    import shared

    return shared.ANSWER
"""


def write(folder: Path, account: Account, name: str, inputs: str = "", **options: str) -> Path:
    """One function in the namespace of this run."""
    namespace = f"  namespace: {account.prefix}\n"
    return write_project(folder, namespace + inputs, name=account.name(name), app=account.prefix, **options)


def document(account: Account, *arguments: str | Path) -> dict[str, Any]:
    ran = account.scfdeploy(*arguments, "--format", "json")
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    return ran.document


def apply(account: Account, folder: Path) -> dict[str, str]:
    """What was done, by address."""
    return {one["address"]: one["action"] for one in document(account, "apply", folder, "--yes")["results"]}


def destroy(account: Account, folder: Path) -> None:
    document(account, "destroy", folder, "--yes")
    assert all(not function["state"] for function in document(account, "status", folder)["functions"])


def test_function_lives_through_change_and_destroy(account: Account, tmp_path: Path) -> None:
    folder = write(tmp_path, account, "event", "  memorySize: 128\n" + TIMER)
    function = f"function/{account.prefix}/{account.name('event')}"
    created = apply(account, folder)
    assert created[function] == "create"
    assert account.scfdeploy("plan", folder, "--detailed-exitcode").exit_code == 0
    called = account.name("event")
    answer = document(account, "invoke", f"{account.prefix}/{called}", "--path", folder, "--data", '{"name": "you"}')
    assert answer["result"] == {"hello": "you"}

    write(tmp_path, account, "event", "  memorySize: 256\n" + TIMER)

    assert apply(account, folder) == {function: "update"}
    [shown] = document(account, "status", folder)["functions"]
    assert (shown["memorySize"], shown["owned"], shown["drift"]) == (256, True, [])
    destroy(account, folder)


def test_changed_function_gets_a_version_for_its_alias(account: Account, tmp_path: Path) -> None:
    folder = write(tmp_path, account, "versions", "  memorySize: 128\n" + RELEASE)
    apply(account, folder)
    write(tmp_path, account, "versions", "  memorySize: 256\n" + RELEASE)
    apply(account, folder)

    name = f"{account.prefix}/{account.name('versions')}"
    listed = document(account, "versions", name, "--path", folder)

    assert {version["version"] for version in listed["versions"]} >= {"1", "2"}
    assert "prod" in {alias["name"] for alias in listed["aliases"]}
    assert account.scfdeploy("plan", folder, "--detailed-exitcode").exit_code == 0
    destroy(account, folder)


def test_function_mounts_the_layer_of_its_project(account: Account, tmp_path: Path) -> None:
    layer = account.name("layer")
    (tmp_path / "layer/src").mkdir(parents=True)
    (tmp_path / "layer/src/shared.py").write_text("ANSWER = 42\n")
    (tmp_path / "layer/serverless.yml").write_text(LAYER.format(name=layer, app=account.prefix))
    write(tmp_path / "function", account, "mounts", MOUNT.format(name=layer), code=CODE)

    created = apply(account, tmp_path)

    assert created[f"layer/{layer}"] == "create"
    name = f"{account.prefix}/{account.name('mounts')}"
    assert document(account, "invoke", name, "--path", tmp_path, "--data", "{}")["result"] == 42
    assert account.scfdeploy("plan", tmp_path, "--detailed-exitcode").exit_code == 0
    destroy(account, tmp_path)


def test_function_has_a_url(account: Account, tmp_path: Path) -> None:
    folder = write(tmp_path, account, "url", "  events:\n    - http: {parameters: {authType: CAM}}\n")
    apply(account, folder)

    [shown] = document(account, "status", folder)["functions"]

    assert shown["urls"]
    destroy(account, folder)

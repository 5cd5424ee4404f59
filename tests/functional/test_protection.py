"""`protect: true` refuses to delete and to replace a function."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer

DELETES = {"DeleteFunction", "DeleteLayerVersion"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def main(event, context):\n    return 1\n")
    return tmp_path


def write(folder: Path, *settings: str, top: str = "", name: str = "hello") -> None:
    lines = [f"component: scf\nname: {name}\napp: shop", *([top] if top else []), "inputs:", f"  name: {name}"]
    lines += ["  runtime: Python3.10\n  handler: index.main\n  src: ./src", *(f"  {line}" for line in settings)]
    (folder / "serverless.yml").write_text("\n".join(lines) + "\n")


def run(command: str, folder: Path, cloud: LocalServer, *options: str) -> Ran:
    yes = ("--yes",) if command in ("apply", "destroy") and "--plan" not in options else ()
    return scfdeploy(command, folder, *yes, *options, env=cloud.env)


def apply(folder: Path, cloud: LocalServer) -> None:
    applied = run("apply", folder, cloud)
    assert applied.exit_code == 0, applied.stderr + applied.stdout


def require_refused(ran: Ran, cloud: LocalServer, words: str) -> None:
    assert ran.exit_code == 1, ran.stdout + ran.stderr
    text = " ".join(ran.stdout.split())
    assert "[protected]" in text
    assert words in text, text
    assert not DELETES & set(cloud.calls())


@pytest.mark.parametrize(("settings", "top"), [(("protect: true",), ""), ((), "protect: true")])
def test_destroy_of_protected_function_is_refused(
    folder: Path, cloud: LocalServer, settings: tuple[str, ...], top: str
) -> None:
    write(folder, *settings, top=top)
    apply(folder, cloud)
    assert run("plan", folder, cloud, "--detailed-exitcode").exit_code == 0
    require_refused(run("destroy", folder, cloud), cloud, "write `protect: false` in its file")
    document = run("destroy", folder, cloud, "--format", "json").document
    assert (document["ok"], document["results"]) == (False, [])
    assert [entry["rule"] for entry in document["refused"]] == ["protected"]
    write(folder, "protect: false", top=top)
    assert run("destroy", folder, cloud).exit_code == 0
    assert DELETES & set(cloud.calls())


def test_protection_stays_until_the_file_says_otherwise(folder: Path, cloud: LocalServer) -> None:
    write(folder, "protect: true")
    apply(folder, cloud)
    write(folder)
    apply(folder, cloud)
    require_refused(run("destroy", folder, cloud), cloud, "protect: false")
    write(folder, "protect: false")
    apply(folder, cloud)
    write(folder)
    assert run("destroy", folder, cloud).exit_code == 0


def test_protection_of_the_file_counts_before_it_is_applied(folder: Path, cloud: LocalServer) -> None:
    write(folder)
    apply(folder, cloud)
    write(folder, "protect: true")
    require_refused(run("destroy", folder, cloud), cloud, "protect: false")


def test_replacement_of_protected_function_is_refused(folder: Path, cloud: LocalServer) -> None:
    write(folder, "protect: true")
    apply(folder, cloud)
    write(folder, "protect: true", "asyncRunEnable: true")
    require_refused(run("plan", folder, cloud), cloud, "would be replaced: ")
    require_refused(run("apply", folder, cloud), cloud, "Undo that difference, or write `protect: false`")
    write(folder, "protect: true", "memorySize: 256")
    apply(folder, cloud)
    write(folder, "protect: false", "memorySize: 256", "asyncRunEnable: true")
    assert run("apply", folder, cloud).exit_code == 0


def test_prune_of_protected_function_is_refused(folder: Path, cloud: LocalServer) -> None:
    write(folder, "protect: true")
    apply(folder, cloud)
    (folder / "serverless.yml").write_text(
        "component: multi-scf\nname: hello\napp: shop\ninputs:\n  runtime: Python3.10\n  src: ./src\n"
        "  functions:\n    other: {handler: index.main}\n"
    )
    require_refused(run("apply", folder, cloud, "--prune"), cloud, "no file lists it")
    assert run("apply", folder, cloud).exit_code == 0
    require_refused(run("destroy", folder, cloud), cloud, "restore its file with `protect: false`")


def test_other_function_can_be_destroyed_alone(folder: Path, cloud: LocalServer) -> None:
    (folder / "serverless.yml").write_text(
        "component: multi-scf\nname: shop\ninputs:\n  runtime: Python3.10\n  src: ./src\n  handler: index.main\n"
        "  functions:\n    kept: {name: kept, protect: true}\n    other: {name: other}\n"
    )
    apply(folder, cloud)
    require_refused(run("destroy", folder, cloud), cloud, "function/default/kept")
    assert run("destroy", folder, cloud, "--target", "function/default/other").exit_code == 0
    assert "ap-guangzhou/default/kept" in cloud.control("state")["function"]


def test_saved_plan_does_not_replace_a_function_that_was_protected_since(folder: Path, cloud: LocalServer) -> None:
    write(folder)
    apply(folder, cloud)
    write(folder, "asyncRunEnable: true")
    plan = folder.parent / "saved.plan"
    assert run("plan", folder, cloud, "--out", str(plan)).exit_code == 0
    write(folder, "protect: true")
    apply(folder, cloud)
    write(folder, "asyncRunEnable: true")
    applied = scfdeploy("apply", "--plan", plan, env=cloud.env)
    assert applied.exit_code == 1
    assert not DELETES & set(cloud.calls())


def test_destroy_of_layer_of_protected_instance_is_refused(folder: Path, cloud: LocalServer) -> None:
    text = "component: layer\nname: tools\n{}inputs:\n  name: tools\n  src: ./src\n  runtimes: [Python3.10]\n"
    (folder / "serverless.yml").write_text(text.format("protect: true\n"))
    apply(folder, cloud)
    require_refused(run("destroy", folder, cloud), cloud, "layer/tools")
    (folder / "serverless.yml").write_text(text.format(""))
    assert run("destroy", folder, cloud).exit_code == 0


def test_import_keeps_the_protection(folder: Path, cloud: LocalServer) -> None:
    write(folder, "protect: true")
    apply(folder, cloud)
    imported = scfdeploy("import", "hello", "--out", folder / "imported", env=cloud.env)
    assert imported.exit_code == 0, imported.stderr
    assert "protect: true" in (folder / "imported" / "serverless.yml").read_text()

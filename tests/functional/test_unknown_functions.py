"""Every command says the same of a function that is not deployed, and of one that the project does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer

CALLS = (
    ("invoke", "NAME", "--project", "PROJECT"),
    ("invoke", "NAME", "--project", "PROJECT", "--async"),
    ("invoke", "NAME", "--project", "PROJECT", "--method", "GET"),
    ("logs", "NAME", "--path", "PROJECT"),
    ("events", "list", "NAME", "--path", "PROJECT"),
    ("events", "stats", "NAME", "--path", "PROJECT"),
    ("events", "pull", "NAME", "--path", "PROJECT", "--to", "events.jsonl"),
    ("versions", "NAME", "--path", "PROJECT"),
    ("rollback", "NAME", "--path", "PROJECT"),
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose function is not deployed."""
    monkeypatch.chdir(tmp_path)  # `events pull` writes there
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "index.py").write_text("def main(event, context):\n    return 1\n")
    (folder / "serverless.yml").write_text(
        "component: scf\nname: orders\ninputs:\n  name: shop-orders\n  runtime: Python3.10\n  handler: index.main\n"
        "  src: ./\n"
    )
    return folder


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
@pytest.mark.parametrize(
    ("name", "function", "hint"),
    [
        ("ordrs", "ordrs", 'Did you mean "orders"?'),
        ("nothing-like-it", "nothing-like-it", "Check the name and the region, or deploy it with `scfdeploy apply`."),
        ("orders", "shop-orders", "Deploy it with `scfdeploy apply`."),
    ],
)
def test_function_that_is_not_deployed_is_reported_alike(
    project: Path, cloud: LocalServer, call: tuple[str, ...], name: str, function: str, hint: str
) -> None:
    arguments = [name if word == "NAME" else str(project) if word == "PROJECT" else word for word in call]

    ran = scfdeploy(*arguments, env=cloud.env)

    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"error: function/default/{function} does not exist in ap-guangzhou\n")
    assert f"hint: {hint}\n" in ran.stderr


def test_error_code_of_a_missing_function_stays(project: Path, cloud: LocalServer) -> None:
    error = scfdeploy("invoke", "ordrs", "--project", project, "--format", "json", env=cloud.env).document["error"]

    assert error["code"] == "ResourceNotFound.Function"
    assert error["requestId"]


def test_simulate_names_the_functions_of_the_project(project: Path) -> None:
    ran = scfdeploy("simulate", "--path", project, "--function", "ordrs")

    assert ran.exit_code == 1
    assert 'The project has no function "ordrs".' in ran.stderr
    assert 'Did you mean "orders"? Functions of the project: shop-orders.' in ran.stderr

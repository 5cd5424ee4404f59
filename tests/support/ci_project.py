"""A project in the current folder, and `ci init` of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.command import Ran, scfdeploy
from tests.support.rendered import workflow

FILE = Path(".github/workflows/scfdeploy.yml")
PACKAGE = f"git+https://git.example.com/tools/scfdeploy@{'0123456789' * 4}"


def put(path: str, text: str = "") -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


def function(folder: str, runtime: str = "Python3.9", more: str = "", *, top: str = "") -> None:
    put(
        f"{folder}/serverless.yml",
        f"component: scf\nname: hello\napp: shop\n{top}inputs:\n  name: hello\n  runtime: {runtime}\n{more}",
    )


def ci_init(system: str, *arguments: str) -> Ran:
    """`ci init` with a package, which nothing here was installed from; one among the arguments wins."""
    return scfdeploy("ci", "init", system, "--package", PACKAGE, *arguments)


def init(*arguments: str) -> dict[str, Any]:
    ran = ci_init("github", *arguments)
    assert ran.exit_code == 0, ran.stderr
    return workflow(FILE.read_text("utf-8"))


def refused(*arguments: str) -> Ran:
    ran = ci_init("github", *arguments)
    assert ran.exit_code == 1, ran.stdout
    assert not FILE.exists()
    return ran


def step(flow: dict[str, Any], name: str, job: str = "build") -> dict[str, Any]:
    (found,) = [one for one in flow["jobs"][job]["steps"] if one.get("name") == name]
    return found


def uses(flow: dict[str, Any]) -> list[str]:
    return [one["uses"].partition("@")[0] for one in flow["jobs"]["build"]["steps"] if "uses" in one]

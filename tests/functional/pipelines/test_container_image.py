"""The Dockerfile: what a linter says of it, and what holds of the image without building it; CI builds and runs it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.support import linters
from tests.support.pipeline_steps import load

ROOT = Path(__file__).parents[3]
DOCKERFILE = ROOT / "Dockerfile"


def instructions() -> list[tuple[str, str]]:
    """Each instruction with its text, on one line."""
    lines = [line for line in DOCKERFILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def values(name: str) -> list[str]:
    return [text for word, text in instructions() if word == name]


def test_hadolint_finds_nothing() -> None:
    done = linters.run(linters.program("hadolint"), "--no-color", DOCKERFILE)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_script_of_it_is_a_good_script(tmp_path: Path) -> None:
    script = tmp_path / "run.sh"
    script.write_text("set -e\n" + "\n".join(values("RUN")), "utf-8")

    assert linters.shell_findings([script], "sh") == ""


def test_base_is_pinned_by_digest_and_a_supported_python() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        classifiers = tomllib.load(file)["project"]["classifiers"]
    bases = [base.removesuffix(" AS build") for base in values("FROM")]

    assert len(set(bases)) == 1, "all stages have the same Python, for which its modules are compiled"
    match = re.fullmatch(r"python:(?P<version>3\.\d+)-slim@sha256:[0-9a-f]{64}", bases[0])
    assert match
    assert f"Programming Language :: Python :: {match['version']}" in classifiers


def test_image_runs_without_rights() -> None:
    [user] = values("USER")

    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user), "a number: orchestrators check that it is not 0"
    words = [word for word, _ in instructions()]
    assert set(words[words.index("USER") :]) <= {"USER", "WORKDIR", "ENTRYPOINT", "CMD"}, "nothing runs after it"


@pytest.mark.parametrize("source", [text for text in values("COPY") if not text.startswith("--from")])
def test_everything_that_is_copied_is_sent_to_the_build(source: str) -> None:
    allowed = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"
    }

    for path in source.split()[:-1]:
        assert (ROOT / path).exists()
        assert path.partition("/")[0] in allowed


def test_everything_that_the_wheel_is_built_from_is_copied() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        build = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {path for text in values("COPY") for path in text.split()[:-1]}

    assert {*build["packages"], *build["force-include"], "pyproject.toml", "hatch_build.py", "README.md"} <= copied


def test_dependencies_are_installed_by_hash_without_running_their_code() -> None:
    installs = [
        call for script in values("RUN") for call in script.split("&&") if re.search(r"\bpip\b.* install ", call)
    ]

    assert len(installs) == 3
    *lists, wheel = installs
    assert all("--require-hashes --only-binary :all:" in call for call in lists)
    assert "--no-deps" in wheel


def test_ci_uses_the_image_that_it_builds() -> None:
    steps = load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))["jobs"]["image"]["steps"]
    scripts = "".join(step.get("run", "") for step in steps)

    assert "docker build --tag scfdeploy ." in scripts
    for option in ("--read-only", "--cap-drop ALL", "--user", "apply --local --yes"):
        assert option in scripts

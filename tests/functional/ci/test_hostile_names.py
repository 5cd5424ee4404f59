"""Names that want to be commands: `ci init` keeps each what it is, a value, or refuses it."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.ci_project import FILE, function, init, put, refused
from tests.support.rendered import scripts

pytestmark = pytest.mark.usefixtures("root")

HOSTILE = [
    "$(touch x)",
    "`touch x`",
    '"; rm -rf . #',
    "'; rm -rf . #",
    "a: b # c",
    "- a",
    "生产 环境",
    "it's",
    "%E2",
    "<< x >>",
]
IMPOSSIBLE = ["${{ github.token }}", "a}}b", "a\nb", "\x1b[31m", "a\\u0027", " a"]


class TestHostileNames:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_stage_is_only_ever_a_value(self, name: str) -> None:
        plain = init("--runtime", "python", "--stage-branch", "main=prod")
        FILE.unlink()

        flow = init("--runtime", "python", "--stage-branch", f"main={name}")

        assert flow["jobs"]["plan"]["env"]["STAGE"] == name
        assert flow["jobs"]["apply"]["environment"] == name
        assert scripts(FILE.read_text("utf-8")) == [
            step["run"] for job in plain["jobs"].values() for step in job["steps"] if "run" in step
        ]

    @pytest.mark.parametrize("name", HOSTILE)
    def test_so_is_one_of_several(self, name: str) -> None:
        flow = init("--runtime", "python", "--stage-branch", f"main={name}", "--stage-branch", "dev=test")
        stage = flow["jobs"]["apply"]["strategy"]["matrix"]["stage"]
        found = re.fullmatch(r"\$\{\{ fromJSON\('(.*)'\)\[github.base_ref \|\| github.ref_name\] \}\}", stage)
        assert found is not None
        assert json.loads(found[1].replace("''", "'")) == {"main": [name], "dev": ["test"]}

    @pytest.mark.parametrize("name", HOSTILE)
    def test_so_is_a_folder(self, name: str) -> None:
        for folder in (name, "other"):
            function(folder, more="  src: ./src\n")
            put(f"{folder}/requirements.txt")
        text = json.dumps(init(".", "--type", "event"), ensure_ascii=False)

        assert not any(name in script for script in scripts(FILE.read_text("utf-8")))
        assert json.dumps(name, ensure_ascii=False)[1:-1] in text

    @pytest.mark.parametrize("name", ["$(touch,x)", '";rm', "'", "生产", "it's", "a+b"])
    def test_so_is_a_branch(self, name: str) -> None:
        flow = init("--runtime", "python", "--stage-branch", f"{name}=prod")
        assert flow["on"]["push"]["branches"] == [name.replace("+", "\\+")]
        assert not any(name in script for script in scripts(FILE.read_text("utf-8")) if len(name) > 1)

    @pytest.mark.parametrize("name", IMPOSSIBLE)
    def test_unquotable_name_is_rejected(self, name: str) -> None:
        ran = refused("--runtime", "python", "--stage-branch", f"main={name}")
        assert "\x1b" not in ran.stderr
        refused("--runtime", "python", "--package", name)

    @pytest.mark.parametrize("name", ["release/*", "a b", "a..b", "-x", "a~1", "x.lock"])
    def test_invalid_branch_name_is_rejected(self, name: str) -> None:
        assert "is not a branch name" in refused("--runtime", "python", "--stage-branch", f"{name}=prod").stderr

    @pytest.mark.parametrize("name", ["a b", "A-B", "1A", "GITHUB_TOKEN", "${{ x }}", ""])
    def test_invalid_secret_name_is_rejected(self, name: str) -> None:
        refused("--runtime", "python", "--secret", name)

    @pytest.mark.parametrize("path", ["..", "/etc", "../other", "gone"])
    def test_path_outside_repository_is_rejected(self, path: str) -> None:
        refused(path, "--runtime", "python")

    @pytest.mark.parametrize("runtime", [" python ", "python\n", "\tPython3.10\n"])
    def test_spaces_around_the_runtime_are_not_written(self, runtime: str) -> None:
        flow = init("--runtime", runtime)
        assert f"--runtime {runtime.strip()} --type" in FILE.read_text("utf-8").splitlines()[0]
        assert "jobs" in flow

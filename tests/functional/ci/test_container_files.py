"""Every file that `ci init gitlab` and `ci init cnb` can write, read by others, and what stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.ci_project import ci_init, function, put
from tests.support.linters import schema_errors, shell_findings
from tests.support.rendered import every, workflow
from tests.support.sampling import sample

SYSTEMS = ("gitlab", "cnb")


def jobs_of(document: dict[str, Any]) -> dict[str, Any]:
    """The jobs of GitLab, or the steps of CNB, by name."""
    return {name: one for name, one in document.items() if isinstance(one, dict) and "script" in one}


def scripts_of(document: dict[str, Any]) -> Iterator[str]:
    for job in jobs_of(document).values():
        yield from [job["script"]] if isinstance(job["script"], str) else job["script"]


def test_schema_of_gitlab_accepts_them(tmp_path: Path) -> None:
    different = {one.text: one.name for one in every("gitlab")}
    for text, name in sample(list(different.items()), every=4):
        (tmp_path / f"{name}.yml").write_text(text, "utf-8")
    assert schema_errors(sorted(tmp_path.iterdir()), "vendor.gitlab-ci") == ""
    assert len(different) > 30


@pytest.mark.parametrize("system", SYSTEMS)
def test_shellcheck_finds_nothing_in_the_scripts(system: str, tmp_path: Path) -> None:
    texts = {script for one in every(system) for script in scripts_of(workflow(one.text))}
    files = []
    for number, script in enumerate(sample(sorted(texts), every=4)):
        files.append(tmp_path / f"{number}.sh")
        files[-1].write_text(script, "utf-8")
    assert shell_findings(files, "sh") == ""
    assert len(files) > 10


@pytest.mark.parametrize("system", SYSTEMS)
def test_images_name_one_release_and_no_value_is_a_secret(system: str) -> None:
    for one in every(system):
        for name, job in jobs_of(workflow(one.text)).items():
            image, _, tag = job["image"].partition(":")
            assert image in ("python", "node", "maven", "gradle"), name
            assert tag[:1].isdigit(), name
        assert "SECRET_KEY=" not in one.text


def test_keys_are_imported_only_where_they_are_used_on_cnb() -> None:
    for one in every("cnb"):
        document = workflow(one.text)
        for branch, events in document.items():
            if branch.startswith("."):
                continue
            for event, pipelines in events.items():
                for pipeline in pipelines:
                    keys = {stage["name"]: stage.get("imports", "") for stage in pipeline["stages"]}
                    assert not keys.get("Compile")
                    assert not keys.get("Validate and build")
                    assert ("Apply" in keys) <= (event in ("push", "tag_deploy.prod", "tag_deploy.prod-2"))
                    assert "Apply" not in keys or "scfdeploy-plan.yml" not in keys["Apply"]
                    assert "Apply" not in keys or pipeline["lock"]["wait"] is True


@pytest.mark.usefixtures("root")
def test_no_stage_breaks_the_anchors_of_cnb() -> None:
    stages = ("v1.0", "v1_0", "v1_.0", "v1._0", "keys", "read-only")
    function(".")
    ran = ci_init("cnb", *(word for stage in stages for word in ("--stage-branch", f"main={stage}")))
    assert ran.exit_code == 0, ran.stderr

    text = Path(".cnb.yml").read_text("utf-8")
    anchors = re.findall(r"^\.\S+: &(\S+)", text, re.MULTILINE)

    assert [name for name in anchors if re.fullmatch("[A-Za-z0-9_-]+", name) is None] == []
    assert len(set(anchors)) == len(anchors) == 1 + 4 * len(stages)
    for pipeline, stage in zip(workflow(text)["main"]["push"], stages, strict=True):
        _, plan, apply = pipeline["stages"]
        assert f"STAGE='{stage}'" in apply["script"]
        assert plan["imports"].endswith("/scfdeploy-plan.yml")
        assert apply["imports"].endswith(f"/scfdeploy-{stage}.yml")


def test_production_is_manual_and_locked_on_gitlab() -> None:
    for one in every("gitlab"):
        for name, job in jobs_of(workflow(one.text)).items():
            if name.startswith("apply "):
                assert job["resource_group"].startswith("scfdeploy-")
                assert (job["rules"][-1].get("when") == "manual") == ("prod" in job["environment"])
                assert job["interruptible"] is False
            else:
                assert all("when" not in rule for rule in job["rules"])


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(("system", "file"), [("gitlab", ".gitlab-ci.yml"), ("cnb", ".cnb.yml")])
class TestCommand:
    def test_secrets_in_comments_are_not_asked_for(self, system: str, file: str) -> None:
        variables = "      A: ${env:DB_URL}\n      B: ${env:LEVEL, info}\n      # C: ${env:COMMENTED_OUT}\n"
        function(".", more=f"  environment:\n    variables:\n{variables}")

        ran = ci_init(system)

        assert ran.exit_code == 0, ran.stderr
        text = Path(file).read_text("utf-8")
        assert "DB_URL" in text
        assert "COMMENTED_OUT" not in text + ran.stdout
        assert "LEVEL" not in text + ran.stdout

    def test_variables_of_the_server_are_no_secrets(self, system: str, file: str) -> None:
        names = {"gitlab": ("CI", "CI_COMMIT_SHA", "GITLAB_USER_LOGIN"), "cnb": ("CI", "CNB_COMMIT")}[system]
        own = ("API_TOKEN", "CIPHER", *(("CNB_COMMIT",) if system == "gitlab" else ("CI_COMMIT_SHA",)))
        texts = "".join(f"      V_{name}: ${{env:{name}}}\n" for name in (*names, *own, "HOME", "PATH"))
        function(".", more=f"  environment:\n    variables:\n{texts}")

        ran = ci_init(system)

        assert f"also needs these secrets: {', '.join(own)}." in ran.stdout
        placed = re.findall(r"(\w+)=placeholder", Path(file).read_text("utf-8"))
        assert placed == list(own)

    @pytest.mark.parametrize(
        ("lock", "command"),
        [
            ("package-lock.json", "npm ci"),
            ("pnpm-lock.yaml", "corepack pnpm install --frozen-lockfile"),
            ("yarn.lock", "corepack yarn install --frozen-lockfile"),
        ],
    )
    def test_lock_file_of_a_workspace_names_the_tool(self, system: str, file: str, lock: str, command: str) -> None:
        function("packages/api", "Nodejs16.13")
        put("packages/api/package.json", '{"name": "api", "dependencies": {"ms": "1"}}')
        put("package.json", '{"workspaces": ["packages/*"]}')
        put("pnpm-workspace.yaml", "packages: ['packages/*']\n")
        put(lock, "{}")

        ran = ci_init(system, "packages/api")

        assert ran.exit_code == 0, ran.stderr
        jobs = jobs_of(workflow(Path(file).read_text("utf-8")))
        compiled = json.dumps(next(job for name, job in jobs.items() if "compile" in name))
        assert command in compiled
        assert '"image": "node:16.13"' in compiled
        assert "is missing" not in ran.stdout

    def test_first_line_makes_the_same_file_again(self, system: str, file: str) -> None:
        import shlex

        from tests.support.command import scfdeploy

        function(".")
        assert ci_init(system, "--stage-branch", "main=prod", "--archive-events", "--secret", "KEY").exit_code == 0
        text = Path(file).read_text("utf-8")
        Path(file).unlink()

        assert scfdeploy(*shlex.split(text.splitlines()[0].removeprefix("# scfdeploy "))).exit_code == 0

        assert Path(file).read_text("utf-8") == text

    def test_difference_hides_values_of_secrets_and_shows_names(self, system: str, file: str) -> None:
        function(".")
        put(file, "variables:\n  TENCENT_SECRET_KEY: hunter2hunter2hunter2\n  DB_PASSWORD: correct-horse-9\n")

        ran = ci_init(system)

        assert ran.exit_code == 1
        assert "hunter2" not in ran.stdout + ran.stderr
        assert "correct-horse" not in ran.stdout + ran.stderr
        assert "TENCENT_SECRET_KEY" in ran.stdout
        assert "DB_PASSWORD" in ran.stdout
        assert "hunter2" in Path(file).read_text("utf-8")

    def test_output_says_where_the_keys_belong(self, system: str, file: str) -> None:
        function(".")
        ran = ci_init(system, "--archive-events")
        assert f"wrote {file}" in ran.stdout
        assert {"gitlab": "environment scope plan/*", "cnb": "replace GROUP/SECRETS"}[system] in ran.stdout
        assert "scfdeploy-events" in ran.stdout

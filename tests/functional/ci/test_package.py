"""Which scfdeploy a pipeline installs: a commit or a hash, from `--package` or from where this one came, no name."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scfdeploy.scaffold.ci import SYSTEMS
from tests.support.ci_project import FILE, PACKAGE, ci_init, init, put
from tests.support.command import scfdeploy
from tests.support.rendered import every, jenkins_scripts, scripts

ROOT = Path(__file__).parents[3]
COMMIT = "0123456789" * 4
HASH = "ab" * 32
WHEEL = "scfdeploy-1.0-py3-none-any.whl"

pytestmark = pytest.mark.usefixtures("root")


class TestWithoutPackage:
    @pytest.mark.parametrize("system", SYSTEMS)
    def test_pipeline_without_a_known_source_is_refused(self, system: str, root: Path) -> None:
        ran = scfdeploy("ci", "init", system, "--runtime", "python")

        assert ran.exit_code == 1
        assert "--package git+https://" in ran.stderr
        assert list(root.iterdir()) == []

    @pytest.mark.parametrize(
        ("noted", "installed"),
        [
            (
                {
                    "url": "https://git.example.com/a/scfdeploy",
                    "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": COMMIT},
                },
                f"git+https://git.example.com/a/scfdeploy@{COMMIT}",
            ),
            (
                {"url": f"https://example.com/{WHEEL}", "archive_info": {"hashes": {"sha256": HASH}}},
                f"https://example.com/{WHEEL}#sha256={HASH}",
            ),
            ({"url": "https://ada:token@git.example.com/a", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}, None),
            ({"url": "https://example.com/a.tar.gz", "archive_info": {"hashes": {"sha256": HASH}}}, None),
            ({"url": "file:///home/ada/scfdeploy", "dir_info": {}}, None),
            (None, None),  # from an index
        ],
    )
    def test_pipeline_installs_what_this_scfdeploy_was_installed_from(
        self, root: Path, noted: dict[str, object] | None, installed: str | None
    ) -> None:
        # What is first on the path is the installation that counts.
        put("site/scfdeploy-1.0.dist-info/METADATA", "Metadata-Version: 2.4\nName: scfdeploy\nVersion: 1.0\n")
        if noted is not None:
            put("site/scfdeploy-1.0.dist-info/direct_url.json", json.dumps(noted))

        done = subprocess.run(
            [sys.executable, "-m", "scfdeploy", "ci", "init", "github", "--runtime", "python"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{root / 'site'}{os.pathsep}{ROOT}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

        if installed is None:
            assert (done.returncode, FILE.exists()) == (1, False)
            assert "token" not in done.stderr
        else:
            assert done.returncode == 0, done.stderr
            assert f"SCFDEPLOY_PACKAGE: {json.dumps(installed)}\n" in FILE.read_text("utf-8")


class TestWithPackage:
    @pytest.mark.parametrize(
        "spec",
        [
            "scfdeploy",
            "scfdeploy==0.1.0",
            "scfdeploy>=0.1",
            "scfdeploy[all]==0.1.0",
            "scfdeploy @ scfdeploy",
            f"scfdeploy==0.1.0 --hash=sha256:{HASH}",
            "git+https://git.example.com/a/scfdeploy",
            "git+https://git.example.com/a/scfdeploy@main",
            "git+https://git.example.com/a/scfdeploy@v1.0",
            f"git+https://git.example.com/a/scfdeploy@{COMMIT[:12]}",
            f"git+https://git.example.com/a/scfdeploy@{COMMIT}#subdirectory=x",
            f"git+http://git.example.com/a/scfdeploy@{COMMIT}",
            f"git+file:///a/scfdeploy@{COMMIT}",
            f"git+ext::sh -c x@{COMMIT}",
            f"git+ssh://-oProxyCommand=x/a@{COMMIT}",
            f"git+https://ada:secret@git.example.com/a@{COMMIT}",
            f"https://example.com/{WHEEL}",
            f"https://example.com/{WHEEL}#md5=00",
            f"https://example.com/{WHEEL}#sha256=00",
            f"https://example.com/{WHEEL}?token=x#sha256={HASH}",
            f"http://example.com/{WHEEL}#sha256={HASH}",
            f"https://example.com/other-1.0-py3-none-any.whl#sha256={HASH}",
            f"https://example.com/scfdeploy-1.0.tar.gz#sha256={HASH}",
            f"../{WHEEL}#sha256={HASH}",
            f"gone/{WHEEL}#sha256={HASH}",
            f"--index-url=x/{WHEEL}#sha256={HASH}",
            f"here/{WHEEL}#sha256={HASH}",
        ],
    )
    def test_package_that_can_become_another_one_is_refused(self, spec: str) -> None:
        put(f"here/{WHEEL}", "a wheel of another hash")

        ran = ci_init("github", "--runtime", "python", "--package", spec)

        assert ran.exit_code == 1, ran.stdout
        assert "--package" in ran.stderr
        assert not FILE.exists()

    @pytest.mark.parametrize(
        ("spec", "installed"),
        [
            (PACKAGE, PACKAGE),
            (f"scfdeploy @ {PACKAGE}", PACKAGE),
            (f"git+ssh://git@git.example.com:2222/a/b.git@{COMMIT}",) * 2,
            (f"https://example.com:8443/a%20b/{WHEEL}#sha256={HASH}",) * 2,
            (f"/opt/wheels/{WHEEL}#sha256={HASH}",) * 2,
        ],
    )
    def test_commit_or_hash_is_written_into_the_pipeline(self, spec: str, installed: str) -> None:
        assert init("--runtime", "python", "--package", spec)["env"] == {"SCFDEPLOY_PACKAGE": installed}

    @pytest.mark.parametrize("path", [WHEEL, f"vendor/{WHEEL}"])
    def test_hash_of_a_wheel_in_the_repository_is_computed(self, path: str) -> None:
        put(path, "a wheel")
        found = hashlib.sha256(b"a wheel").hexdigest()

        written = init("--runtime", "python", "--package", path)["env"]["SCFDEPLOY_PACKAGE"]

        assert written == f"{path if '/' in path else f'./{path}'}#sha256={found}"


def test_every_pipeline_installs_its_tools_by_hash_alone() -> None:
    seen = set()
    for system in SYSTEMS:
        for one in every(system):
            found = scripts(one.text) if system == "github" else jenkins_scripts(one.text)
            for script in found:
                if "SCFDEPLOY_PACKAGE" in script:
                    seen.add(script.strip())
            # The packages of the function itself go into its folder, and are the project's own affair.
            others = [script for script in found if "SCFDEPLOY_PACKAGE" not in script and "--target" not in script]
            assert not [script for script in others if re.search(r"\bpip|\buvx?\b", script)], one.name
    kinds = {re.sub(r"(?m)^ +", "", one) for one in seen}
    assert len(kinds) == 2
    for script in kinds:
        (run,) = re.findall(r'-m pip install (.*) "\$@"', script)
        assert "--no-build-isolation" in run
        calls = re.findall(r"(?m)^install (.*)$", script)
        assert len(calls) == 3
        assert all("--require-hashes" in call or call == '--no-deps "$source"' for call in calls)


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_plan_and_apply_is_of_a_prebuilt_folder(system: str) -> None:
    for one in every(system):
        calls = re.findall(r"/scfdeploy\"? (plan|apply)\b(.*)", one.text)
        assert {name for name, _ in calls} == {"plan", "apply"}
        assert all(options.startswith(" --prebuilt ") for _, options in calls)


NAMED = re.compile(r"\b(?:pipx?|uv|uvx)\b[^\n|`]*\b(?:install|run|uvx|upgrade)\b[^\n|`]*(?<![/\w-])scfdeploy(?![/\w-])")
TEXTS = (
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    "Jenkinsfile",
    "action.yml",
    ".github",
    "action",
    "docs",
    "templates",
    "scfdeploy",
)


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_advises_installing_by_name(name: str) -> None:
    place = ROOT / name
    files = [place] if place.is_file() else [one for one in place.rglob("*") if one.is_file() and one.suffix != ".pyc"]
    found = {one: text for one in files if (text := NAMED.findall(one.read_text("utf-8", "replace")))}
    assert not found
    assert NAMED.search("pip install --quiet scfdeploy==1.0")

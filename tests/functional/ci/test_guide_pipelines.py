"""`ci init --from` with the pipelines of the vendor's guide, as its page prints them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.ci_project import ci_init
from tests.support.guide import ABSENT, GUIDE
from tests.support.linters import groovy_errors, workflow_findings
from tests.support.rendered import workflow

pytestmark = [
    pytest.mark.skipif(not GUIDE.is_dir(), reason=ABSENT),
    pytest.mark.usefixtures("root"),
]

WORKFLOWS = {
    "python": {
        "carried": {
            5: "on: push",
            7: "branches: main",
            11: "deploy: runs-on: ubuntu-latest",
            14: "clone local repository: actions/checkout@v2",
            17: "deploy serverless: woodyyan/tencent-serverless-action@main",
            19: "STAGE",
            22: "TENCENT_SECRET_ID",
            24: "TENCENT_SECRET_KEY",
        },
        "lost": {3: "name", 10: "deploy: name", 20: "SERVERLESS_PLATFORM_VENDOR"},
    },
    "nodejs": {
        "carried": {
            5: "on: push",
            7: "branches: main",
            11: "deploy: runs-on: ubuntu-latest",
            14: "clone local repository: actions/checkout@v2",
            16: "install dependency: npm install",
            18: "build: npm build",
            20: "deploy serverless: woodyyan/tencent-serverless-action@main",
            22: "STAGE",
            25: "TENCENT_SECRET_ID",
            27: "TENCENT_SECRET_KEY",
        },
        "lost": {3: "name", 10: "deploy: name", 23: "SERVERLESS_PLATFORM_VENDOR"},
    },
    "java": {
        "carried": {
            4: "on: push",
            6: "branches: main",
            9: "build-and-deploy: runs-on: ubuntu-latest",
            11: "permissions: contents: read",
            14: "actions/checkout@v2",
            16: "Set up JDK 11: actions/setup-java@v2",
            18: "Set up JDK 11: java-version: 11",
            19: "Set up JDK 11: distribution: temurin",
            24: "Build with Gradle: gradle/gradle-build-action@937999e9cc2425eddc7fd62d1053baf041147db7",
            27: "Build with Gradle: arguments: build",
            34: "Create zip folder: mkdir zip",
            39: "Move jar and scf_bootstrap to zip folder: cp ./build/libs/XXX.jar ./scf_bootstrap ./zip",
            41: "deploy serverless: woodyyan/tencent-serverless-action@main",
            43: "STAGE",
            46: "TENCENT_SECRET_ID",
            48: "TENCENT_SECRET_KEY",
        },
        "lost": {
            2: "name",
            12: "permissions: packages: write",
            20: "Set up JDK 11: server-id: github",
            22: "Set up JDK 11: settings-path: ${{ github.workspace }}",
            29: "Build with Maven: mvn -B package --file pom.xml",
            44: "SERVERLESS_PLATFORM_VENDOR",
        },
    },
}
JENKINSFILE = {
    "carried": {
        2: "agent any",
        6: "checkout",
        17: "sh: mvn package",
        19: "sh: mkdir zip",
        22: "sh: cp ./build/libs/XXX.jar ./scf_bootstrap ./zip",
        40: "withCredentials",
        41: "cloudApi",
        43: "TENCENT_SECRET_ID",
        44: "TENCENT_SECRET_KEY",
        52: "sh: scf deploy --debug",
    },
    "lost": {
        15: 'container("maven")',
        16: "echo",
        18: "sh: ./gradlew build",
        31: "echo",
        32: "sh: npm i -g scf",
        33: "sh: npm install",
        34: "echo",
        39: "echo",
        48: 'sh: echo "TENCENT_SECRET_ID=',
        54: "sh: rm .env",
        56: "echo",
    },
}


def migrate(system: str, file: str, *arguments: str) -> dict[str, Any]:
    """The `from` of the JSON document of `ci init --from`."""
    ran = ci_init(system, *arguments, "--from", str(GUIDE / file), "--format", "json")
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    migrated: dict[str, Any] = json.loads(ran.stdout)["from"]
    return migrated


def assert_listed(migrated: dict[str, Any], expected: dict[str, dict[int, str]]) -> None:
    for kind, key in (("carried", "carriedOver"), ("lost", "notCarriedOver")):
        listed = {one["line"]: one["text"] for one in migrated[key]}
        assert list(listed) == list(expected[kind])
        for number, text in expected[kind].items():
            assert listed[number].startswith(text)


@pytest.mark.parametrize("language", WORKFLOWS)
def test_each_part_of_a_workflow_is_listed_with_its_line(language: str) -> None:
    migrated = migrate("github", f"workflow-{language}.yml", "--runtime", language)
    assert_listed(migrated, WORKFLOWS[language])
    assert migrated["repairs"]


@pytest.mark.parametrize("language", WORKFLOWS)
def test_new_workflow_has_the_settings_of_the_old_one(language: str) -> None:
    migrate("github", f"workflow-{language}.yml", "--runtime", language)
    flow = workflow(Path(".github/workflows/scfdeploy.yml").read_text("utf-8"))
    assert flow["on"]["push"]["branches"] == ["main"]
    assert flow["jobs"]["apply"]["environment"] == "dev"


@pytest.mark.parametrize("language", WORKFLOWS)
def test_actionlint_accepts_the_new_workflow(language: str) -> None:
    migrate("github", f"workflow-{language}.yml", "--runtime", language)
    path = ".github/workflows/scfdeploy.yml"
    findings = workflow_findings({path: Path(path).read_text("utf-8")})
    assert [finding for finding in findings if "runner" not in finding] == []


@pytest.mark.parametrize("language", ["java", "nodejs"])
def test_single_braces_are_reported(language: str) -> None:
    ran = ci_init("github", "--runtime", language, "--from", str(GUIDE / f"workflow-{language}.yml"))
    assert "Use ${{ secrets.TENCENT_SECRET_ID }}." in ran.stdout
    assert "Use ${{ secrets.TENCENT_SECRET_KEY }}." in ran.stdout


@pytest.mark.parametrize("system", ["jenkins", "coding"])
def test_each_step_of_the_jenkinsfile_is_listed_with_its_line(system: str) -> None:
    assert_listed(migrate(system, "Jenkinsfile", "--runtime", "java"), JENKINSFILE)


@pytest.mark.parametrize("system", ["jenkins", "coding"])
def test_groovy_accepts_the_new_jenkinsfile(system: str) -> None:
    migrate(system, "Jenkinsfile", "--runtime", "java")
    assert groovy_errors([Path("Jenkinsfile")]) == ""

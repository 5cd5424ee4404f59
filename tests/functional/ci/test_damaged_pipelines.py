"""`ci init --from` with pipeline files that were copied from a printed page: broken lines, lost indentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.scaffold.ci import read_pipeline
from tests.support.ci_project import ci_init

pytestmark = pytest.mark.usefixtures("python_function")

HEALTHY = """\
name: release
on:
  push:
    branches:
      - trunk
jobs:
  ship:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Python
        uses: actions/setup-python@v5 # the version of the function, as its runtime says
        with:
          python-version: '3.9'
          cache: pip
      - name: Build
        run: |
          pip install -r requirements.txt -t src
          make assets
      - name: Deploy
        run: sls deploy --stage test
        env:
          TENCENT_SECRET_ID: ${{ secrets.TENCENT_SECRET_ID }} # the id of the key of the account
          TENCENT_SECRET_KEY: ${{ secrets.TENCENT_SECRET_KEY }}
          BOT_TOKEN: ${{ secrets.BOT_TOKEN }}
"""


def _without_indent(text: str, first: int = 0) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[:first] + [line.lstrip() for line in lines[first:]])


DAMAGED = {
    "comment-broken": HEALTHY.replace("as its runtime", "as\nits runtime").replace("key of the", "key\nof the"),
    "comment-with-blank-line": HEALTHY.replace("as its runtime", "as\n\nits runtime"),
    "indent-lost": _without_indent(HEALTHY),
    "indent-lost-below-jobs": _without_indent(HEALTHY, 6),
    "indent-lost-in-env": HEALTHY.replace("          TENCENT", "TENCENT").replace("          BOT", "BOT"),
    "env-not-indented": HEALTHY.replace("          TENCENT", "        TENCENT").replace("          BOT", "        BOT"),
    "step-moved-out": HEALTHY.replace("      - name: Deploy\n        run", "- name: Deploy\n  run").replace(
        "        env:\n", "  env:\n"
    ),
    "value-broken": HEALTHY.replace("actions/setup-python@v5", "actions/setup-\npython@v5"),
    "secret-broken": HEALTHY.replace("secrets.TENCENT_SECRET_KEY", "secrets.TENCENT_SEC\nRET_KEY"),
    "single-braces": HEALTHY.replace("${{", "${").replace("}}", "}"),
    "tabs": HEALTHY.replace("          python-version", "\t\tpython-version"),
    "windows-line-ends": HEALTHY.replace("as its runtime", "as\nits runtime").replace("\n", "\r\n"),
}
EXPECTED = {
    "branches: trunk",
    "ship: runs-on: ubuntu-latest",
    "actions/checkout@v4",
    "Python: actions/setup-python@v5",
    "Python: python-version: 3.9",
    "Python: cache: pip",
    "Build: pip install -r requirements.txt -t src",
    "make assets",
    "Deploy: sls deploy --stage test",
    "TENCENT_SECRET_ID",
    "TENCENT_SECRET_KEY",
    "BOT_TOKEN",
}


def migrate(text: str, system: str = "github") -> dict[str, Any]:
    Path("old").write_text(text, "utf-8", newline="")
    ran = ci_init(system, "--from", "old", "--format", "json")
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    document: dict[str, Any] = json.loads(ran.stdout)
    return document


def listed(document: dict[str, Any]) -> dict[str, int]:
    """The line of each listed text."""
    return {one["text"]: one["line"] for key in ("carriedOver", "notCarriedOver") for one in document["from"][key]}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_workflow_is_read_like_the_healthy_one(damage: str) -> None:
    texts = listed(migrate(DAMAGED[damage]))
    assert set(texts) >= EXPECTED
    lines = DAMAGED[damage].splitlines()
    for name in ("TENCENT_SECRET_ID", "BOT_TOKEN"):
        assert lines[texts[name] - 1].lstrip().startswith(f"{name}:")
    flow = Path(".github/workflows/scfdeploy.yml").read_text("utf-8")
    assert "environment: test" in flow
    assert "BOT_TOKEN: ${{ secrets.BOT_TOKEN }}" in flow


@pytest.mark.parametrize("damage", [name for name in DAMAGED if name not in ("single-braces", "tabs")])
def test_repairs_are_listed(damage: str) -> None:
    assert migrate(DAMAGED[damage])["from"]["repairs"]


def test_healthy_workflow_needs_no_repair() -> None:
    document = migrate(HEALTHY)
    assert document["from"]["repairs"] == []
    assert set(listed(document)) >= EXPECTED


JENKINSFILE = """\
pipeline {
  agent { label 'linux' }
  options {
    disableConcurrentBuilds()
    timestamps()
  }
  triggers { pollSCM('H/5 * * * *') }
  parameters { choice(name: 'COLOR', choices: ['red', 'blue']) }
  environment {
    STAGE = 'test'
    BOT_TOKEN = credentials('bot')
    REGION = "ap-guangzhou"
  }
  tools { nodejs 'node-18' }
  stages {
    stage('Deploy') {
      when { branch 'trunk' }
      steps {
        checkout scm
        sh 'pip install -r requirements.txt -t src' // the packages that are deployed, but not those for tests
        dir('.') {
          withCredentials([
            string(credentialsId: 'id', variable: 'TENCENT_SECRET_ID'),
            string(credentialsId: 'key', variable: 'TENCENT_SECRET_KEY'),
            file(credentialsId: 'kube', variable: 'KUBECONFIG'),
          ]) {
            sh '''
              ./prepare.sh
              sls deploy
            '''
          }
        }
        bat 'dir'
        slackSend channel: '#ops', message: "done ${env.BUILD_NUMBER}"
      }
    }
  }
  post { always { cleanWs() } }
}
"""
CARRIED = {
    "options: disableConcurrentBuilds()": 4,
    "STAGE": 10,
    "BOT_TOKEN": 11,
    "when: branch 'trunk'": 17,
    "checkout": 19,
    "sh: pip install -r requirements.txt -t src": 20,
    "dir('.')": 21,
    "withCredentials": 22,
    "string": 24,
    "TENCENT_SECRET_ID": 23,
    "TENCENT_SECRET_KEY": 24,
    "sls deploy": 29,
}
LOST = {
    "agent { label 'linux' }": 2,
    "options: timestamps()": 5,
    "triggers: pollSCM('H/5 * * * *')": 7,
    "parameters: choice(name: 'COLOR', choices: ['red', 'blue'])": 8,
    "REGION": 12,
    "tools: nodejs 'node-18'": 14,
    "file": 25,
    "variable: KUBECONFIG": 25,
    "sh: ./prepare.sh": 28,
    "bat 'dir'": 33,
    "slackSend channel: '#ops', message: 'done ${env.BUILD_NUMBER}'": 34,
    "cleanWs()": 38,
}


def test_each_step_of_a_jenkinsfile_is_listed() -> None:
    document = migrate(JENKINSFILE, "jenkins")["from"]
    assert {one["text"]: one["line"] for one in document["carriedOver"]} == CARRIED
    assert {one["text"]: one["line"] for one in document["notCarriedOver"]} == LOST
    assert document["repairs"] == []


def test_jenkinsfile_gives_branch_stage_and_secrets() -> None:
    migrate(JENKINSFILE, "jenkins")
    text = Path("Jenkinsfile").read_text("utf-8")
    assert "'trunk': ['test']" in text
    assert "string(credentialsId: 'BOT_TOKEN', variable: 'BOT_TOKEN')" in text


BROKEN_JENKINSFILES = {
    "comment": JENKINSFILE.replace("deployed, but not", "deployed,\nbut not"),
    "string": JENKINSFILE.replace("requirements.txt -t", "requirements.txt\n-t"),
    "indent": _without_indent(JENKINSFILE),
    "brace-missing": JENKINSFILE.removesuffix("}\n"),
    "brace-extra": JENKINSFILE + "}\n}\n",
    "closed-early": JENKINSFILE.replace(
        "  stages {\n", "  stages {\n    stage('Check') { steps { sh 'true' } }\n  }\n}\n"
    ),
    "windows-line-ends": JENKINSFILE.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("damage", BROKEN_JENKINSFILES)
def test_damaged_jenkinsfile_is_read_like_the_healthy_one(damage: str) -> None:
    texts = listed(migrate(BROKEN_JENKINSFILES[damage], "jenkins"))
    assert set(texts) >= {*CARRIED, *LOST}
    lines = BROKEN_JENKINSFILES[damage].splitlines()
    assert lines[texts["cleanWs()"] - 1].strip() == "post { always { cleanWs() } }"


@pytest.mark.parametrize(
    "text", ["\n" * 200_000 + HEALTHY, JENKINSFILE.replace("bat 'dir'\n", "bat 'dir'; echo 'a'\n" * 10_000)]
)
def test_long_file_is_read_in_linear_time(text: str) -> None:
    Path("old").write_text(text, "utf-8")
    existing = read_pipeline(Path("old"))
    assert existing.deploys
    assert existing.repairs == []


def test_scripted_pipeline_is_read() -> None:
    text = "node {\n  stage('Deploy') {\n    sh \"scf deploy --stage prod\"\n  }\n}\n"
    texts = listed(migrate(text, "jenkins"))
    assert texts == {"node": 1, "sh: scf deploy --stage prod": 3}
    assert "'main': ['prod']" in Path("Jenkinsfile").read_text("utf-8")


def test_json_says_what_is_written() -> None:
    document = migrate(HEALTHY)
    assert document["command"] == "ci init"
    assert (document["ok"], document["written"], document["diff"]) == (True, True, "")
    again = migrate(HEALTHY)
    assert (again["ok"], again["written"]) == (True, False)
    ran = ci_init("github", "--build", "none", "--format", "json")
    differs = json.loads(ran.stdout)
    assert ran.exit_code == 1
    assert (differs["ok"], differs["written"]) == (False, False)
    assert "--build none" in differs["diff"]


def test_secrets_in_commands_are_not_shown() -> None:
    secret = "k3yOfTheAccount"
    Path("old").write_text(HEALTHY.replace("make assets", f"export API_KEY={secret}"), "utf-8")
    ran = ci_init("github", "--from", "old")
    assert "export API_KEY=" in ran.stdout
    assert secret not in ran.stdout + ran.stderr


def test_value_of_an_unknown_option_stays_with_its_name() -> None:
    secret = "k3yOfTheAccount"
    arguments = f"--stage test --secret-key {secret} --token={secret} --debug --colour red --wait"
    Path("old").write_text(HEALTHY.replace("--stage test", arguments), "utf-8")
    for form in ("text", "json"):
        ran = ci_init("github", "--from", "old", "--format", form)
        assert secret not in ran.stdout + ran.stderr
    lost = {one["text"] for one in json.loads(ran.stdout)["from"]["notCarriedOver"]}
    assert {"--secret-key ***", "--token=***", "--colour red", "--wait"} <= lost


def test_condition_gives_each_branch_its_stage() -> None:
    jobs = "".join(
        f"  {stage}:\n    if: github.ref == 'refs/heads/{branch}'\n    runs-on: ubuntu-latest\n"
        f"    steps:\n      - run: sls deploy --stage {stage}\n"
        for branch, stage in (("main", "prod"), ("develop", "test"))
    )
    migrate(f"on: push\njobs:\n{jobs}", "jenkins")
    assert "['main': ['prod'], 'develop': ['test']]" in Path("Jenkinsfile").read_text("utf-8")


def test_matrix_gives_all_its_stages() -> None:
    job = "    strategy:\n      matrix:\n        stage: [test, prod]\n    runs-on: ubuntu-latest\n    steps:\n"
    migrate(f"on: push\njobs:\n  a:\n{job}      - run: sls deploy --stage ${{{{ matrix.stage }}}}\n", "jenkins")
    assert "'main': ['test', 'prod']" in Path("Jenkinsfile").read_text("utf-8")


def test_branch_without_stage_is_kept() -> None:
    migrate("on:\n  push:\n    branches: [trunk]\njobs:\n  a:\n    steps:\n      - run: sls deploy\n", "jenkins")
    assert "'trunk': ['dev']" in Path("Jenkinsfile").read_text("utf-8")


def test_each_command_of_a_line_is_read() -> None:
    script = """\
npm ci && npm test; cd api && sls deploy --stage test \\
  --debug
cat > .env <<END
BOT_TOKEN=$BOT_TOKEN
END
"""
    steps = "".join(f"          {line}\n" for line in script.splitlines())
    texts = listed(migrate(f"on: push\njobs:\n  a:\n    steps:\n      - run: |\n{steps}"))
    assert {text: line for text, line in texts.items() if text != "on: push"} == {
        "npm ci": 6,
        "npm test": 6,
        "cd api": 6,
        "sls deploy --stage test --debug": 6,
        "cat > .env <<END": 8,
    }
    assert "BOT_TOKEN: ${{ secrets.BOT_TOKEN }}" in Path(".github/workflows/scfdeploy.yml").read_text("utf-8")

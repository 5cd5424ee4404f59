"""`ci init --from`: healthy workflows, and what replaces each of their lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.ci_project import ci_init
from tests.support.command import Ran
from tests.support.rendered import workflow

pytestmark = pytest.mark.usefixtures("python_function")

FILE = Path(".github/workflows/scfdeploy.yml")
OLD = """\
name: deploy
on:
  push:
    branches: [master]
  schedule:
    - cron: '0 0 * * *'
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      STAGE: release
      SERVERLESS_PLATFORM_VENDOR: tencent
    steps:
      - uses: actions/checkout@v2
      - uses: actions/setup-node@v1
      - run: npm install -g serverless
      - name: deploy
        run: |
          sed -i "/variables/a\\      BOT_TOKEN: $BOT_TOKEN" serverless.yml
          echo "TENCENT_SECRET_ID=${{ secrets.TENCENT_SECRET_ID }}\\nAPI_KEY=$API_KEY" > .env
          pip install -r requirements.txt -t src
          python prepare.py
          sls deploy --debug --inputs memorySize=256
        env:
          TENCENT_SECRET_ID: ${{ secrets.TENCENT_ID }}
          TENCENT_SECRET_KEY: ${{ secrets.TENCENT_SECRET_KEY }}
          BOT_TOKEN: ${{ secrets.BOT }}
"""


def move(text: str, *arguments: str, exit_code: int = 0) -> Ran:
    Path("old.yml").write_text(text, "utf-8")
    ran = ci_init("github", "--from", "old.yml", *arguments)
    assert ran.exit_code == exit_code, ran.stderr
    return ran


def made() -> dict[str, Any]:
    return workflow(FILE.read_text("utf-8"))


def becomes(ran: Ran) -> dict[int, str]:
    """What the report says of each line; the texts of one line are joined."""
    said: dict[int, str] = {}
    for line in ran.stdout.splitlines():
        if line.startswith("  line "):
            number, _, text = line.removeprefix("  line ").partition(": ")
            said[int(number)] = f"{said[int(number)]}\n{text}" if int(number) in said else text
    return said


def not_carried_over(ran: Ran) -> str:
    """The last section of the report."""
    before, heading, section = ran.stdout.partition("Not carried over from ")
    assert heading, before
    return section


def test_branch_stage_and_secrets_are_carried_over() -> None:
    move(OLD)
    flow = made()
    assert flow["on"]["push"]["branches"] == ["master"]
    assert flow["jobs"]["apply"]["environment"] == "release"
    (apply,) = [step for step in flow["jobs"]["apply"]["steps"] if step.get("name") == "Apply the plan"]
    assert apply["env"]["BOT_TOKEN"] == "${{ secrets.BOT_TOKEN }}"
    assert apply["env"]["API_KEY"] == "${{ secrets.API_KEY }}"


def test_the_language_is_that_of_the_function_and_not_of_the_old_tool() -> None:
    move(OLD)
    assert any(step.get("name") == "Install dependencies and package" for step in made()["jobs"]["build"]["steps"])
    assert "setup-node" not in FILE.read_text("utf-8")


def test_every_line_is_reported_with_number() -> None:
    said = becomes(move(OLD))
    for number, text in {
        1: "name: deploy: the new pipeline has its own name",
        4: "branches: master: becomes a branch of --stage-branch",
        5: "on: schedule: a push deploys, and a pull request plans",
        6: "schedule: cron: 0 0 * * *: a push deploys, and a pull request plans",
        9: "deploy: runs-on: ubuntu-latest: is the same in the new jobs",
        11: "STAGE: becomes --stage-branch, with the stage release",
        12: "SERVERLESS_PLATFORM_VENDOR: is no longer needed",
        14: "actions/checkout@v2: becomes the checkout of the new pipeline",
        15: "actions/setup-node@v1: the new pipeline builds for python only",
        16: "npm install -g serverless: is not needed: the pipeline installs scfdeploy by its commit or hash",
        21: "pip install -r requirements.txt -t src: becomes --build pip",
        22: "python prepare.py: is not recognised: add it to the build, or to src.hook",
    }.items():
        assert said[number] == text
    assert said[19].endswith("is not needed: serverless.yml is not changed; write BOT_TOKEN: ${env:BOT_TOKEN} there")
    assert said[20].endswith("is not needed: nothing is written to disk; write API_KEY: ${env:API_KEY} there")
    assert said[23].splitlines() == [
        "sls deploy --debug --inputs memorySize=256: becomes validate, plan and apply --plan",
        "--inputs memorySize=256: write the value in serverless.yml",
    ]
    assert said[25].endswith("is set in the steps that need it; rename the secret TENCENT_ID to TENCENT_SECRET_ID")
    assert said[27].endswith("rename the secret BOT to BOT_TOKEN")
    # All lines but the headings of blocks.
    assert set(said) == {1, 3, 4, 5, 6, 9, 11, 12, 14, 15, 16, 19, 20, 21, 22, 23, 25, 26, 27}


EDITS = """\
on: push
jobs:
  a:
    env:
      STAGE: a=b
    steps:
      - run: |
          sed -i "s/DB_HERE/marked-1/g; s|DB_URL=.*|DB_URL=marked-2|" serverless.yml
          perl -pi -e 's#x#marked-3#' app.py && yq -i '.inputs.name = "x"' serverless.yml
          sed -i 's/DB_HERE/$DB_URL/' serverless.yml
          mkdir zip
          sls deploy --stage c=d
"""


def test_report_hides_the_text_that_an_editor_writes() -> None:
    ran = move(EDITS)

    said = becomes(ran)
    assert "marked" not in ran.stdout + ran.stderr
    assert said[8].startswith('sed -i "s/DB_HERE/***/g; s|DB_URL=***')
    assert said[9].startswith("perl -pi -e 's#x#***#' app.py: is not recognised")
    assert said[9].endswith("serverless.yml: is not needed: serverless.yml is not changed; write the new value there")
    assert said[10].startswith("sed -i 's/DB_HERE/$DB_URL/' serverless.yml: is not needed")


def test_line_of_backslashes_takes_no_time() -> None:
    ran = move(EDITS.replace("s/DB_HERE/marked-1/g; ", "s/" + "\\a" * 5_000 + "; "))

    assert "marked" not in ran.stdout + ran.stderr
    assert becomes(ran)[8].endswith("write the new value there")


def test_stage_with_equals_sign_is_not_carried_over() -> None:
    ran = move(EDITS)

    said = becomes(ran)
    advice = "a stage with = cannot be carried over: pass --stage-branch BRANCH=STAGE with another name"
    assert said[5] == f"STAGE: {advice}"
    assert said[12].endswith(f"--stage c=d: {advice}")
    assert made()["jobs"]["apply"]["environment"] == "dev"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((), "the new pipeline builds for python only"),
        (
            ("--runtime", "java", "--type", "event"),
            "is not needed: `src` of an event function names the folder of the jar",
        ),
        (
            ("--runtime", "java", "--type", "web"),
            "becomes the step that puts the jar and scf_bootstrap into one folder, for a web function",
        ),
    ],
)
def test_folder_of_the_jar_is_carried_over_for_a_java_web_function_only(options: tuple[str, ...], reason: str) -> None:
    assert becomes(move(EDITS, *options))[11] == f"mkdir zip: {reason}"


@pytest.mark.parametrize(
    "step",
    [
        "- run: scf deploy --stage prod",
        "- run: npx serverless deploy -s prod",
        "- run: cd . && sls deploy --stage=prod --debug",
        "- uses: somebody/tencent-serverless-action@main\n        with:\n          STAGE: prod",
        "- uses: serverless/github-action@v2\n        with:\n          command: deploy --stage prod",
    ],
)
def test_every_way_to_deploy_is_known(step: str) -> None:
    move(f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      {step}\n")
    flow = made()
    assert flow["on"]["push"]["branches"] == ["main"]
    assert flow["jobs"]["apply"]["environment"] == "prod"


def test_the_folder_of_the_deploy_is_the_project(root: Path) -> None:
    (root / "api").mkdir()
    (root / "serverless.yml").rename(root / "api" / "serverless.yml")
    move("on: push\njobs:\n  a:\n    steps:\n      - run: sls deploy\n        working-directory: ./api\n")
    assert made()["jobs"]["plan"]["env"]["PROJECT"] == "api"


def test_folder_that_cannot_exist_is_ignored() -> None:
    move(f"on: push\njobs:\n  a:\n    steps:\n      - run: cd {'x' * 300} && sls deploy\n")
    assert made()["jobs"]["plan"]["env"]["PROJECT"] == "."


def test_without_any_other_sign_the_language_is_that_of_the_workflow(root: Path) -> None:
    (root / "serverless.yml").unlink()
    (root / "requirements.txt").unlink()
    steps = ("uses: actions/setup-java@v2", "run: gradle build", "run: scf deploy")
    move("on: push\njobs:\n  a:\n    steps:\n" + "".join(f"      - {step}\n" for step in steps))
    assert "gradle" in FILE.read_text("utf-8")


def test_options_win_over_the_workflow() -> None:
    move(OLD, "--stage-branch", "main=test")
    assert made()["jobs"]["apply"]["environment"] == "test"


def test_the_old_file_is_left_and_a_new_one_beside_it_is_made() -> None:
    ran = move(OLD)
    assert Path("old.yml").read_text() == OLD
    assert "Remove old.yml after the first successful run of the new pipeline." in ran.stdout


def test_in_its_own_place_the_difference_is_shown_first() -> None:
    FILE.parent.mkdir(parents=True)
    FILE.write_text(OLD)
    ran = ci_init("github", "--from", str(FILE))
    assert ran.exit_code == 1
    assert "-      - run: npm install -g serverless" in ran.stdout
    assert FILE.read_text() == OLD


def test_migration_to_jenkins_is_supported() -> None:
    Path("old.yml").write_text(OLD)
    assert ci_init("jenkins", "--from", "old.yml").exit_code == 0
    assert "'master': ['release']" in Path("Jenkinsfile").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("on: push\njobs:\n  a:\n    steps:\n      - run: echo\n", "no step of old.yml deploys"),
        ("pipeline {\n", "no step of old.yml deploys"),
        ("", "not a GitHub Actions workflow"),
        ("jobs: {a: {steps: [", "not a GitHub Actions workflow"),
    ],
)
def test_workflow_without_deploy_step_is_rejected(text: str, message: str) -> None:
    assert message in move(text, exit_code=1).stderr


def test_control_characters_do_not_reach_the_terminal() -> None:
    hostile = OLD.replace("STAGE: release", 'STAGE: "\\e[31mred"').replace("python prepare.py", "echo \u202e > \u200b")
    assert "\\e[31m" in hostile
    printed = move(hostile, "--stage-branch", "main=test").stdout
    assert "with the stage" in printed
    assert [char for char in printed if not (char.isprintable() or char == "\n")] == []


def test_a_hostile_workflow_cannot_do_anything() -> None:
    hostile = OLD.replace("STAGE: release", 'STAGE: "$(touch x)"').replace("[master]", '["a;b"]')
    move(hostile.replace("python prepare.py", "echo \\x1b[31m ::error::x"))
    flow = made()
    assert flow["jobs"]["plan"]["env"]["STAGE"] == "$(touch x)"
    assert not Path("x").exists()
    Path(FILE).unlink()
    move(OLD.replace("STAGE: release", "STAGE: a}}b"), exit_code=1)


def test_time_limit_of_a_jenkinsfile_is_not_carried_over() -> None:
    Path("old.groovy").write_text(
        "pipeline {\n  agent any\n  options { timeout(time: 30, unit: 'MINUTES') }\n"
        "  stages { stage('x') { steps { sh 'sls deploy' } } }\n}\n"
    )

    ran = ci_init("jenkins", "--from", "old.groovy")

    assert ran.exit_code == 0
    assert (
        "line 3: options: timeout(time: 30, unit: 'MINUTES'): the new pipeline has its own limit"
        in not_carried_over(ran)
    )

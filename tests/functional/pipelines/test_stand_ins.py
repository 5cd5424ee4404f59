"""The runners of pipelines themselves: if they were laxer than GitHub and Jenkins, the tests would prove little."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.expressions import Scope
from tests.support.groovy import evaluate, read_groovy
from tests.support.jenkins_steps import Agent, Build
from tests.support.pipeline_run import Event, Job, pull_request, push
from tests.support.pipeline_steps import TOKEN, Runner

RunSteps = Callable[..., Job]


@pytest.fixture(name="steps")
def run_steps(tmp_path: Path) -> RunSteps:
    """Runs the steps of one job, given as YAML."""

    def run(text: str, *, event: Event | None = None) -> Job:
        lines = "".join(f"      {line}\n" for line in text.splitlines())
        runner = Runner(tmp_path, {}, event or push(), {"PATH": os.environ["PATH"]}, {"KEY": "a-secret"})
        return runner.run(f"jobs:\n  job:\n    steps:\n{lines}").jobs["job"]

    return run


class TestGitHub:
    def test_a_step_that_fails_ends_the_job_but_not_what_always_runs(self, steps: RunSteps) -> None:
        job = steps("- run: exit 3\n- run: echo no\n- run: echo yes\n  if: always()\n- run: echo too\n  if: failure()")

        assert job.result == "failure"
        assert [step.outcome for step in job.steps] == ["failure", "skipped", "success", "success"]

    def test_a_tolerated_failure_is_known_as_one(self, steps: RunSteps) -> None:
        job = steps(
            "- id: a\n  continue-on-error: true\n  run: exit 1\n"
            "- env:\n    WAS: ${{ steps.a.outcome }}\n  run: test $WAS = failure"
        )

        assert job.result == "success"

    @pytest.mark.parametrize(("shell", "result"), [("bash", "failure"), ("sh", "success")])
    def test_a_pipe_fails_where_bash_is_named(self, steps: RunSteps, shell: str, result: str) -> None:
        assert steps(f"- shell: {shell}\n  run: false | true").result == result

    def test_an_expression_in_a_script_is_text_of_the_script(self, steps: RunSteps) -> None:
        job = steps("- run: echo ${{ github.event.pull_request.title }}", event=pull_request(title="a; echo b"))

        assert job.printed == ["a", "b"], "which is why ours never have one"

    def test_event_text_is_not_evaluated_as_expression(self, steps: RunSteps) -> None:
        event = pull_request(title="${{ github.token }}")

        job = steps('- env:\n    T: ${{ github.event.pull_request.title }}\n  run: echo "$T"', event=event)

        assert job.printed == ["${{ github.token }}"]
        assert TOKEN not in job.raw

    def test_outputs_and_environment_travel_by_files(self, steps: RunSteps) -> None:
        job = steps(
            '- id: a\n  run: |\n    echo "LATER=1" >> "$GITHUB_ENV"\n'
            '    printf "x<<E\\na\\nb\\nE\\n" >> "$GITHUB_OUTPUT"\n'
            '- env:\n    X: ${{ steps.a.outputs.x }}\n  run: echo "$LATER $X"'
        )

        assert job.printed == ["1 a", "b"]

    def test_words_of_the_log_are_heeded_until_they_are_stopped(self, steps: RunSteps) -> None:
        job = steps(
            "- run: |\n    echo '::warning::one'\n    echo '::stop-commands::w'\n    echo '::error::two'\n"
            "    echo '::w::'\n    echo ' ::error::three'"
        )

        assert job.heeded == [("warning", "one"), ("error", "three")]

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("'a' == 'A'", True),
            ("'' || 'b'", "b"),
            ("'a' && 'b'", "b"),
            ("null == 0", True),
            ("!cancelled() && (true || false)", True),
            ("fromJSON('{\"m''n\": [\"x\"]}')['m''n'][0]", "x"),
            ("format('{0}-{1}', 1, 'it''s')", "1-it's"),
            ("github.no.such.thing == null", True),
        ],
    )
    def test_expressions(self, text: str, value: object) -> None:
        scope = Scope({"github": {}}, {"cancelled": lambda: False, "success": lambda: True})

        assert scope.evaluate(text) == value

    @pytest.mark.parametrize("text", ["nothing.x", "unknown()", "'a' 'b'", "a ** b"])
    def test_unknown_expression_raises_assertion_error(self, text: str) -> None:
        with pytest.raises(AssertionError):
            Scope({}, {}).evaluate(text)

    def test_a_condition_that_is_partly_text_is_an_error(self) -> None:
        with pytest.raises(AssertionError, match="always true"):
            Scope({}, {"success": lambda: True}).holds("${{ false }} || x")


class TestJenkins:
    @staticmethod
    def run(stages: str, folder: Path, **credentials: tuple[str, ...]) -> Build:
        agent = Agent(folder / "work", {"PATH": os.environ["PATH"]}, lambda place: None, credentials)
        return agent.run(f"pipeline {{\n agent any\n stages {{\n{stages}\n}}\n}}")

    def test_a_stage_that_fails_ends_the_build(self, tmp_path: Path) -> None:
        build = self.run("stage('A') { steps { sh 'exit 3' } }\nstage('B') { steps { echo 'no' } }", tmp_path)

        assert build.result == "FAILURE"
        assert build.stages == {"A": "FAILURE", "B": "NOT_BUILT"}

    def test_commands_are_shown_as_they_run(self, tmp_path: Path) -> None:
        stage = "stage('A') { environment { K = credentials('k') }\n steps { sh 'echo $K' } }"

        build = self.run(stage, tmp_path, k=("s",))

        assert "+ echo s" in build.printed, "which is why ours never name a key in a script"

    def test_a_text_that_groovy_would_expand_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(AssertionError, match="Groovy would expand"):
            self.run("""stage('A') { steps { sh "echo ${env.KEY}" } }""", tmp_path)

    def test_with_env_puts_names_in_and_keeps_doubled_dollars(self, tmp_path: Path) -> None:
        steps = "withEnv(['A=x', 'B=$PATHLESS $$A']) { sh 'printf %s \"$B\" > b' }"

        self.run(f"stage('A') {{ steps {{ {steps} }} }}", tmp_path)

        assert (tmp_path / "work" / "b").read_text() == "$PATHLESS $A"

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("a == null ? 'none' : a", "none"),
            ("env.X ?: env.Y ?: 'z'", "y"),
            ("['main': ['p', 'q']]['main'][1]", "q"),
            ("(env.Y + 'z').replaceFirst('^y', '')", "z"),
            ("!list.contains('b') && list.size() == 1", True),
            ("'it\\'s'", "it's"),
        ],
    )
    def test_expressions(self, text: str, value: object) -> None:
        (statement,) = read_groovy(f"def x = {text}")

        assert evaluate(statement.arguments[1], {"a": None, "env": {"Y": "y"}, "list": ["a"]}) == value

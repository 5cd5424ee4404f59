"""`validate` on the command line: its options and its output."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules import Context, all_rules, rule, runner
from tests.support.command import scfdeploy
from tests.support.command_process import run_scfdeploy
from tests.support.project import TIMER, write_project


class TestChoosingRules:
    @pytest.mark.parametrize("option", ["--select", "--ignore"])
    @pytest.mark.parametrize("command", ["validate", "plan"])
    def test_unknown_rule_is_a_usage_error(self, tmp_path: Path, command: str, option: str) -> None:
        ran = scfdeploy(command, write_project(tmp_path), option, "memory-stpe")

        assert ran.exit_code == 2
        assert "there is no rule with that name" in ran.stderr
        assert 'Did you mean "memory-step"?' in ran.stderr.replace("\n", " ")

    def test_every_finding_can_be_selected(self, tmp_path: Path) -> None:
        folder = write_project(tmp_path, "  memorySize: 100\n  description:\n")

        assert [one["rule"] for one in _found(folder)] == ["memory-step", "empty-value"]
        assert [one["rule"] for one in _found(folder, "--ignore", "empty-value")] == ["memory-step"]
        assert [one["rule"] for one in _found(folder, "--select", "empty-value")] == ["empty-value"]

    def test_rule_that_is_off_by_default_runs_when_selected(self, tmp_path: Path) -> None:
        folder = write_project(tmp_path, "  environment:\n    variables:\n      URL: https://example.com\n")

        assert _found(folder) == []
        (finding,) = _found(folder, "--select", "environment-value-form")
        assert (finding["rule"], finding["severity"]) == ("environment-value-form", "info")


class TestCodesOfEventSettings:
    @pytest.mark.parametrize("block", ["{type: CMQ-QUEUE}", "{name: failed}"])
    def test_incomplete_dead_letter_has_code_of_its_block(self, tmp_path: Path, block: str) -> None:
        (finding,) = _found(write_project(tmp_path, f"  deadLetter: {block}\n"))

        assert (finding["rule"], finding["code"]) == ("missing-key", "InvalidParameterValue.DeadLetterConfig")

    def test_24_hours_of_event_age_name_the_older_policy(self, tmp_path: Path) -> None:
        (finding,) = _found(write_project(tmp_path, "  msgTTL: 86400\n"))

        assert finding["code"] == "LimitExceeded.MsgTTL"
        assert "The 24-hour limit in the dead letter chapter is an older policy" in str(finding["hint"])


class TestAdviceOnEvents:
    def test_validate_gives_advice_on_asynchronous_triggers(self, tmp_path: Path) -> None:
        found = _found(write_project(tmp_path, TIMER))

        assert [(one["rule"], one["severity"]) for one in found] == [
            ("attempts-per-event", "info"),
            ("dead-letter-missing", "info"),
        ]
        assert "up to 361 times" in str(found[0]["detail"])

    def test_ckafka_batch_runs_once_more_than_its_retries(self, tmp_path: Path) -> None:
        parameters = "{instanceId: ckafka-8tfxzia3, topic: orders, enable: true}"
        (finding,) = _found(write_project(tmp_path, f"  events:\n    - ckafka:\n        parameters: {parameters}\n"))

        assert "up to 10,001 times" in str(finding["detail"])

    def test_advice_does_not_fail_validate(self, tmp_path: Path) -> None:
        ran = scfdeploy("validate", write_project(tmp_path, TIMER), "--strict")

        assert ran.exit_code == 0
        assert ran.stdout.startswith("Valid: ")

    def test_file_with_an_error_gets_no_advice(self, tmp_path: Path) -> None:
        assert [one["rule"] for one in _found(write_project(tmp_path, f"  memorySize: 100\n{TIMER}"))] == [
            "memory-step"
        ]

    def test_warning_about_delivery_does_not_hide_advice(self, tmp_path: Path) -> None:
        assert {one["rule"] for one in _found(write_project(tmp_path, f"  msgTTL: 60\n{TIMER}"))} == {
            "retries-beyond-age",
            "dead-letter-missing",
        }

    def test_plan_gives_no_advice_unless_selected(self, tmp_path: Path) -> None:
        folder = write_project(tmp_path, TIMER)
        chosen = ("--select", "dead-letter-missing")

        plan = scfdeploy("plan", folder, "--local", "--format", "json").document
        selected = scfdeploy("plan", folder, "--local", "--format", "json", *chosen).document

        assert plan["diagnostics"] == []
        assert [one["rule"] for one in selected["diagnostics"]] == ["dead-letter-missing"]

    def test_comment_suppresses_advice_and_is_not_reported_by_plan(self, tmp_path: Path) -> None:
        ignored = TIMER.replace("- timer:", "- timer:  # scfdeploy: ignore dead-letter-missing, attempts-per-event")
        folder = write_project(tmp_path, ignored)

        assert _found(folder) == []
        assert scfdeploy("plan", folder, "--local", "--format", "json").document["diagnostics"] == []


def _found(folder: Path, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = scfdeploy("validate", folder, "--format", "json", *options).document["diagnostics"]
    return found


class TestSuppressions:
    def test_comment_at_line_end_suppresses_named_rules(self, tmp_path: Path) -> None:
        folder = write_project(tmp_path, "  memorySize: 100   # scfdeploy: ignore memory-step\n")
        ran = scfdeploy("validate", folder)

        assert ran.exit_code == 0
        assert ran.stderr == ""

    def test_comment_above_line_suppresses_named_rules(self, tmp_path: Path) -> None:
        folder = write_project(
            tmp_path, "  # scfdeploy: ignore memory-step, empty-value -- agreed\n  memorySize: 100\n"
        )

        assert [one["rule"] for one in _found(folder)] == ["suppression-unused"]

    def test_other_lines_and_rules_are_not_suppressed(self, tmp_path: Path) -> None:
        inputs = "  memorySize: 100\n  timeout: 0   # scfdeploy: ignore memory-step\n"
        found = _found(write_project(tmp_path, inputs))

        assert [one["rule"] for one in found] == ["memory-step", "timeout-range", "suppression-unused"]

    def test_reader_warning_is_suppressed(self, tmp_path: Path) -> None:
        assert _found(write_project(tmp_path, "  description:   # scfdeploy: ignore empty-value\n")) == []

    def test_reader_error_is_not_suppressed(self, tmp_path: Path) -> None:
        found = _found(write_project(tmp_path, "  timeout: long   # scfdeploy: ignore wrong-type\n"))

        assert [one["rule"] for one in found] == ["wrong-type", "suppression-unused"]
        assert "errors of reading cannot" in str(found[1]["detail"])

    @pytest.mark.parametrize(
        ("comment", "rule", "severity", "hint"),
        [
            ("ignore", "suppression-bare", "warning", "Write the name"),
            ("ignore memory-stpe", "suppression-unknown", "warning", 'Did you mean "memory-step"?'),
            ("ignore memory-step", "suppression-unused", "info", "Remove it"),
        ],
    )
    def test_ignore_comment_without_effect_is_reported(
        self, tmp_path: Path, comment: str, rule: str, severity: str, hint: str
    ) -> None:
        (found,) = _found(write_project(tmp_path, f"  memorySize: 128   # scfdeploy: {comment}\n"))

        assert (found["rule"], found["severity"], found["line"]) == (rule, severity, 9)
        assert hint in str(found["hint"])

    def test_suppression_of_unselected_rule_is_not_reported_unused(self, tmp_path: Path) -> None:
        folder = write_project(tmp_path, "  memorySize: 100   # scfdeploy: ignore memory-step, bootstrap-crlf\n")

        assert _found(folder) == []
        assert _found(folder, "--ignore", "memory-step") == []
        assert _found(folder, "--select", "timeout-range") == []

    def test_file_without_suppressions_is_read_once(self, tmp_path: Path) -> None:
        program = (
            "import sys; from scfdeploy.operations.validate import validate; "
            "from scfdeploy.operations.request import Request; "
            f"validate(Request({str(tmp_path)!r})); print('scfdeploy.config.suppressions' in sys.modules)"
        )
        write_project(tmp_path)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

        assert done.stdout == "False\n"


class TestDebug:
    def test_debug_shows_next_times_of_timers(self, tmp_path: Path) -> None:
        project = write_project(tmp_path, TIMER)
        plain, debug = (run_scfdeploy("validate", project, *more) for more in ([], ["--debug"]))

        assert (plain.exit_code, debug.exit_code) == (0, 0)
        assert "fires next" not in plain.stderr
        assert debug.stdout == plain.stdout
        (line,) = (line for line in debug.stderr.splitlines() if "fires next" in line)
        assert line.startswith('debug: trigger/default/hello/timer/nightly "0 0 2 * * * *" fires next: ')
        assert line.count("T02:00:00+08:00") == 5
        assert line.endswith(" (time zone assumed)")


class TestCrashedRule:
    def test_failed_rule_is_a_finding_and_others_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        @rule("memory-broken", Severity.ERROR, "Never reported")
        def broken(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
            yield from ()
            raise KeyError("hunter2")

        monkeypatch.setattr(runner, "rules_for", lambda project: (broken, *all_rules()))
        ran = scfdeploy("validate", write_project(tmp_path, "  memorySize: 100\n"))

        assert ran.exit_code == 3
        assert "[rule-crashed]" in ran.stderr
        assert 'The rule "memory-broken" failed with an internal error (KeyError)' in ran.stderr
        assert "[memory-step, InvalidParameterValue.Memory]" in ran.stderr
        assert "hunter2" not in ran.stderr
        assert "Traceback" not in ran.stderr


def test_code_warning_is_suppressed_in_plan(tmp_path: Path) -> None:
    folder = write_project(tmp_path)
    (folder / "src" / "scf_bootstrap").write_text("#!/bin/bash\nexec python3 index.py\n")
    (folder / "src" / "scf_bootstrap").chmod(0o644)
    file = folder / "serverless.yml"
    web = file.read_text().replace("  handler: index.main_handler\n", "  type: web\n")
    file.write_text(web)
    loud = scfdeploy("plan", folder, "--local")
    file.write_text(web.replace("src: ./src", "src: ./src   # scfdeploy: ignore bootstrap-not-executable"))
    quiet = scfdeploy("plan", folder, "--local")

    assert "bootstrap-not-executable" in loud.stderr
    assert "bootstrap-not-executable" not in quiet.stderr
    assert loud.exit_code == quiet.exit_code == 0


def test_old_runtime_is_reported_once_per_file_with_its_lines(tmp_path: Path) -> None:
    function = "    {}: {{handler: index.main_handler, runtime: {}}}{}\n"
    lines = [
        function.format("a", "Python3.6", ""),
        function.format("b", "Python3.7", ""),
        function.format("c", "Python3.6", " # scfdeploy: ignore runtime-old"),
        function.format("d", "Python3.6", ""),
        function.format("e", "Python3.6", ""),
    ]
    write_project(tmp_path)
    (tmp_path / "serverless.yml").write_text(
        "component: multi-scf\nname: shop\ninputs:\n  src: ./src\n  functions:\n" + "".join(lines)
    )
    found = _found(tmp_path)
    assert [(one["rule"], one["line"]) for one in found] == [("runtime-old", 6), ("runtime-old", 7)]
    assert [str(one["detail"]).partition("fixes.")[2] for one in found] == [" Also on lines 9, 10.", ""]


def test_empty_folder_is_one_error_if_another_names_the_missing_file(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(
        "component: scf\nname: hello\ninputs:\n  src: ./\n  runtime: Python3.10\n  handler: index.main_handler\n"
    )
    assert [one["rule"] for one in _found(tmp_path)] == ["handler-not-in-source"]

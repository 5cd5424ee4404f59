from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.report.formats import FORMATS, formats_of, formatter
from scfdeploy.report.text import TextStyle
from scfdeploy.results import Failed, Findings, Planned, Result, Validated
from tests.support.results import MEMORY_STEP, PLAN, REFUSED, span

NONE = Findings()
HOSTILE = Diagnostic(
    "odd",
    Severity.WARNING,
    "100%, a:b",
    "x\n::error::injected\n##[error]too \x1b[2J <b>&\"'\uffff",
    span(1, 2, 5, "中 文,a:b.yml"),
    hint="do `this`",
    related=(("first", span(4, 1, 3)),),
)


def out(name: str, result: Result) -> str:
    rendered = formatter(name)(result, TextStyle())
    assert rendered.err == ""
    return rendered.out


def test_formats_of_command_come_from_list() -> None:
    assert formats_of("status") == ("text", "json")
    assert formats_of("logs") == ("text", "json", "jsonl")
    assert formats_of("dev") == ("text", "jsonl")
    assert formats_of("apply") == ("text", "json", "github")
    assert formats_of("plan") == ("text", "json", "markdown", "github")
    assert formats_of("validate") == ("text", "json", "github", "sarif", "junit")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_renders_failure(name: str) -> None:
    rendered = formatter(name)(Failed("plan", "No credentials <were> found.", "Set \x1b them."), TextStyle())

    assert "No credentials" in rendered.out + rendered.err
    assert "\x1b" not in rendered.out + rendered.err


def test_json_prints_only_the_document() -> None:
    assert json.loads(out("json", Validated(Findings([MEMORY_STEP]), ok=False)))["ok"] is False


class TestGithub:
    def test_finding_is_an_annotation(self) -> None:
        first = out("github", Validated(Findings([MEMORY_STEP]), ok=False)).splitlines()[0]
        assert first == (
            "::error file=serverless.yml,line=3,endLine=3,col=15,endColumn=18,"
            "title=Memory size is no step [memory-step%2C InvalidParameterValue.Memory]"
            "::100 MB is neither 64 nor a multiple of 128.%0AWrite 128."
        )

    def test_workflow_commands_in_finding_are_escaped(self) -> None:
        lines = out("github", Validated(Findings([HOSTILE]), ok=True)).splitlines()

        assert lines[0] == (
            "::warning file=中 文%2Ca%3Ab.yml,line=1,endLine=1,col=2,endColumn=5,title=100%25%2C a%3Ab [odd]"
            "::x%0A::error::injected%0A##[error]too \\x1b[2J <b>&\"'\uffff%0Ado `this`"
        )
        assert lines[1] == "::group::scfdeploy"
        word = lines[2].removeprefix("::stop-commands::")
        assert lines[-2:] == [f"::{word}::", "::endgroup::"]
        assert not any(word in line for line in lines[3:-2])

    def test_multi_line_span_has_no_columns(self) -> None:
        from scfdeploy.diagnostics import Position, Span

        over = Diagnostic("r", Severity.INFO, "S", subject=Span("f", Position(1, 2), Position(3, 4)))
        assert out("github", Validated(Findings([over]), ok=True)).startswith(
            "::notice file=f,line=1,endLine=3,title=S [r]::S\n"
        )

    def test_plan_is_a_collapsed_group(self) -> None:
        text = out("github", Planned(NONE, True, PLAN))
        assert "-/+ function/default/hello" in text
        assert text.endswith("::endgroup::\n")


class TestSarif:
    def test_sarif_document_is_complete(self) -> None:
        report = json.loads(out("sarif", Validated(Findings([MEMORY_STEP]), ok=False)))
        (run,) = report["runs"]

        assert report["version"] == "2.1.0"
        assert run["tool"]["driver"]["name"] == "scfdeploy"
        (rule,) = run["tool"]["driver"]["rules"]
        assert (rule["id"], rule["shortDescription"]) == ("memory-step", {"text": "Memory size is no step"})
        assert rule["properties"] == {"cloudErrorCodes": ["InvalidParameterValue.Memory"]}
        assert rule["help"]["markdown"].startswith("# memory-step\n")
        assert run["columnKind"] == "unicodeCodePoints"
        assert run["invocations"] == [{"executionSuccessful": True}]
        assert run["results"] == [
            {
                "ruleId": "memory-step",
                "ruleIndex": 0,
                "level": "error",
                "message": {"text": "Memory size is no step\n100 MB is neither 64 nor a multiple of 128.\nWrite 128."},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": "serverless.yml"},
                            "region": {"startLine": 3, "startColumn": 15, "endLine": 3, "endColumn": 18},
                        }
                    }
                ],
            }
        ]

    def test_file_names_become_uris_with_related_locations(self) -> None:
        result = json.loads(out("sarif", Validated(Findings([HOSTILE]), ok=True)))["runs"][0]["results"][0]

        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri == "%E4%B8%AD%20%E6%96%87%2Ca%3Ab.yml"
        assert result["relatedLocations"][0]["message"] == {"text": "first"}

    def test_sarif_rule_without_page_has_no_help(self) -> None:
        (run,) = json.loads(out("sarif", Validated(Findings([HOSTILE]), ok=True)))["runs"]
        assert "help" not in run["tool"]["driver"]["rules"][0]

    def test_failed_command_is_unsuccessful_invocation(self) -> None:
        (run,) = json.loads(out("sarif", Failed("validate", "Broken.", "Mend it.")))["runs"]
        assert run["invocations"] == [
            {
                "executionSuccessful": False,
                "toolExecutionNotifications": [{"level": "error", "message": {"text": "Broken. Mend it."}}],
            }
        ]


class TestJunit:
    def test_findings_are_cases_and_clean_files_pass(self) -> None:
        findings = Findings([MEMORY_STEP, HOSTILE], {"serverless.yml": "", "clean.yml": ""})
        suite = ET.fromstring(out("junit", Validated(findings, ok=False)))[0]

        assert suite.attrib == {"name": "scfdeploy", "tests": "3", "failures": "1", "errors": "0"}
        cases = [(case.get("classname"), case.get("name"), [child.tag for child in case]) for case in suite]
        assert cases == [
            ("serverless.yml", "memory-step 3:15", ["failure"]),
            ("中 文,a:b.yml", "odd 1:2", ["system-out"]),
            ("clean.yml", "no findings", []),
        ]
        assert suite[0][0].get("type") == "InvalidParameterValue.Memory"
        assert "hint: Write 128." in (suite[0][0].text or "")

    def test_warnings_fail_when_they_failed_the_command(self) -> None:
        suite = ET.fromstring(out("junit", Validated(Findings([HOSTILE]), ok=False)))[0]
        assert suite.get("failures") == "1"

    def test_failed_command_is_an_error(self) -> None:
        suite = ET.fromstring(out("junit", Failed("validate", "Broken & <odd>.")))[0]
        assert suite.get("errors") == "1"
        assert suite[0][0].get("message") == "Broken & <odd>."


class TestMarkdown:
    def test_plan_is_a_heading_and_a_diff(self) -> None:
        lines = out("markdown", Planned(NONE, True, PLAN)).splitlines()

        assert lines[0] == "### scfdeploy: 1 to create, 1 to replace, 1 to delete; 1 unchanged."
        assert lines[2] == "app `shop`, stage `dev`, region `ap-guangzhou`"
        assert lines[4] == "```diff"
        assert "+ trigger/default/hello/timer/nightly (not there yet)" in lines
        assert "-/+ function/default/hello (the runtime cannot be changed in place)" in lines
        assert "      memorySize: 128 -> 256" in lines
        assert lines[-1] == "```"

    def test_rejected_plan_is_named_in_heading(self) -> None:
        assert out("markdown", Planned(NONE, False, REFUSED)).startswith("### scfdeploy: this plan cannot be applied\n")

    def test_text_cannot_close_its_fence(self) -> None:
        evil = Diagnostic("r", Severity.ERROR, "```\n# @everyone", "````")
        lines = out("markdown", Planned(Findings([evil]), False, None)).splitlines()

        assert lines[0] == "### scfdeploy: no plan"
        assert lines[2] == "`````text"
        assert lines[-1] == "`````"

    def test_long_comment_is_cut(self) -> None:
        long = Diagnostic("r", Severity.ERROR, "S", "x" * 100_000)
        assert len(out("markdown", Planned(Findings([long]), False, None))) < 65_000

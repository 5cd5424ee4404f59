"""The formats of `validate`, checked with schemas and readers of third parties, and with wide characters."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import attr
import pytest
import sarif_om

from tests.support.command import Ran, scfdeploy
from tests.support.project import write_project

INPUTS = """\
  description: {description: 层}
  environment: {variables: {名字: 张三, 9LIVES: "100%"}}   # 说明
  memorySize: 100
  runtme: Python3.10
"""
PARTS = {
    "SarifLog": {"runs": "Run"},
    "Run": {"tool": "Tool", "invocations": "Invocation", "results": "Result"},
    "Tool": {"driver": "ToolComponent"},
    "ToolComponent": {"rules": "ReportingDescriptor"},
    "ReportingDescriptor": {
        "shortDescription": "MultiformatMessageString",
        "fullDescription": "MultiformatMessageString",
        "help": "MultiformatMessageString",
    },
    "Invocation": {"toolExecutionNotifications": "Notification"},
    "Notification": {"message": "Message"},
    "Result": {"message": "Message", "locations": "Location", "relatedLocations": "Location", "fixes": "Fix"},
    "Location": {"message": "Message", "physicalLocation": "PhysicalLocation"},
    "PhysicalLocation": {"artifactLocation": "ArtifactLocation", "region": "Region"},
    "Fix": {"artifactChanges": "ArtifactChange", "description": "Message"},
    "ArtifactChange": {"artifactLocation": "ArtifactLocation", "replacements": "Replacement"},
    "Replacement": {"deletedRegion": "Region", "insertedContent": "ArtifactContent"},
}


def run_in(folder: Path, output: str, monkeypatch: pytest.MonkeyPatch, **env: str) -> Ran:
    write_project(folder, INPUTS)
    monkeypatch.chdir(folder)
    return scfdeploy("validate", "--format", output, env=env)


def breaches(value: Any, kind: str, path: str = "") -> list[str]:  # a part of a JSON document
    """Keys that the standard's own model of SARIF does not know, and keys that it requires and that are missing."""
    if isinstance(value, list):
        return [wrong for index, item in enumerate(value) for wrong in breaches(item, kind, f"{path}[{index}]")]
    fields = {field.metadata["schema_property_name"]: field for field in attr.fields(getattr(sarif_om, kind))}
    required = {name for name, field in fields.items() if field.default is attr.NOTHING}
    found = [f"{path}.{key}: unknown to {kind}" for key in value if key not in fields]
    found += [f"{path}.{key}: missing in {kind}" for key in required - value.keys()]
    for key, part in PARTS.get(kind, {}).items():
        if key in value:
            found += breaches(value[key], part, f"{path}.{key}")
    return found


def test_sarif_matches_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run_in(tmp_path, "sarif", monkeypatch)

    assert ran.exit_code == 3
    assert breaches(ran.document, "SarifLog") == []
    (run,) = ran.document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert {"memory-step", "environment-key", "unknown-key"} <= {rule["id"] for rule in rules}
    assert all(rule["help"]["markdown"].startswith(f"# {rule['id']}\n") for rule in rules)
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


def test_schema_check_detects_invalid_sarif() -> None:
    assert breaches({"runs": [{"tool": {"driver": {"nmae": "x"}}}]}, "SarifLog") == [
        ".version: missing in SarifLog",
        ".runs[0].tool.driver.nmae: unknown to ToolComponent",
        ".runs[0].tool.driver.name: missing in ToolComponent",
    ]


def test_junit_counts_match_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = ET.fromstring(run_in(tmp_path, "junit", monkeypatch).stdout)

    assert root.tag == "testsuites"
    for suite in root:
        cases = suite.findall("testcase")
        assert [child.tag for child in suite] == ["testcase"] * len(cases)
        assert int(suite.get("tests", "")) == len(cases)
        assert int(suite.get("failures", "")) == sum(case.find("failure") is not None for case in cases) > 0
        assert int(suite.get("errors", "")) == sum(case.find("error") is not None for case in cases)
        assert all(case.get("classname") and case.get("name") for case in cases)
        assert {child.tag for case in cases for child in case} <= {"failure", "error", "system-out"}


def test_junit_is_parsed_by_other_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    junitparser = pytest.importorskip("junitparser")
    found = run_in(tmp_path, "json", monkeypatch).document["diagnostics"]

    report = junitparser.JUnitXml.fromstring(run_in(tmp_path, "junit", monkeypatch).stdout.encode())

    cases = [case for suite in report for case in suite]
    assert (report.tests, report.failures, report.errors) == (len(found), sum(map(is_error, found)), 0)
    assert [case.name.split()[0] for case in cases] == [one["rule"] for one in found]
    assert [result.type for case in cases for result in case.result] == [
        one["code"] or one["rule"] for one in found if is_error(one)
    ]


def is_error(found: dict[str, Any]) -> bool:
    return bool(found["severity"] == "error")


def test_github_output_has_one_command_per_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = run_in(tmp_path, "github", monkeypatch).stdout.splitlines()
    annotations = [line for line in lines if line.startswith(("::error ", "::warning ", "::notice "))]
    end = lines.index("::group::scfdeploy")

    assert lines[:end] == annotations
    for line in annotations:
        properties, _, message = line.partition(" ")[2].partition("::")
        assert dict(pair.split("=", 1) for pair in properties.split(","))["file"] == "serverless.yml"
        assert message
        assert "%0A" in message or "hint" not in message


def test_columns_count_characters_and_markers_stand_under_wide_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path, INPUTS)
    monkeypatch.chdir(tmp_path)
    found = scfdeploy("validate", "--no-group", env={"COLUMNS": "160"}).stderr.split("\n\n")
    (name,) = (block for block in found if ":37: error:" in block)
    headline, _, source, marker, _ = name.splitlines()

    # 36 characters stand before the key, four of which take two columns each on a terminal.
    assert headline.startswith("serverless.yml:10:37: error: ")
    assert source == '    10 |   environment: {variables: {名字: 张三, 9LIVES: "100%"}}   # 说明'
    assert marker == "       | " + " " * (36 + 4) + "^~~~~~"

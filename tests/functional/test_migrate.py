"""`migrate` shows or writes the current form of older files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy

OLD = """\
hello: # 函数
  component: "@serverless/tencent-scf"
  inputs:
    name: hello
    codeUri: ./src
    handler: index.main_handler
    runtime: Python3.10
"""
NEW = """\
component: scf
name: hello # 函数
inputs:
  name: hello
  src: ./src
  handler: index.main_handler
  runtime: Python3.10
"""


def project(folder: Path, text: str) -> Path:
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    file = folder / "serverless.yml"
    file.write_bytes(text.encode())
    return file


def test_diff_is_shown_and_nothing_written(tmp_path: Path) -> None:
    file = project(tmp_path, OLD)

    shown = scfdeploy("migrate", tmp_path)

    assert shown.exit_code == 0
    assert "-    codeUri: ./src\n" in shown.stdout
    assert "+  src: ./src\n" in shown.stdout
    assert "--write" in shown.stdout
    assert file.read_text() == OLD


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "bom"])
@pytest.mark.parametrize("last", ["\n", ""], ids=["last line ends", "last line does not"])
def test_migrate_write_keeps_mode_line_endings_and_bom(ends: str, mark: str, last: str, tmp_path: Path) -> None:
    file = project(tmp_path, (mark + OLD.rstrip() + last).replace("\n", ends))
    file.chmod(0o640)

    written = scfdeploy("migrate", tmp_path, "--write")

    assert written.exit_code == 0, written.stderr
    assert file.read_bytes().decode() == (mark + NEW.rstrip() + last).replace("\n", ends)
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["serverless.yml", "src"]
    assert scfdeploy("validate", tmp_path).exit_code == 0


def test_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    file = project(tmp_path, OLD)
    scfdeploy("migrate", tmp_path, "--write")
    before = file.stat()

    again = scfdeploy("migrate", tmp_path, "--write")

    assert again.exit_code == 0
    assert again.stdout.startswith("Nothing to do")
    assert file.stat().st_mtime_ns == before.st_mtime_ns


def test_behind_a_link_the_file_itself_is_written(tmp_path: Path) -> None:
    file = project(tmp_path / "real", OLD)
    (tmp_path / "project").mkdir()
    link = tmp_path / "project" / "serverless.yml"
    link.symlink_to(file)

    scfdeploy("migrate", link, "--write")

    assert link.is_symlink()
    assert file.read_text() == NEW


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("hello:\n  component: '@serverless/tencent-scf\n", "yaml-quote"),
        ("provider: {name: tencent}\nfunctions: {a: {handler: b.c}}\n", "not-migrated"),
        ("site:\n  component: '@serverless/tencent-website'\n", "not-migrated"),
        ("provider:\n  name: aws\nfunctions:\n  a:\n    handler: b.c\n", "component-not-supported"),
        ("provider:\n  name: tencent\n", "not-migrated"),
        ("x: 1\n", "missing-key"),
        ("- x\n", "not-migrated"),
        ("# nothing\n", "not-migrated"),
        (
            "provider: &all\n  name: tencent\n  runtime: Python3.6\nfunctions:\n  a:\n    <<: *all\n    handler: b.c\n",
            "not-migrated",
        ),
    ],
    ids=["broken", "brackets", "website", "another cloud", "no functions", "unknown", "list", "empty", "merged"],
)
def test_unmigratable_file_is_rejected_and_unchanged(text: str, rule: str, tmp_path: Path) -> None:
    file = project(tmp_path, text)

    refused = scfdeploy("migrate", tmp_path, "--write", "--format", "json")

    assert refused.exit_code == 3
    assert [found["rule"] for found in refused.document["diagnostics"]] == [rule]
    assert refused.document["files"] == []
    assert file.read_bytes() == text.encode()


def test_anchor_that_would_go_is_noticed(tmp_path: Path) -> None:
    text = (
        "component: scf\nname: a\ninputs:\n  src: ./src\n  events:\n    - apigw: &door\n        name: a\n"
        "    - timer:\n        name: b\n        parameters: *door\n"
    )
    file = project(tmp_path, text)

    refused = scfdeploy("migrate", tmp_path, "--write")

    assert refused.exit_code == 3
    assert "not-migrated" in refused.stderr
    assert file.read_text() == text


def test_files_are_migrated_each_by_itself(tmp_path: Path) -> None:
    project(tmp_path / "a", OLD)
    project(tmp_path / "b", NEW)
    project(tmp_path / "c", "site:\n  component: '@serverless/tencent-website'\n")

    ran = scfdeploy("migrate", tmp_path, "--write", "--format", "json")

    assert ran.exit_code == 3
    assert [(one["file"].rpartition("/")[0][-1], one["changed"], one["written"]) for one in ran.document["files"]] == [
        ("a", True, True),
        ("b", False, False),
    ]
    assert ran.document["ok"] is False


def test_document_of_a_dry_run_holds_the_diff(tmp_path: Path) -> None:
    project(tmp_path, OLD.replace("codeUri", "unknown: 1\n    codeUri"))

    document = scfdeploy("migrate", tmp_path, "--format", "json").document

    assert (document["format"], document["command"], document["ok"]) == (1, "migrate", True)
    assert document["files"][0]["written"] is False
    assert "+component: scf\n" in document["files"][0]["diff"]
    (found,) = document["diagnostics"]
    assert (found["rule"], found["severity"], found["line"], found["column"]) == ("not-carried-over", "warning", 5, 5)


def test_file_that_cannot_be_written_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = project(tmp_path, OLD)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    failed = scfdeploy("migrate", tmp_path, "--write")

    assert failed.exit_code == 1
    assert "No space left on device" in failed.stderr
    assert file.read_text() == OLD
    assert sorted(one.name for one in tmp_path.iterdir()) == ["serverless.yml", "src"]


def test_validate_points_to_it(tmp_path: Path) -> None:
    project(tmp_path, OLD)
    assert "scfdeploy migrate" in scfdeploy("validate", tmp_path).stderr

    project(tmp_path, NEW + "  events:\n    - apigw:\n        parameters: {}\n")
    assert "scfdeploy migrate" in scfdeploy("validate", tmp_path).stderr


GUARDS = (
    "usagePlan: {usagePlanId: x}", "authType: APP", "auth: {secretName: x}", "app: {id: x}", "authType: EIAM",
    "authType: OAUTH", "authType: ${env:AUTH}", "eiamAppId: x", "authRequired: true",
)  # fmt: skip
FRAMEWORK = "component: express\nname: api\napp: shop\ninputs:\n  src: ./\n  runtime: Nodejs18.15\n"


def test_guarded_gateway_is_not_opened_to_everybody(tmp_path: Path) -> None:
    gateway = (
        "  events:\n    - apigw:\n        parameters:\n          endpoints:\n            - path: /\n              {}\n"
    )
    for guard in GUARDS:
        file = project(tmp_path, NEW + gateway.format(guard))

        assert scfdeploy("migrate", tmp_path, "--write").exit_code == 0

        assert "          authType: CAM # signed calls only" in file.read_text(), guard
        assert scfdeploy("validate", tmp_path).exit_code == 0, guard


def test_gateway_for_signed_calls_becomes_a_url_for_signed_calls(tmp_path: Path) -> None:
    gateway = "  events:\n    - apigw:\n        parameters:\n          endpoints: [{path: /, authType: CAM}]\n"
    file = project(tmp_path, NEW + gateway)
    scfdeploy("migrate", tmp_path, "--write")
    assert "authType: CAM\n" in file.read_text()
    assert scfdeploy("validate", tmp_path).exit_code == 0


@pytest.mark.parametrize("off", ["isDisabled: true", "isDisabled: 'yes'", "isDisabled: ${env:OFF}"])
def test_switched_off_gateway_of_a_framework_becomes_no_trigger(tmp_path: Path, off: str) -> None:
    file = project(tmp_path, FRAMEWORK + f"  apigatewayConf:\n    {off}\n  serviceName: gateway\n")
    (tmp_path / "app.js").write_text("")
    assert scfdeploy("migrate", tmp_path, "--write").exit_code == 0
    assert "\n  events: []\n" in file.read_text()
    planned = scfdeploy("plan", tmp_path, "--local", "--format", "json").document
    assert [change["address"] for change in planned["changes"]] == ["function/default/api-dev-shop"]
    assert planned["diagnostics"] == []


def test_vendor_s_scope_changes_nothing(tmp_path: Path) -> None:
    gateway = "  events:\n    - apigw:\n        parameters: {protocols: [http]}\n"
    file = project(tmp_path, NEW.replace("component: scf", "component: '@serverless/scf'") + gateway)
    assert scfdeploy("migrate", file, "--write").exit_code == 0
    assert "- http:" in file.read_text(encoding="utf-8")


OLDER = """\
hello:
  component: "@serverless/tencent-scf"
  inputs:
    name: hello
    codeUri: ./
    handler: index.main_handler
    runtime: Python3.10
    vpcConfig:
      vpcId: # 填写
    layers:
      - name: tools
"""


def test_required_value_that_is_left_out_is_read_from_the_environment(tmp_path: Path) -> None:
    file = project(tmp_path, OLDER)
    (tmp_path / "index.py").write_text("def main_handler(event, context): pass\n")

    ran = scfdeploy("migrate", tmp_path, "--write")

    assert ran.exit_code == 0
    assert "        VPC_ID=\n        SUBNET_ID=\n        LAYER_VERSION=\n" in ran.stderr
    text = file.read_text("utf-8")
    assert "    vpcId: ${env:VPC_ID} # 填写\n    subnetId: ${env:SUBNET_ID}\n" in text
    assert "    - name: tools\n      version: ${env:LAYER_VERSION}\n" in text
    values = ("--var=VPC_ID=vpc-1", "--var=SUBNET_ID=subnet-1", "--var=LAYER_VERSION=2")
    assert scfdeploy("validate", tmp_path, *values).exit_code == 0


def test_current_file_with_an_empty_value_is_not_migrated(tmp_path: Path) -> None:
    text = NEW + "  vpcConfig:\n    vpcId:\n    subnetId:\n"
    file = project(tmp_path, text)

    scfdeploy("migrate", tmp_path, "--write")

    assert file.read_text("utf-8") == text

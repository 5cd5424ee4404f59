"""Variables in files of the Serverless Framework's plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.config.migration import Migrated, migrate_text
from scfdeploy.operations.migrate import MigrateOptions, migrate

HEAD = """\
service: shop
custom:
  stage: ${opt:stage, self:provider.stage}
  table: items-${self:custom.stage} # in the database
  secretKey: hunter2
  vpc:
    vpcId: vpc-1   # ours
    subnetId: subnet-1
  db: {id: 1}
provider:
  name: tencent
  stage: STAGE
  runtime: Python3.9
  vpcConfig: VPC
  environment:
    variables:
      ONE: VALUE
functions:
  list:
    handler: shop.list
"""


def migrated(value: str = "x", stage: str = "dev", vpc: str = "'{}'") -> Migrated:
    """The migrated file with this value of a variable."""
    return migrate_text(
        HEAD.replace("VALUE", value).replace("STAGE", stage).replace("VPC", vpc), "serverless.yml", default_name="x"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${self:custom.table}", "items-${stage}"),
        ("${self:service}-${self:provider.stage}", "${name}-${stage}"),
        ("${self:provider.runtime}", "Python3.9"),
        ("${opt:stage, 'prod'}", "${stage}"),
        ("${opt:size, 'small'}", "small"),
        ("'${opt:size, ''small''}'", "'small'"),
        ("${opt:size, self:custom.none, self:custom.table}", "items-${stage}"),
        ("${self:custom.db.id}", "1"),
        ("${env:SIZE, 'small'}", "${env:SIZE, 'small'}"),
        ("${env:SIZE, self:custom.table}", "${env:SIZE, 'items-${stage}'}"),
        ("${env.SIZE}", "${env:SIZE}"),
        ("${opt:size, env:SIZE, self:custom.none, 'small'}", "${env:SIZE, 'small'}"),
        ("${opt:tableName}", "${env:TABLE_NAME}"),
        ("${ssm:/shop/apiKey}", "${env:API_KEY}"),
        ("${self:custom.secretKey}", "${env:SECRET_KEY}"),
        ("${self:custom.${opt:stage}.table}", "${env:TABLE}"),
    ],
)
def test_variable_becomes_its_value_or_one_of_today(written: str, expected: str) -> None:
    assert f"      ONE: {expected}\n" in migrated(written).text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${opt:stage, 'test'}", "test"),
        ("${opt:stage}", "dev"),
        ("${opt:stage, env:STAGE}", "${env:STAGE}"),
        ("${opt:stage, env:STAGE, 'test'}", "${env:STAGE, 'test'}"),
    ],
)
def test_stage_is_its_default(written: str, expected: str) -> None:
    assert f"\nstage: {expected}\n" in migrated(stage=written).text


def test_block_is_copied_with_its_comments() -> None:
    text = migrated(vpc="${self:custom.vpc}").text
    assert "  vpcConfig:\n    vpcId: vpc-1   # ours\n    subnetId: subnet-1\n" in text


@pytest.mark.parametrize("variable", ["${self:custom.db}", "'${self:custom.db}'"])
def test_mapping_between_brackets_is_written_in_place(variable: str) -> None:
    result = migrated(vpc=variable)

    assert "  vpcConfig: {id: 1}\n" in result.text
    assert not [found for found in result.diagnostics if "custom.db" in found.detail]


def test_unknown_value_is_reported_once_with_the_name_of_its_variable() -> None:
    reported = [
        finding for finding in migrated("${opt:tableName}-${opt:tableName}").diagnostics if "opt:" in finding.detail
    ]
    (finding,) = reported
    assert "${env:TABLE_NAME}" in finding.detail
    assert "--var TABLE_NAME=VALUE" in (finding.hint or "")


def test_different_unknown_values_get_different_names() -> None:
    text = migrated("${ssm:/db/id}-${ssm:/vpc/id}").text
    assert "ONE: ${env:ID}-${env:SSM_VPC_ID}\n" in text


def test_value_of_another_file_comes_from_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, value in (("shop", "ours"), ("elsewhere", "theirs")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "values.yml").write_text(f"one: {value}\n")
    text = HEAD.replace("VALUE", "${file(./values.yml):one}").replace("STAGE", "dev").replace("VPC", "'{}'")
    (tmp_path / "shop" / "serverless.yml").write_text(text)
    monkeypatch.chdir(tmp_path / "elsewhere")

    (file,) = migrate("serverless.yml", str(tmp_path / "shop"), MigrateOptions()).files

    assert "ONE: ours\n" in file.diff


@pytest.mark.parametrize("variable", ["file(./gone.yml):vpc.id", "file(./gone.yml):password, 'marked'"])
def test_variable_of_a_file_that_is_missing_is_reported_and_kept(variable: str) -> None:
    result = migrated(f'"x-${{{variable}}}"')

    (finding,) = [one for one in result.diagnostics if "file(" in one.detail]
    assert (finding.rule, str(finding.subject)) == ("not-carried-over", "serverless.yml:17:15")
    assert f"${{{variable}}}" in result.text
    assert "marked" not in finding.detail
    assert "${env:" in (finding.hint or "")


def test_value_that_cannot_be_written_in_a_text_is_reported() -> None:
    text = HEAD.replace("VALUE", "a-${self:custom.text}").replace("STAGE", "dev").replace("VPC", "'{}'")

    result = migrate_text(text.replace("custom:\n", "custom:\n  text: 'b: c'\n"), "serverless.yml", default_name="x")

    (finding,) = [one for one in result.diagnostics if "cannot be written here" in one.detail]
    assert (finding.rule, str(finding.subject)) == ("not-carried-over", "serverless.yml:18:14")
    assert "ONE: a-${self:custom.text}\n" in result.text


def test_no_other_file_is_read_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "values.yml").write_text("one: theirs\n")
    monkeypatch.chdir(tmp_path)

    assert "theirs" not in migrated("${file(./values.yml):one}").text

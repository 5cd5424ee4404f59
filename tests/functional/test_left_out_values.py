"""`validate --fix` reads values that the author left out, or masked, from the environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import scfdeploy

HEAD = "component: scf\nname: hello\ninputs:\n  src: ./src\n  handler: index.main_handler\n  runtime: Python3.10\n"


def project(folder: Path, text: str) -> Path:
    (folder / "src").mkdir(exist_ok=True)
    for place in (folder, folder / "src"):
        (place / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    file = folder / "serverless.yml"
    file.write_text(text, encoding="utf-8")
    return file


def fix(folder: Path, text: str) -> tuple[str, list[str]]:
    """The fixed file, and the variables that the errors after it ask for; there are no other errors."""
    file = project(folder, text)
    ran = scfdeploy("validate", folder, "--fix", "--format", "json")
    errors = [one for one in ran.document["diagnostics"] if one["severity"] == "error"]
    assert {one["rule"] for one in errors} <= {"variable-unset"}
    assert ran.exit_code == (3 if errors else 0)
    return file.read_text("utf-8"), [re.findall(r"sets (\w+)", one["detail"])[0] for one in errors]


@pytest.mark.parametrize(
    ("wrong", "right", "variables"),
    [
        (
            "  vpcConfig:\n    vpcId: # 填写\n    subnetId:  \n",
            "  vpcConfig:\n    vpcId: ${env:VPC_ID} # 填写\n    subnetId: ${env:SUBNET_ID}\n",
            ["VPC_ID", "SUBNET_ID"],
        ),
        (
            "  vpcConfig:\n    vpcId: vpc-1\n",
            "  vpcConfig:\n    vpcId: vpc-1\n    subnetId: ${env:SUBNET_ID}\n",
            ["SUBNET_ID"],
        ),
        (
            "  vpcConfig: {vpcId: ~, subnetId: }\n",
            "  vpcConfig: {vpcId: '${env:VPC_ID}', subnetId: '${env:SUBNET_ID}' }\n",
            ["VPC_ID", "SUBNET_ID"],
        ),
        (
            "  layers:\n    - name: tools\n      version:\n",
            "  layers:\n    - name: tools\n      version: ${env:LAYER_VERSION}\n",
            ["LAYER_VERSION"],
        ),
        (
            "  cls:\n    logsetId:\n    topicId:\n",
            "  cls:\n    logsetId: ${env:CLS_LOGSET_ID}\n    topicId: ${env:CLS_TOPIC_ID}\n",
            ["CLS_LOGSET_ID", "CLS_TOPIC_ID"],
        ),
        (
            "  layers:\n    - name: a\n    - name: b\n",
            "  layers:\n    - name: a\n      version: ${env:LAYER_VERSION}\n"
            "    - name: b\n      version: ${env:LAYER_VERSION_2}\n",
            ["LAYER_VERSION", "LAYER_VERSION_2"],
        ),
        (
            "  events:\n    - ckafka:\n        name: # id\n        parameters:\n"
            "          name: # id\n          topic:\n          enable: true\n",
            "  events:\n    - ckafka:\n        name: # id\n        parameters:\n"
            "          name: ${env:CKAFKA_NAME} # id\n          topic: ${env:CKAFKA_TOPIC}\n          enable: true\n",
            ["CKAFKA_NAME", "CKAFKA_TOPIC"],
        ),
        (
            "  environment:\n    variables:\n      HOST: {HOST}\n      PORT: '{PORT}'\n      SECRET_KEY: ''\n",
            "  environment:\n    variables:\n      HOST: ${env:HOST}\n      PORT: '${env:PORT}'\n"
            "      SECRET_KEY: '${env:SECRET_KEY}'\n",
            ["HOST", "PORT", "SECRET_KEY"],
        ),
        (
            "  environment:\n    variables:\n      SecretKey: ******* # 密钥\n"
            "      ApiToken: '******'\n      token: xxxxxx\n",
            "  environment:\n    variables:\n      SecretKey: ${env:SECRET_KEY} # 密钥\n"
            "      ApiToken: '${env:API_TOKEN}'\n      token: ${env:TOKEN}\n",
            ["SECRET_KEY", "API_TOKEN", "TOKEN"],
        ),
        (
            "  environment:\n    variables:\n      DB_PASSWORD: # 密码\n      masked\n      LEVEL: debug\n",
            "  environment:\n    variables:\n      DB_PASSWORD: ${env:DB_PASSWORD} # 密码\n      LEVEL: debug\n",
            ["DB_PASSWORD"],
        ),
        (
            "  environment:\n    - HOST: {HOST}\n    - TOKEN: xxxxxx\n",
            "  environment:\n    variables:\n      HOST: ${env:HOST}\n      TOKEN: ${env:TOKEN}\n",
            ["HOST", "TOKEN"],
        ),
        ("  role: {{ role }}\n", "  role: ${env:ROLE}\n", ["ROLE"]),
        ("  role: <%= roleName %>\n", "  role: ${env:ROLE_NAME}\n", ["ROLE_NAME"]),
    ],
    ids=[
        "empty",
        "missing",
        "brackets",
        "number",
        "short-name",
        "two",
        "ckafka",
        "braces",
        "masked",
        "masked-below",
        "dashes",
        "jinja",
        "erb",
    ],
)
def test_value_that_is_left_out_is_read_from_the_environment(
    wrong: str, right: str, variables: list[str], tmp_path: Path
) -> None:
    text, asked = fix(tmp_path, HEAD + wrong)

    assert text == HEAD + right
    assert sorted(asked) == sorted(variables)


def test_all_variables_are_asked_for_at_once_with_lines_for_a_file(tmp_path: Path) -> None:
    project(tmp_path, HEAD + "  vpcConfig:\n    vpcId:\n    subnetId:\n")

    ran = scfdeploy("validate", tmp_path, "--fix")

    assert ran.exit_code == 3
    assert "VPC_ID=\n" in ran.stderr
    assert "SUBNET_ID=\n" in ran.stderr
    assert scfdeploy("validate", tmp_path, "--var=VPC_ID=vpc-1", "--var=SUBNET_ID=subnet-1").exit_code == 0


def test_credential_of_the_cloud_is_not_given_to_the_function(tmp_path: Path) -> None:
    text, asked = fix(tmp_path, HEAD + "  environment:\n    variables:\n      MY_TENCENT_SECRET_KEY: *******\n")

    assert "MY_TENCENT_SECRET_KEY: ${env:APP_MY_TENCENT_SECRET_KEY}\n" in text
    assert asked == ["APP_MY_TENCENT_SECRET_KEY"]


def test_variable_that_the_file_uses_is_not_used_for_another_value(tmp_path: Path) -> None:
    text, asked = fix(
        tmp_path, HEAD + "  description: ${env:LAYER_VERSION}\n  layers:\n    - name: a\n      version:\n"
    )

    assert "version: ${env:LAYER_VERSION_2}\n" in text
    assert asked == ["LAYER_VERSION", "LAYER_VERSION_2"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("component: scf\nname: hello\n", "component: scf\nname: hello\ninputs:\n  src: ./\n"),
        ("component: scf\nname: hello\ninputs: # 参数\n", "component: scf\nname: hello\ninputs: # 参数\n  src: ./\n"),
        (
            "component: scf\nname: hello\ninputs:\n  # 运行环境\n  runtime: Python3.10\n",
            "component: scf\nname: hello\ninputs:\n  # 运行环境\n  src: ./\n  runtime: Python3.10\n",
        ),
        (
            "component: scf\nname: hello\ninputs:\n  src: # 代码\n  runtime: Python3.10\n",
            "component: scf\nname: hello\ninputs:\n  src: ./ # 代码\n  runtime: Python3.10\n",
        ),
        (
            "component: scf\nname:\ninputs:\n  name: hello-world\n  src: ./\n  runtime: Python3.10\n",
            "component: scf\nname: hello-world\ninputs:\n  name: hello-world\n  src: ./\n  runtime: Python3.10\n",
        ),
        (
            "component: scf\ninputs:\n  src: ./\n  runtime: Python3.10\n",
            "name: ${env:INSTANCE_NAME}\ncomponent: scf\ninputs:\n  src: ./\n  runtime: Python3.10\n",
        ),
    ],
    ids=["no-inputs", "empty-inputs", "no-src", "empty-src", "empty-name", "no-name"],
)
def test_required_key_gets_the_one_sensible_value(wrong: str, right: str, tmp_path: Path) -> None:
    file = project(tmp_path, wrong)
    (tmp_path / "index.js").write_text("exports.main_handler = async () => 1;\n")

    scfdeploy("validate", tmp_path, "--fix")

    assert file.read_text("utf-8") == right


@pytest.mark.parametrize(
    "text",
    [
        "  deadLetter:\n    type:\n    name: dead\n",
        "  events:\n    - http:\n        parameters:\n          authType:\n",
        "  vpcConfig: {vpcId, subnetId}\n",
    ],
    ids=["choice", "access", "no-colon"],
)
def test_value_that_only_the_author_knows_is_not_written(text: str, tmp_path: Path) -> None:
    file = project(tmp_path, HEAD + text)

    ran = scfdeploy("validate", tmp_path, "--fix")

    assert ran.exit_code == 3
    assert file.read_text("utf-8") == HEAD + text


def test_optional_key_without_a_value_stays(tmp_path: Path) -> None:
    text, asked = fix(tmp_path, HEAD + "  role:\n  environment:\n    variables:\n      LEVEL:\n")

    assert text == HEAD + "  role:\n  environment:\n    variables:\n      LEVEL:\n"
    assert asked == []


def test_masked_value_is_reported_once(tmp_path: Path) -> None:
    project(tmp_path, HEAD + "  environment:\n    variables:\n      SecretKey: *******\n")

    found = scfdeploy("validate", tmp_path, "--format", "json").document["diagnostics"]

    assert [one["rule"] for one in found] == ["value-masked"]

"""Texts in older formats that are hard to convert line by line: each is converted, or rejected unchanged."""

from __future__ import annotations

import pytest

from scfdeploy.config.migration import migrate_text
from scfdeploy.diagnostics import Severity

NAMED = "hello:\n  component: '@serverless/tencent-scf'\n"
PLUGIN = "service: a\nprovider:\n  name: tencent\n"
SCF = "component: scf\nname: a\ninputs:\n"


def migrated(text: str) -> str:
    result = migrate_text(text, "serverless.yml", default_name="shop")
    assert not result.diagnostics.has_errors
    assert migrate_text(result.text, "serverless.yml", default_name="shop").text == result.text
    return result.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            SCF + "  autoCreateApi: true # at the front\n",
            SCF + "  events:\n    - http:\n        parameters:\n          authType: NONE\n"
            "  # autoCreateApi: true # at the front\n",
        ),
        (
            SCF + "  events:\n  - timer:\n  # last\n  - cos:\n      name: x\n  autoCreateApi: true\n",
            SCF + "  events:\n  - timer:\n  # last\n  - cos:\n      name: x\n"
            "  - http:\n      parameters:\n        authType: NONE\n  # autoCreateApi: true\n",
        ),
        (
            NAMED
            + "  inputs:\n    codeUri: ./a\n    description: |\n      text\n      # of it\n    exclude:\n    - a\n",
            "component: scf\nname: hello\ninputs:\n  src:\n    src: ./a\n    exclude:\n    - a\n"
            "  description: |\n    text\n    # of it\n",
        ),
        (
            NAMED + "  inputs:\n    code: ./a\n    env:\n      variables:\n        A: 1\n",
            "component: scf\nname: hello\ninputs:\n  src: ./a\n  environment:\n    variables:\n      A: 1\n",
        ),
        (
            PLUGIN + "functions:\n  h:\n  i:\n    handler: a.b\n",
            "component: multi-scf\nname: a\ninputs:\n  src: ./\n  # name: tencent\n  functions:\n"
            "    h:\n      name: ${name}-${stage}-h\n    i:\n      name: ${name}-${stage}-i\n      handler: a.b\n",
        ),
        (
            "---\nprovider: tencent # ours\nfunctions:\n  h:\n    handler: a.b\n    name: x\n",
            "---\ncomponent: scf\nname: shop\ninputs: # ours\n  src: ./\n  handler: a.b\n  name: x\n",
        ),
        (
            PLUGIN + "  environment:\n    A: b # one\n"
            "functions:\n  h:\n    handler: a.b\n  i:\n    environment:\n      C: d\n",
            "component: multi-scf\nname: a\ninputs:\n  src: ./\n  # name: tencent\n  environment:\n    variables:\n"
            "      A: b # one\n  functions:\n    h:\n      name: ${name}-${stage}-h\n      handler: a.b\n"
            "    i:\n      name: ${name}-${stage}-i\n      environment:\n        variables:\n          C: d\n"
            "          A: b # one\n",
        ),
        (
            PLUGIN + "package:\n  patterns:\n  - '!./**'\n  - src/**\nfunctions:\n  h:\n    handler: a.b\n",
            "component: scf\nname: a\ninputs:\n  src:\n    src: ./\n    exclude:\n      - './**'\n      - '!src/**'\n"
            "  # name: tencent\n# package:\n  name: ${name}-${stage}-h\n  handler: a.b\n",
        ),
        (
            SCF + "  events: # none\n    - apigw:\n        parameters:\n          isDisabled: true\n",
            SCF + "  events: [] # none\n    # - apigw:\n    #     parameters:\n    #       isDisabled: true\n",
        ),
        (
            SCF + "  events:\n    - apigw: {parameters: {netTypes: [INNER]}}\n    -\n      apigw:\n    - http:\n",
            SCF + "  events:\n    # - apigw: {parameters: {netTypes: [INNER]}}\n    # -\n    #   apigw:\n    - http:\n",
        ),
    ],
    ids=[
        "autoCreateApi",
        "autoCreateApi and triggers",
        "multi-line text",
        "renamed keys",
        "functions without settings",
        "provider as text",
        "shared variables",
        "patterns",
        "disabled gateway",
        "URL beside gateways",
    ],
)
def test_older_format_becomes_current_format(before: str, after: str) -> None:
    assert migrated(before) == after


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (NAMED + "  inputs: {name: a, # note\n    codeUri: ./}\n", "3:3"),
        (PLUGIN + "functions:\n  - h:\n      handler: a.b\n", "4:1"),
        (PLUGIN + "functions: {h: {handler: a.b}}\n", "4:1"),
        ('{"hello": {"component": "@serverless/tencent-scf", "inputs": {"name": "a"}}}\n', "1:1"),
        (SCF + "  events: [{apigw: {}}, {timer: {}}]\n", "4:11"),
    ],
    ids=["comment", "list", "brackets", "JSON", "events"],
)
def test_unmigratable_text_is_rejected_with_position(text: str, place: str) -> None:
    result = migrate_text(text, "serverless.yml", default_name="shop")

    (error,) = result.diagnostics
    assert (error.rule, str(error.subject)) == ("not-migrated", f"serverless.yml:{place}")
    assert result.text == text


def test_constant_is_replaced_by_its_value() -> None:
    text = migrated(
        "C:\n  component: serverless-global\n  inputs:\n    a: 'it''s'\n    b: x y\n"
        + NAMED
        + "  inputs:\n    codeUri: ./\n    role: ${C.a}\n    description: '<${C.b}> ${C.a}'\n"
    )

    assert "\n  role: 'it''s'\n  description: '<x y> it''s'\n" in text


def test_component_output_becomes_output_reference() -> None:
    result = migrate_text(
        "net:\n  component: '@serverless/tencent-vpc'\n"
        + NAMED
        + "  inputs:\n    codeUri: ./\n    role: ${net.role}\n",
        "serverless.yml",
        default_name="shop",
    )

    assert "role: ${output:${stage}:${app}:net.role}" in result.text
    (warning,) = result.diagnostics
    assert (warning.rule, warning.severity, str(warning.subject)) == (
        "instance-apart",
        Severity.WARNING,
        "serverless.yml:1:1",
    )
    assert "1 place uses its output" in warning.detail


def test_function_with_open_and_restricted_gateway_gets_one_restricted_url() -> None:
    text = migrated(
        "component: multi-scf\nname: a\ninputs:\n  functions:\n    f:\n      handler: a.b\n  triggers:\n"
        "    - type: apigw\n      function: f\n      parameters:\n        name: x\n"
        "    - type: apigw\n      function: f\n      parameters:\n        apis:\n          - usagePlan: {id: x}\n"
    )

    assert text.count("- type: http") == 1
    assert "authType: CAM # signed calls only" in text


def test_settings_without_effect_are_not_listed_as_lost() -> None:
    gateway = "environment: release\n          protocols: []\n          serviceName:\n          timeout: 9"
    trigger = f"component: scf\nname: a\ninputs:\n  events:\n    - apigw:\n        parameters:\n          {gateway}\n"
    block = f"component: express\nname: a\ninputs:\n  serviceId:\n  apigw:\n          {gateway}\n"

    for text in (trigger, block):
        (finding,) = migrate_text(text, "serverless.yml", default_name="x").diagnostics
        assert finding.detail.endswith(" Not carried over: timeout.")


@pytest.mark.parametrize("functions", [1, 2])
@pytest.mark.parametrize("package", ["", "package:\n  exclude:\n    - logs/**\n"])
def test_function_of_a_plugin_file_keeps_its_own_code(functions: int, package: str) -> None:
    text = "service: shop\nprovider:\n  name: tencent\n  runtime: Python3.10\n" + package + "functions:\n"
    text += "".join(f"  f{number}:\n    handler: a.b\n    codeUri: ./f{number}\n" for number in range(functions))

    result = migrate_text(text, "serverless.yml", default_name="x")

    assert not result.diagnostics.has_errors
    assert result.text.count("src: ./f") == functions
    assert "logs/**" in result.text or not package


def test_image_in_parts_becomes_one_address() -> None:
    image = (
        "  image: # 镜像\n    registryName: reg # 仓库\n"
        "    namespace: shop\n    repositoryName: api\n    tagName: '1.4'\n"
    )
    written = "  image: # 镜像\n    imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4 # 仓库\n"

    assert migrated("component: scf\nname: a\ninputs:\n" + image) == "component: scf\nname: a\ninputs:\n" + written


def test_image_in_parts_keeps_variables_and_other_settings() -> None:
    text = migrated(
        "component: multi-scf\nname: a\ninputs:\n  functions:\n    f:\n      image:\n        imageType: personal\n"
        "        namespace: ${env:SPACE}\n        repositoryName: api\n        tagName: v1\n        command: run\n"
    )

    assert text.endswith(
        "        imageType: personal\n        imageUrl: ccr.ccs.tencentyun.com/${env:SPACE}/api:v1\n"
        "        command: run\n"
    )


def test_image_between_brackets_is_not_changed() -> None:
    text = "component: scf\nname: a\ninputs:\n  image: {namespace: a, repositoryName: b, tagName: c}\n"

    assert migrated(text) == text


def test_patterns_of_a_package_between_brackets_become_items() -> None:
    text = migrated(
        PLUGIN
        + "package:\n  exclude: [venv/**, 'a b'] # ours\n  include: [x.txt]\nfunctions:\n  h:\n    handler: a.b\n"
    )

    assert "  src:\n    src: ./\n    exclude:\n      - venv/**\n      - 'a b'\n      - '!x.txt'\n" in text
    assert "# ours\n" in text


def test_restricted_gateway_whose_parameters_lost_their_indentation_stays_restricted() -> None:
    text = (
        SCF + "  events:\n    - apigw:\n      parameters:\n        endpoints:\n          - path: /\n"
        "            usagePlan: {usagePlanId: x}\n"
    )
    result = migrate_text(text, "serverless.yml", default_name="shop")

    (finding,) = result.diagnostics
    assert "authType: CAM # signed calls only" in result.text
    assert finding.detail.endswith(" Not carried over: path, usagePlan.")


@pytest.mark.parametrize(
    ("written", "is_on"), [("true", True), ("ture", True), ("on", True), ("off", False), ("x", False)]
)
def test_cross_origin_calls_stay_allowed_in_any_spelling(written: str, is_on: bool) -> None:
    text = migrated(f"component: express\nname: a\ninputs:\n  apigatewayConf:\n    enableCORS: {written}\n")

    assert ("corsConfig:" in text) is is_on


@pytest.mark.parametrize(
    ("value", "vpc", "subnet"),
    [
        ("vpc-1/subnet-2", "vpc-1", "subnet-2"),
        ("'vpc-1/subnet-2'", "vpc-1", "subnet-2"),
        ('"12/34"', "'12'", "'34'"),
        ("12/34", "'12'", "'34'"),
        ("'yes/a #b'", "'yes'", "'a #b'"),
        ("'a: b/it''s'", "'a: b'", "it's"),
        ('"/subnet-2"', "''", "subnet-2"),
        ("vpc-1 / subnet-2", "vpc-1", "subnet-2"),
    ],
)
def test_network_in_one_text_becomes_two_texts(value: str, vpc: str, subnet: str) -> None:
    text = migrated(f"{NAMED}  inputs:\n    codeUri: ./\n    vpcConfig: {value} # ours\n")

    assert f"\n  vpcConfig:  # ours\n    vpcId: {vpc}\n    subnetId: {subnet}\n" in text

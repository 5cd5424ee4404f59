"""Files of the first Serverless Components, and components named by paths and npm names, in full."""

from __future__ import annotations

import pytest

from scfdeploy.config.migration import Migrated, component_choices, migrate_text

FRAMEWORKS = """\
# two regions
CONF: {name: fn, memorySize: 128}
AppGZ:
  component: '@serverless/tencent-koa'
  inputs: {region: ap-guangzhou, code: ./, functionConf: '${CONF}'} # south
AppBJ:
  component: '@serverless/tencent-koa@1.0.1'
  inputs:
    region: ap-beijing
    code: ./AppBJ/src
    functionConf: ${CONF}
"""
BLOG = """\
Conf:
  component: "serverless-global"
  inputs:
    region: ap-shanghai
    db_host:
    path: ''
    bucket: ${Conf.region}-x
list:
  component: "@serverless/tencent-scf"
  inputs:
    name: list_posts
    handler: index.main
    environment:
      variables:
        HOST: ${Conf.db_host}
        DIRECTORY: ${Conf.path}/y
        BUCKET: ${Conf.bucket}
write:
  component: "@serverless/tencent-scf"
  inputs:
    name: write_post
    handler: index.main
Api:
  component: "@serverless/tencent-apigateway"
  inputs:
    serviceName: blog
    endpoints:
      - path: /list
        method: POST
        enableCORS: true
        function:
          functionName: ${list.Name}
      - path: /write
        method: PUT
        auth:
          secretName: keys
        function:
          functionName: write_post
"""


def migrated(text: str, component: str | None = None) -> Migrated:
    return migrate_text(text, "serverless.yml", default_name="shop", component=component)


def rules(result: Migrated) -> list[str]:
    return [diagnostic.rule for diagnostic in result.diagnostics]


def test_two_frameworks_get_a_folder_each_with_their_paths() -> None:
    result = migrated(FRAMEWORKS)

    assert {file.path: file.text for file in result.new_files} == {
        "AppGZ/serverless.yml": "app: shop\ncomponent: koa\nname: AppGZ\ninputs: # south\n  region: ap-guangzhou\n"
        "  src: ../\n  functionConf:\n    name: fn\n    memorySize: 128\n",
        "AppBJ/serverless.yml": "app: shop\ncomponent: koa\nname: AppBJ\ninputs:\n  region: ap-beijing\n"
        "  src: ./src\n  functionConf:\n    name: fn\n    memorySize: 128\n",
    }
    assert result.text == "app: shop\n# two regions\n# CONF: {name: fn, memorySize: 128}\n"
    assert [str(diagnostic.subject) for diagnostic in result.diagnostics] == [
        "serverless.yml:3:1",
        "serverless.yml:6:1",
    ]


def test_function_beside_a_framework_refers_to_its_output() -> None:
    text = (
        "name: shop\napi:\n  component: '@serverless/tencent-express'\n  inputs:\n    code: ./\n"
        "job:\n  component: '@serverless/tencent-scf'\n  inputs:\n    handler: a.b\n    codeUri: ./job\n"
        "    description: ${api.url} of ${name}\n"
    )

    result = migrated(text)

    files = {file.path: file.text for file in result.new_files}
    assert set(files) == {"api/serverless.yml", "job/serverless.yml"}
    assert "description: ${output:${stage}:${app}:api.url} of ${app}" in files["job/serverless.yml"]
    assert "src: ./\n" in files["job/serverless.yml"]
    assert result.text == "app: shop\n"


def test_component_whose_name_is_no_folder_is_rejected_unchanged() -> None:
    text = FRAMEWORKS.replace("AppBJ:", "'../AppBJ':")

    result = migrated(text)

    assert (rules(result), result.text, result.new_files) == (["not-migrated"], text, ())


def test_constants_without_value_come_from_the_environment() -> None:
    result = migrated(BLOG)

    assert "HOST: ${env:DB_HOST}\n" in result.text
    assert "DIRECTORY: ${env:CONF_PATH}/y\n" in result.text
    assert "BUCKET: ap-shanghai-x\n" in result.text
    (finding,) = [found for found in result.diagnostics if found.rule == "value-from-environment"]
    assert finding.hint is not None
    assert finding.hint.endswith("\nDB_HOST=\nCONF_PATH=")


def test_functions_that_a_gateway_names_get_urls_with_its_paths() -> None:
    text = migrated(BLOG).text

    assert "# API Gateway: POST /list\n        - http:\n            parameters:\n              authType: NONE\n" in text
    restricted = text.partition("# API Gateway: PUT /write\n")[2].splitlines()[2]
    assert restricted.strip().startswith("authType: CAM #")
    assert migrated(text).text == text


def test_local_path_asks_for_the_kind_and_takes_it() -> None:
    text = "component: ../../ # dev\nname: expressDemo\ninputs:\n  src: ./\n  apigatewayConf:\n    protocols: [https]\n"

    unknown, known = migrated(text), migrated(text, component="express")

    assert (rules(unknown), unknown.text) == (["component-path"], text)
    (finding,) = unknown.diagnostics
    assert "scfdeploy migrate --component express --write" in (finding.hint or "")
    assert known.text.startswith("component: express # dev\n")
    assert "- http:" in known.text


def test_local_path_of_a_named_component_takes_the_kind() -> None:
    text = "api:\n  component: ../\n  inputs:\n    code: ./\n"

    assert rules(migrated(text)) == ["component-path"]
    assert migrated(text, component="koa").text == "component: koa\nname: api\ninputs:\n  src: ./\n"


@pytest.mark.parametrize("name", ["@serverless/tencent-scf", "@serverless/tencent-scf@1.0.2", "tencent-scf"])
def test_npm_name_at_the_top_becomes_the_kind(name: str) -> None:
    text = f"component: '{name}'\nname: a\ninputs:\n  codeUri: ./a\n  exclude:\n    - x\n  handler: b.c\n"

    assert migrated(text).text == (
        "component: scf\nname: a\ninputs:\n  src:\n    src: ./a\n    exclude:\n      - x\n  handler: b.c\n"
    )


@pytest.mark.parametrize("kind", ["apigateway", "websocket"])
def test_file_with_a_gateway_only_is_named(kind: str) -> None:
    text = (
        f"component: {kind}\nname: a\ninputs:\n  endpoints:\n    - path: /\n      function:\n"
        "        functionName: ${output:${stage}:${app}:orders.functionName}\n"
    )

    result = migrated(text)

    (finding,) = result.diagnostics
    assert (finding.rule, result.text) == ("gateway-only", text)
    assert ("orders" if kind == "apigateway" else "protocolType: WS") in (finding.hint or "")


def test_choices_are_kinds_that_are_deployed() -> None:
    assert {"scf", "multi-scf", "layer", "http", "express"} <= set(component_choices())


def test_error_in_a_component_of_several_has_its_place_in_the_file() -> None:
    text = (
        "one:\n  component: '@serverless/tencent-express'\n  inputs:\n    src: ./one\n"
        "two:\n  component: '@serverless/tencent-scf'\n  inputs:\n    handler: a.b\n    events: [{apigw: {}}]\n"
    )

    (finding,) = migrated(text).diagnostics

    assert (finding.rule, str(finding.subject)) == ("not-migrated", "serverless.yml:9:13")


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        ("npm ci", "cd .. && npm ci"),
        ('"npm run \\"x\\""', '"cd .. && npm run \\"x\\""'),
        ("'echo ''it'' # x'", "'cd .. && echo ''it'' # x'"),
        ("npm ci &&\n          npm test", "cd .. && npm ci &&\n        npm test"),
        ("|\n\n          npm ci\n          npm test", "|\n\n        cd .. &&\n        npm ci\n        npm test"),
    ],
)
def test_hook_of_a_moved_component_runs_where_it_ran(hook: str, expected: str) -> None:
    text = (
        "one:\n  component: '@serverless/tencent-express'\n  inputs:\n    src:\n      src: ./\n"
        f"      hook: {hook}\ntwo:\n  component: '@serverless/tencent-koa'\n  inputs:\n    src: ./two\n"
    )

    assert f"hook: {expected}\n" in migrated(text).new_files[0].text


@pytest.mark.parametrize("path", ['"./\\x61/b"', '"./a\n      b"'])
def test_path_that_cannot_be_rewritten_is_rejected_unchanged(path: str) -> None:
    text = FRAMEWORKS.replace("./AppBJ/src", path)

    result = migrated(text)

    assert (rules(result), result.text, result.new_files) == (["not-migrated"], text, ())
    (finding,) = result.diagnostics
    (line,) = [number for number, one in enumerate(text.splitlines(), start=1) if path.splitlines()[0] in one]
    assert finding.subject is not None
    assert finding.subject.start.line == line


def test_new_files_have_the_line_ends_of_the_old_one() -> None:
    files = migrated(FRAMEWORKS.replace("\n", "\r\n")).new_files

    assert [file.text for file in files] == [file.text.replace("\n", "\r\n") for file in migrated(FRAMEWORKS).new_files]


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("${Conf.comment}", "'x # y: z'"),
        ("'in ${Conf.comment}'", "'in x # y: z'"),
        ("${Conf.list}", "'[1]'"),
        ("${Conf.size}", "128"),
        ("${Conf.address}", "mysql://${env:CONF_HOST}/shop"),
        # What needs other quotes around it stays, with a warning.
        ("in ${Conf.comment}", "in ${Conf.comment}"),
        ("${Conf.lines}", "${Conf.lines}"),
        ("in ${Conf.inner}", "in ${Conf.inner}"),
    ],
)
def test_value_with_values_in_it_stays_the_same_text(use: str, expected: str) -> None:
    constants = (
        "inner: 'y: z'\n    comment: 'x # ${Conf.inner}'\n    open: '[1'\n    list: '${Conf.open}]'\n    one: 128\n"
        '    size: ${Conf.one}\n    two: "a\\nb: 1"\n    lines: "x${Conf.two}"\n    host:\n'
        "    address: mysql://${Conf.host}/shop\n"
    )
    text = (
        f"Conf:\n  component: serverless-global\n  inputs:\n    {constants}"
        f"one:\n  component: '@serverless/tencent-scf'\n  inputs:\n    handler: a.b\n    description: {use}\n"
    )

    result = migrated(text)

    assert f"  description: {expected}\n" in result.text
    reported = [found for found in result.diagnostics if "cannot be written here" in found.detail]
    assert bool(reported) == ("${Conf" in expected)


def test_value_of_a_constant_from_the_environment_is_written_where_it_is_used() -> None:
    text = migrated(BLOG.replace("db_host:", "db_host: ${env:MYSQL_HOST}")).text

    assert "HOST: ${env:MYSQL_HOST}\n" in text


def test_function_that_a_gateway_calls_and_the_file_lacks_is_reported() -> None:
    text = BLOG + "      - path: /gone\n        method: GET\n        function:\n          functionName: remove_post\n"

    findings = list(migrate_text(text, "serverless.yml", default_name="shop").diagnostics)

    (finding,) = (found for found in findings if "remove_post" in found.detail)
    assert (finding.rule, finding.subject and finding.subject.start.line) == (
        "not-carried-over",
        len(text.splitlines()),
    )


def test_gateway_with_a_websocket_is_not_replaced_by_a_url() -> None:
    text = "component: apigateway\nname: ws\ninputs:\n  endpoints:\n    - path: /\n      protocol: WEBSOCKET\n"

    result = migrate_text(text, "serverless.yml", default_name="shop")

    (finding,) = result.diagnostics
    assert result.text == text
    assert "protocolType: WS" in (finding.hint or "")


@pytest.mark.parametrize(
    "head", ["component: apigateway\nname: a\n", "gw:\n  component: '@serverless/tencent-apigateway'\n  "]
)
def test_advice_for_a_restricted_gateway_alone_restricts_access(head: str) -> None:
    pad = "  " if head.endswith("  ") else ""
    lines = (
        "  endpoints:",
        "    - path: /",
        "      function: {functionName: api}",
        "      usagePlan: {usagePlanId: x}",
    )
    text = f"{head}inputs:\n" + "".join(f"{pad}{line}\n" for line in lines)

    (finding,) = migrate_text(text, "serverless.yml", default_name="shop").diagnostics

    assert "`authType: CAM` (signed calls only) to `events` of api" in (finding.hint or "")
    assert "usagePlan" in (finding.hint or "")


def test_empty_path_of_a_component_stays_empty() -> None:
    result = migrated(FRAMEWORKS.replace("code: ./AppBJ/src", "code: ''"))

    files = {file.path: file.text for file in result.new_files}
    assert "  src: ''\n" in files["AppBJ/serverless.yml"]

"""Web frameworks in both formats become web functions with a URL and a start program."""

from __future__ import annotations

import textwrap

import pytest

from scfdeploy.config import LoadResult
from scfdeploy.facts.frameworks import frameworks
from scfdeploy.model import FolderSource, Secret
from scfdeploy.rules import check
from tests.support.configured import Workspace, findings, function_of, only

EXPRESS = """\
component: express
name: shop
app: mall
inputs:
  src: ./web
  runtime: Nodejs18.15
"""
HTTP = """\
component: http
name: shop
app: mall
inputs:
  src: ./web
"""
URL = "trigger/default/shop-dev-mall/http/url-trigger"


@pytest.fixture
def web(workspace: Workspace) -> Workspace:
    return workspace.write("web/app.js", "require('http').createServer().listen(9000)\n")


def load(workspace: Workspace, inputs: str = "", head: str = EXPRESS) -> LoadResult:
    return workspace.load_text(head + textwrap.indent(textwrap.dedent(inputs), "  "))


def bootstrap(loaded: LoadResult) -> str:
    source = function_of(loaded).source
    assert isinstance(source, FolderSource), findings(loaded)
    assert source.bootstrap is not None, findings(loaded)
    return source.bootstrap


def test_framework_is_web_function_with_url(web: Workspace) -> None:
    loaded = load(web)
    assert findings(loaded) == []
    function = function_of(loaded)
    assert dict(function.settings) == {"type": "web", "runtime": "Nodejs18.15", "timeout": 10, "memorySize": 512}
    assert [str(trigger.address) for trigger in function.triggers] == [URL]
    assert dict(function.triggers[0].settings) == {"authType": "NONE"}
    assert loaded.project is not None
    assert list(check(loaded.project)) == []


@pytest.mark.parametrize("written", ["express@dev", "'@serverless/express'", "'@serverless/express@1.0'"])
def test_scope_and_version_of_component_are_ignored(web: Workspace, written: str) -> None:
    loaded = load(web, head=EXPRESS.replace("express", written, 1))
    assert findings(loaded) == []
    assert function_of(loaded).triggers[0].type == "http"


def test_older_framework_settings_are_read(web: Workspace) -> None:
    loaded = load(
        web,
        """\
        functionName: ${name}-${stage}
        functionConf:
          timeout: 30
          memorySize: 256
          eip: true
          environment:
            variables:
              DB_PASSWORD: hush
          vpcConfig: {vpcId: vpc-aaaa, subnetId: subnet-bbbb}
        isAutoCiDeploy: false
        layers:
          - {name: modules, version: '3'}
        """,
    )
    assert findings(loaded) == ["14:22 literal-secret?"]
    function = function_of(loaded)
    assert function.name == "shop-dev"
    assert function.spans["timeout",].start.line == 9
    assert dict(function.settings) == {
        "type": "web",
        "runtime": "Nodejs18.15",
        "timeout": 30,
        "memorySize": 256,
        "eip": True,
        "environment": {"variables": {"DB_PASSWORD": Secret("hush")}},
        "vpcConfig": {"vpcId": "vpc-aaaa", "subnetId": "subnet-bbbb"},
        "layers": ({"name": "modules", "version": 3},),
    }


def test_newer_framework_settings_are_read(web: Workspace) -> None:
    loaded = load(
        web,
        """\
        region: ap-shanghai
        type: web
        faas:
          framework: express
          runtime: Nodejs16.13
          name: ${name}
          timeout: 3
          vpc: {vpcId: vpc-aaaa, subnetId: subnet-bbbb}
          tags: []
          environments:
            - {key: MODE, value: fast}
          events:
            - http:
                parameters: {netConfig: {enableExtranet: true}}
        """,
        HTTP,
    )
    assert findings(loaded) == []
    function = function_of(loaded)
    assert (function.name, function.region) == ("shop", "ap-shanghai")
    assert dict(function.settings) == {
        "type": "web",
        "runtime": "Nodejs16.13",
        "timeout": 3,
        "memorySize": 512,
        "vpcConfig": {"vpcId": "vpc-aaaa", "subnetId": "subnet-bbbb"},
        "tags": {},
        "environment": {"variables": {"MODE": "fast"}},
    }
    assert [dict(trigger.settings) for trigger in function.triggers] == [{"netConfig": {"enableExtranet": True}}]


@pytest.mark.parametrize(
    ("framework", "runtime", "files", "started"),
    [
        ("express", "Nodejs18.15", ["app.js"], "node18/bin/node app.js"),
        ("koa", "Nodejs16.13", ["sls.js"], "node16/bin/node sls.js"),
        ("nestjs", "Nodejs18.15", ["dist/main.js"], "node18/bin/node dist/main.js"),
        ("egg", "Nodejs18.15", ["package.json"], 'require("egg").start().then(app => app.listen(9000, "0.0.0.0"))'),
        ("nextjs", "Nodejs18.15", [".next/BUILD_ID"], "start --port 9000 --hostname 0.0.0.0"),
        ("nuxtjs", "Nodejs12.16", [".nuxt/x"], 'require.resolve("nuxt/bin/nuxt.js")'),
        ("flask", "Python3.10", ["app.py"], "python3.10 -u -m flask run --host 0.0.0.0 --port 9000"),
        ("django", "Python3.9", ["manage.py"], "python3.9 -u manage.py runserver --noreload 0.0.0.0:9000"),
        ("laravel", "Php8.0", ["artisan"], "php80/bin/php artisan serve --host=0.0.0.0 --port=9000"),
        ("thinkphp", "Php7.4", ["think"], "php74/bin/php think run --host 0.0.0.0 --port 9000"),
    ],
)
def test_framework_start_program_listens_on_port_9000(
    workspace: Workspace, framework: str, runtime: str, files: list[str], started: str
) -> None:
    for file in files:
        workspace.write(f"web/{file}", "")
    head = EXPRESS.replace("express", framework).replace("Nodejs18.15", runtime)
    loaded = load(workspace, "", head)
    assert findings(loaded) == []
    text = bootstrap(loaded)
    assert text.startswith("#!/usr/bin/env bash\n")
    assert text.splitlines()[-1].startswith("exec /var/lang/")
    assert started in text
    assert "{" + "program" not in text
    assert "{" + "entry" not in text


def test_framework_is_the_same_in_both_formats(workspace: Workspace) -> None:
    for framework in frameworks():
        for head in (EXPRESS.replace("express", framework), HTTP + f"  faas: {{framework: {framework}}}\n"):
            loaded = load(workspace.write("web/scf_bootstrap", "#!/bin/sh\n"), "runtime: CustomRuntime\n", _bare(head))
            assert findings(loaded) == [], framework
            assert function_of(loaded).is_web


def _bare(head: str) -> str:
    return head.replace("  runtime: Nodejs18.15\n", "")


def test_start_program_keeps_variables_of_the_user(web: Workspace) -> None:
    text = bootstrap(load(web))
    assert 'export NODE_ENV="${NODE_ENV:-production}"\n' in text
    assert 'export PORT="${PORT:-9000}"\n' in text


def test_start_program_adds_layers_to_module_path(web: Workspace) -> None:
    assert "NODE_PATH" not in bootstrap(load(web))
    assert "/opt/node_modules" in bootstrap(load(web, "layers: [{name: modules, version: 1}]\n"))


def test_start_program_runs_given_entry_file(web: Workspace) -> None:
    web.write("web/server.js", "")
    assert bootstrap(load(web, "entryFile: server.js\n")).endswith("node server.js\n")
    nextjs = EXPRESS.replace("express", "nextjs")
    assert bootstrap(load(web, "entryFile: server.js\n", nextjs)).endswith("node server.js\n")
    flask = EXPRESS.replace("express", "flask").replace("Nodejs18.15", "Python3.10")
    text = bootstrap(load(web.write("web/shop.py", ""), "entryFile: shop.py\n", flask))
    assert 'export FLASK_APP="${FLASK_APP:-shop.py}"\n' in text


def test_existing_start_program_is_kept(web: Workspace) -> None:
    web.write("web/scf_bootstrap", "#!/bin/sh\n")
    source = function_of(load(web)).source
    assert isinstance(source, FolderSource)
    assert source.bootstrap is None


def test_build_output_need_not_exist_before_build(workspace: Workspace) -> None:
    workspace.write("web/package.json", "{}")
    head = EXPRESS.replace("src: ./web", "src: {src: ./web, hook: npm run build}").replace("express", "nestjs")
    loaded = load(workspace, "", head)
    assert findings(loaded) == []
    assert "dist/main.js" in bootstrap(loaded)


def test_gateway_becomes_url(web: Workspace) -> None:
    loaded = load(
        web,
        """\
        serviceId: service-1
        apigatewayConf:
          enableCORS: true
          protocols: [http, https]
          customDomains: [{domain: shop.example.com}]
          function: {functionQualifier: $DEFAULT}
        """,
    )
    assert findings(loaded) == ["7:3 gateway-replaced?"]
    diagnostic = only(loaded)
    assert "Not carried over: serviceId, protocols, customDomains." in diagnostic.detail
    assert "`scfdeploy migrate --write`" in (diagnostic.hint or "")
    assert "custom domain" in (diagnostic.hint or "")
    assert dict(function_of(loaded).triggers[0].settings) == {
        "authType": "NONE",
        "corsConfig": {"enable": True, "origins": ("*",), "methods": ("*",), "headers": ("*",)},
        "qualifier": "$DEFAULT",
    }


def test_disabled_gateway_gets_no_url(web: Workspace) -> None:
    loaded = load(web, "apigatewayConf: {isDisabled: true}\nserviceTimeout: 9\n")
    assert findings(loaded) == []
    assert function_of(loaded).triggers == ()


@pytest.mark.parametrize(
    ("gateway", "lost"),
    [
        ("{enableCORS: true, environment: release, protocols: [https], serviceDesc: x, customDomains: []}", ""),
        ("{protocols: [http, https]}", "protocols"),
        ("{protocols: http, environment: test}", "protocols, environment"),
        ("{customDomains: [{domain: a.example.com}], autoCreateDns: true}", "customDomains"),
    ],
)
def test_only_what_callers_lose_is_reported(web: Workspace, gateway: str, lost: str) -> None:
    loaded = load(web, f"serviceName: shop\napigatewayConf: {gateway}\n")
    assert [found.rule for found in loaded.diagnostics] == (["gateway-replaced"] if lost else [])
    assert all(found.detail.endswith(f" Not carried over: {lost}.") for found in loaded.diagnostics)


def test_gateway_beside_url_is_ignored(web: Workspace) -> None:
    loaded = load(web, "apigw: {enableCORS: true}\nevents: [{http: {parameters: {authType: CAM}}}]\n")
    assert findings(loaded) == ["7:3 gateway-replaced?"]
    assert "enableCORS" in only(loaded).detail
    assert only(loaded).hint == "Remove apigw."
    assert [dict(trigger.settings) for trigger in function_of(loaded).triggers] == [{"authType": "CAM"}]


def test_url_is_added_to_other_triggers(web: Workspace) -> None:
    loaded = load(web, "events: [{timer: {parameters: {cronExpression: '0 0 2 * * * *', enable: true}}}]\n")
    assert findings(loaded) == []
    assert [trigger.type for trigger in function_of(loaded).triggers] == ["timer", "http"]


@pytest.mark.parametrize("key", ["assets", "static", "staticConf"])
def test_static_assets_are_reported(web: Workspace, key: str) -> None:
    loaded = load(web, f"{key}:\n  cos: {{bucket: '${{env:BUCKET}}'}}\n")
    assert findings(loaded) == ["7:3 assets-not-uploaded?"]
    assert "does not upload static assets" in only(loaded).detail


@pytest.mark.parametrize(
    ("inputs", "expected", "words"),
    [
        ("type: event\n", ["7:9 framework-type"], "Remove"),
        ("memory: 128\n", ["7:3 unknown-key"], '"memorySize"'),
        ("functionConf: {timeuot: 3}\n", ["7:18 unknown-key"], '"timeout"'),
        ("functionConf: all\n", ["7:17 wrong-type"], "below it"),
        ("timeout: 3\nfunctionConf: {timeout: 4}\n", ["8:18 setting-twice"], "Keep one"),
        ("entryFile: sever.js\n", ["7:14 entry-file-missing"], "entryFile"),
        ("exclude: a\n", ["7:3 unknown-key"], "under src"),
        ("exclude: [a]\n", ["7:3 beside-src?"], "src: …"),
        ("isAutoCiDeploy: true\n", ["7:3 unknown-key?"], "Remove"),
    ],
)
def test_errors_are_reported_once_at_their_position(
    web: Workspace, inputs: str, expected: list[str], words: str
) -> None:
    loaded = load(web, inputs)
    assert findings(loaded) == expected
    assert words in (only(loaded).hint or "")


@pytest.mark.parametrize(
    ("inputs", "expected", "words"),
    [
        ("runtime: Nodejs18.15\n", ["5:3 missing-key"], "express, koa"),
        ("faas:\n  framework:\n", ["7:5 missing-key"], "express, koa"),
        ("faas: {framework: exprss}\n", ["6:21 framework-unknown"], '"express"'),
        ("faas: {framework: rails}\n", ["6:21 framework-unknown"], "type: web"),
        ("faas: {framework: [express]}\n", ["6:21 wrong-type"], ""),
        ("faas: {framework: flask, runtime: Nodejs18.15}\n", ["5:8 entry-file-missing", "6:37 framework-runtime"], ""),
        ("faas: {framework: nextjs, runtime: Nodejs18.15}\n", ["5:8 framework-not-built?"], "npm run build"),
        ("faas: {framework: express}\n", ["5:3 runtime-missing?"], "runtime"),
        ("faas: {framework: '${env:FRAME}'}\n", ["6:22 variable-unset"], ""),
    ],
)
def test_invalid_framework_is_reported(web: Workspace, inputs: str, expected: list[str], words: str) -> None:
    loaded = load(web, inputs, HTTP)
    assert findings(loaded) == expected
    assert any(words in (diagnostic.hint or "") for diagnostic in loaded.diagnostics)


@pytest.mark.parametrize(
    ("framework", "src", "place", "right"),
    [
        ("nextjs", "{src: ./, hook: make, dist: .next}", "5:36", "dist: ./"),
        ("nextjs", "{src: ./, hook: make, dist: ./web/.next/}", "5:36", "dist: ./web"),
        ("nuxtjs", "./web/.nuxt", "5:8", "src: ./web"),
    ],
)
def test_build_folder_without_folder_around_it_is_an_error_with_fix(
    workspace: Workspace, framework: str, src: str, place: str, right: str
) -> None:
    workspace.write("web/.nuxt/dist/server.js", "")
    head = EXPRESS.replace("express", framework).replace("src: ./web", f"src: {src}")
    loaded = load(workspace, "", head)
    assert findings(loaded) == [f"{place} build-folder-alone"]
    assert right in str(only(loaded).hint)
    (edit,) = only(loaded).fix
    assert edit.replacement == right.partition(": ")[2]


def test_folder_with_build_folder_inside_is_started(workspace: Workspace) -> None:
    workspace.write("web/.next/.next/BUILD_ID", "1")
    assert "next" in bootstrap(load(workspace, "", EXPRESS.replace("express", "nextjs").replace("./web", "web/.next")))


def test_built_folder_of_nestjs_starts_its_own_file(workspace: Workspace) -> None:
    workspace.write("dist/main.js", "require('http').createServer().listen(9000)\n")
    loaded = load(workspace, "", EXPRESS.replace("express", "nestjs").replace("./web", "./dist"))
    assert bootstrap(loaded).endswith("node main.js\n")


def test_start_command_replaces_that_of_framework(workspace: Workspace) -> None:
    workspace.write("web/index.html", "")
    loaded = load(workspace, "startCmd: npm start\n")
    assert findings(loaded) == []
    assert bootstrap(loaded).splitlines()[1:] == [
        'export PATH="/var/lang/node18/bin:$PATH"',
        'export NODE_ENV="${NODE_ENV:-production}"',
        'export PORT="${PORT:-9000}"',
        "npm start",
    ]


def test_start_command_of_framework_still_needs_its_build(workspace: Workspace) -> None:
    head = EXPRESS.replace("express", "nextjs").replace("./web", "{src: ./web, hook: npm run build}")
    source = function_of(load(workspace.write("web/index.html", ""), "startCmd: npm start\n", head)).source
    assert isinstance(source, FolderSource)
    assert source.needs == (".next",)


@pytest.mark.parametrize("inputs", ["djangoProjectName: shop\n", "functionConf: {projectName: shop}\n"])
def test_project_name_of_django_is_accepted(workspace: Workspace, inputs: str) -> None:
    django = EXPRESS.replace("express", "django").replace("Nodejs18.15", "Python3.10")
    loaded = load(workspace.write("web/manage.py", ""), inputs, django)
    assert findings(loaded) == []
    assert "manage.py" in bootstrap(loaded)


def test_spring_boot_is_known_by_name(workspace: Workspace) -> None:
    loaded = load(workspace, "", EXPRESS.replace("express", "springboot"))
    assert findings(loaded) == ["1:12 component-not-supported"]
    assert "java -jar" in str(only(loaded).hint)

"""Nothing becomes public by accident: guarded and disabled gateways, and new public URLs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.local_server import LocalServer
from tests.support.project import write_project

URL = "  events:\n    - http:\n        parameters: {authType: %s}\n"
SCF = "component: scf\nname: api\napp: shop\ninputs:\n  src: ./\n  runtime: Nodejs18.15\n  handler: app.main\n"
KINDS = {
    "scf": f"{SCF}{URL % 'NONE'}",
    "scf without authType": f"{SCF}  events:\n    - http: {{parameters: {{name: site}}}}\n",
    "multi-scf": "component: multi-scf\nname: api\napp: shop\ninputs:\n  src: ./\n  runtime: Nodejs18.15\n"
    "  functions:\n    one: {handler: app.main}\n"
    "  triggers:\n    - {type: http, function: one, parameters: {authType: NONE}}\n",
    "express": "component: express\nname: api\napp: shop\ninputs:\n  src: ./\n  runtime: Nodejs18.15\n",
    "express with a gateway": "component: express\nname: api\napp: shop\ninputs:\n  src: ./\n  runtime: Nodejs18.15\n"
    "  apigatewayConf: {enableCORS: true}\n",
    "http": "component: http\nname: api\napp: shop\ninputs:\n  src: ./\n"
    "  faas: {framework: express, runtime: Nodejs18.15}\n",
}


def project(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "app.js").write_text("exports.main = () => 1\n")
    (folder / "serverless.yml").write_text(text)
    return folder


def rules(folder: Path, *options: str) -> list[str]:
    return [
        one["rule"]
        for one in scfdeploy("plan", folder, "--local", "--format", "json", *options).document["diagnostics"]
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_plan_warns_of_a_public_url_of_every_kind(tmp_path: Path, kind: str) -> None:
    folder = project(tmp_path / "p", KINDS[kind])
    found = scfdeploy("plan", folder, "--local", "--format", "json")
    [warning] = [one for one in found.document["diagnostics"] if one["rule"] == "public-url"]
    assert (found.exit_code, warning["severity"]) == (0, "warning")
    assert warning["address"].startswith("trigger/default/")
    assert warning["line"] > 0
    assert "Anyone on the internet may call" in warning["detail"]


@pytest.mark.parametrize("output", ["text", "markdown", "github"])
def test_plan_shows_the_public_url_in_every_format(tmp_path: Path, output: str) -> None:
    folder = project(tmp_path / "p", KINDS["scf"])
    ran = scfdeploy("plan", folder, "--local", "--format", output)
    assert "Public URL without authentication [public-url]" in (ran.stdout + ran.stderr).replace("warning file", "")


@pytest.mark.parametrize(
    "parameters",
    [
        "{authType: CAM}",
        "{authType: NONE, netConfig: {enableIntranet: true}}",
        "{authType: NONE} # scfdeploy: ignore public-url",
    ],
)
def test_plan_does_not_warn_about_private_or_explicit_url(tmp_path: Path, parameters: str) -> None:
    text = KINDS["scf"].replace("{authType: NONE}", parameters)
    assert rules(project(tmp_path / "p", text)) == []


def test_public_url_warning_respects_ignore_and_strict(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", KINDS["scf"])
    assert rules(folder, "--ignore", "public-url") == []
    assert scfdeploy("plan", folder, "--local", "--strict").exit_code != 0
    assert scfdeploy("plan", folder, "--local", "--strict", "--ignore", "public-url").exit_code == 0


def test_plan_warns_when_a_url_becomes_public_and_not_when_it_stays_so(tmp_path: Path, cloud: LocalServer) -> None:
    folder = write_project(tmp_path / "hello", URL % "CAM")
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    file = folder / "serverless.yml"
    file.write_text(file.read_text().replace("CAM", "NONE"))
    assert "[public-url]" in scfdeploy("plan", folder, env=cloud.env).stderr
    assert scfdeploy("apply", folder, "--yes", env=cloud.env).exit_code == 0
    assert "[public-url]" not in scfdeploy("plan", folder, env=cloud.env).stderr


@pytest.mark.parametrize(
    "off",
    [
        *("isDisabled: true", "isDisabled: 'true'", "isDisabled: 1", "isDisabled: ${env:OFF}"),
        *("isdisabled: true", "disabled: true", "enable: off", "enabled: false"),
    ],
)
@pytest.mark.parametrize("block", ["apigatewayConf", "apigw"])
def test_switched_off_gateway_gets_no_url_and_no_warning(tmp_path: Path, off: str, block: str) -> None:
    text = KINDS["express"] + f"  {block}:\n    {off}\n    usagePlan: {{id: x}}\n  serviceName: gateway\n"
    folder = project(tmp_path / "p", text)
    ran = scfdeploy("plan", folder, "--local", "--format", "json", env={"OFF": "true"})
    assert [change["address"] for change in ran.document["changes"]] == ["function/default/api-dev-shop"]
    assert ran.document["diagnostics"] == []


GUARDS = ("authType: CAM", "authType: APP", "authType: EIAM", "auth: {secretName: x}", "usagePlan: {usagePlanId: x}",
          "app: {id: x}", "oauthConfig: {a: b}", "authRequired: 'TRUE'",
          "endpoints: [{path: /, auth: {id: 1}}]", "strategyId: x", "whiteList: [10.0.0.1]",
          "acl: {id: x}")  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize("block", ["apigatewayConf", "apigw"])
def test_guarded_gateway_of_a_framework_is_an_error_until_auth_type_is_written(
    tmp_path: Path, guard: str, block: str
) -> None:
    text = KINDS["express"] + f"  {block}:\n    {guard}\n"
    for events in ("", "  events: [{http: {parameters: {name: site}}}]\n"):
        ran = scfdeploy("validate", project(tmp_path / "p", text + events), "--format", "json")
        assert (ran.exit_code, [one["rule"] for one in ran.document["diagnostics"]]) == (3, ["auth-type-missing"])
    for chosen in ("CAM", "NONE"):
        assert scfdeploy("validate", project(tmp_path / "p", text + URL % chosen)).exit_code == 0
    assert scfdeploy("validate", project(tmp_path / "p", text + "  events: []\n")).exit_code == 0


@pytest.mark.parametrize("guard", GUARDS)
def test_advice_for_a_guarded_gateway_opens_nothing(tmp_path: Path, guard: str) -> None:
    head = KINDS["scf"].partition("  events:")[0]
    multi = KINDS["multi-scf"].partition("  triggers:")[0]
    for text in (
        head + f"  events:\n    - apigw:\n        parameters:\n          {guard}\n",
        multi + f"  triggers:\n    - type: apigw\n      function: one\n      parameters:\n        {guard}\n",
    ):
        [found] = scfdeploy("validate", project(tmp_path / "p", text), "--format", "json").document["diagnostics"]
        assert found["rule"] == "apigw-retired"
        assert "authType: CAM" in found["hint"]
        assert "authType: NONE" not in found["hint"]


def test_advice_for_a_switched_off_gateway_is_to_remove_it(tmp_path: Path) -> None:
    head = KINDS["scf"].partition("  events:")[0]
    text = head + "  events:\n    - apigw:\n        parameters: {isDisabled: true}\n"
    [found] = scfdeploy("validate", project(tmp_path / "p", text), "--format", "json").document["diagnostics"]
    assert "http" not in found["hint"]


def test_private_gateway_of_a_framework_becomes_a_private_url(tmp_path: Path) -> None:
    text = KINDS["express"] + "  apigatewayConf:\n    netTypes: [INNER]\n"
    document = scfdeploy("plan", project(tmp_path / "p", text), "--local", "--format", "json").document
    assert "public-url" not in [one["rule"] for one in document["diagnostics"]]
    [url] = [change for change in document["changes"] if change["address"].startswith("trigger/")]
    fields = {field["path"]: field["after"] for field in url["fields"]}
    assert (fields["netConfig.enableIntranet"], fields["netConfig.enableExtranet"]) == (True, False)


@pytest.mark.parametrize("empty", ["", "''", "${env:AUTH}", "~"])
def test_empty_auth_type_is_an_error_that_cannot_be_ignored(tmp_path: Path, empty: str) -> None:
    text = KINDS["scf"].replace("{authType: NONE}", f"\n          authType: {empty}")
    ran = scfdeploy(
        "validate",
        project(tmp_path / "p", text),
        "--ignore",
        "auth-type-missing",
        "--format",
        "json",
        env={"AUTH": ""},
    )
    assert ran.exit_code == 3
    assert "auth-type-missing" in [one["rule"] for one in ran.document["diagnostics"]]

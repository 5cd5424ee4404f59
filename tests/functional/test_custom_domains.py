"""Custom domains on the command line: applied, changed, adopted, imported and destroyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.local_server import LocalServer
from tests.support.project import write_project

URL = "  events:\n    - http: {parameters: {authType: CAM}}\n"
DOMAIN = "  customDomains:\n    - domain: api.example.com\n"
ENDPOINT = {"Namespace": "default", "FunctionName": "hello", "Qualifier": "$DEFAULT", "PathMatch": "/*"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "shop", inputs=URL + DOMAIN)


def apply(folder: Path, cloud: LocalServer, *options: str) -> Ran:
    return scfdeploy("apply", folder, "--yes", "--format", "json", *options, env=cloud.env)


def done(ran: Ran) -> dict[str, str]:
    """What was done, by address."""
    assert ran.exit_code == 0, ran.stderr + ran.stdout
    return {one["address"]: one["action"] for one in ran.document["results"]}


def planned(folder: Path, cloud: LocalServer, *options: str) -> dict[str, str]:
    """What would be done, by address."""
    ran = scfdeploy("plan", folder, "--format", "json", *options, env=cloud.env)
    assert ran.exit_code == 0, ran.stderr + ran.stdout
    return {change["address"]: change["action"] for change in ran.document["changes"] if change["action"] != "no-op"}


def domains(cloud: LocalServer) -> list[str]:
    return [domain["Domain"] for domain in Cloud(cloud.url).call("ListCustomDomains")["Domains"]]


def test_domain_is_created_after_its_url_and_destroyed_before_its_function(project: Path, cloud: LocalServer) -> None:
    assert list(done(apply(project, cloud)))[-1] == "domain/api.example.com"
    assert planned(project, cloud) == {}

    ended = scfdeploy("destroy", project, "--yes", "--format", "json", env=cloud.env)

    assert list(done(ended)) == ["domain/api.example.com", "function/default/hello"]
    assert domains(cloud) == []


def test_domain_without_certificate_answers_http_and_with_one_both(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    server = Cloud(cloud.url)
    assert server.call("GetCustomDomain", Domain="api.example.com")["Protocol"] == "HTTP"

    write_project(project, inputs=URL + DOMAIN + "      certificateId: abc\n")

    assert done(apply(project, cloud)) == {"domain/api.example.com": "update"}
    changed = server.call("GetCustomDomain", Domain="api.example.com")
    assert (changed["Protocol"], changed["CertConfig"]) == ("HTTP&HTTPS", {"CertificateId": "abc"})


def test_domain_returns_to_http_when_its_certificate_leaves_the_file(project: Path, cloud: LocalServer) -> None:
    write_project(project, inputs=URL + DOMAIN + "      certificateId: abc\n")
    apply(project, cloud)
    write_project(project, inputs=URL + DOMAIN)

    assert done(apply(project, cloud)) == {"domain/api.example.com": "update"}
    assert Cloud(cloud.url).call("GetCustomDomain", Domain="api.example.com")["Protocol"] == "HTTP"
    assert planned(project, cloud) == {}


def test_firewall_that_the_file_does_not_name_stays_on(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    server = Cloud(cloud.url)
    firewall = {"WafOpen": "OPEN", "WafInstanceId": "waf-1"}
    server.call("UpdateCustomDomain", Domain="api.example.com", WafConfig=firewall)
    assert planned(project, cloud) == {}

    write_project(project, inputs=URL + DOMAIN + "      certificateId: abc\n")
    apply(project, cloud)

    assert server.call("GetCustomDomain", Domain="api.example.com")["WafConfig"] == firewall


def test_status_shows_domain_with_drift(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    Cloud(cloud.url).call(
        "UpdateCustomDomain", Domain="api.example.com", Protocol="HTTPS", CertConfig={"CertificateId": "a"}
    )

    [shown] = scfdeploy("status", project, "--format", "json", env=cloud.env).document["domains"]

    assert (shown["address"], shown["exists"], shown["owned"]) == ("domain/api.example.com", True, True)
    assert {field["path"] for field in shown["drift"]} == {"protocols", "certificateId"}
    text = scfdeploy("status", project, env=cloud.env).stdout
    assert "api.example.com" in text
    assert "differs from the file" in text


def test_unowned_domain_needs_adopt(project: Path, cloud: LocalServer) -> None:
    write_project(project, inputs=URL)
    apply(project, cloud)
    Cloud(cloud.url).call("CreateCustomDomain", Domain="api.example.com", Protocol="HTTP", EndpointsConfig=[ENDPOINT])
    write_project(project, inputs=URL + DOMAIN)

    refused = apply(project, cloud)
    assert refused.exit_code == 1
    assert "not managed by this project" in refused.stdout + refused.stderr

    assert done(apply(project, cloud, "--adopt")) == {"domain/api.example.com": "update"}
    assert planned(project, cloud) == {}


def test_domain_that_left_the_file_is_deleted_by_prune_before_its_url(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    write_project(project, inputs="")

    results = list(done(apply(project, cloud, "--prune")))

    assert results.index("domain/api.example.com") < results.index("trigger/default/hello/http/url-trigger")
    assert domains(cloud) == []


def test_url_that_a_domain_uses_is_not_deleted(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    write_project(project, inputs="")

    failed = apply(project, cloud)

    [result] = [one for one in failed.document["results"] if one["status"] == "failed"]
    assert result["error"]["code"] == "FailedOperation.DeleteTrigger.UrlUsed"
    assert domains(cloud) == ["api.example.com"]


def test_domain_changed_by_others_meanwhile_is_a_conflict(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    apply(project, cloud)
    write_project(project, inputs=URL + DOMAIN + "      certificateId: abc\n")
    saved = tmp_path / "saved.plan"
    assert scfdeploy("plan", project, "--out", saved, env=cloud.env).exit_code == 0
    Cloud(cloud.url).call(
        "UpdateCustomDomain", Domain="api.example.com", Protocol="HTTPS", CertConfig={"CertificateId": "x"}
    )

    refused = scfdeploy("apply", "--plan", saved, env=cloud.env)

    assert refused.exit_code == 1
    assert "domain/api.example.com" in refused.stdout + refused.stderr


def test_domain_that_moves_to_another_function_leaves_the_old_one_first(tmp_path: Path, cloud: LocalServer) -> None:
    first = write_project(tmp_path / "shop", inputs=URL + DOMAIN + "      routes: [{path: /*, function: other}]\n")
    Cloud(cloud.url).create("other")
    apply(first, cloud)

    write_project(first, inputs=URL + DOMAIN)

    assert planned(first, cloud) == {"domain/api.example.com": "update"}
    apply(first, cloud)
    [endpoint] = Cloud(cloud.url).call("GetCustomDomain", Domain="api.example.com")["EndpointsConfig"]
    assert endpoint["FunctionName"] == "hello"


def test_target_domain_brings_the_creations_that_it_needs(project: Path, cloud: LocalServer) -> None:
    assert planned(project, cloud, "--target", "domain/api.example.com").keys() == {
        "function/default/hello",
        "trigger/default/hello/http/url-trigger",
        "domain/api.example.com",
    }


def test_import_writes_domain_whose_plan_is_empty(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    routes = "      routes: [{path: /*}, {path: /v1/*, rewrite: [{path: /v1/*, to: /$1}]}]\n"
    write_project(project, inputs=URL + DOMAIN + "      certificateId: abc\n" + routes)
    apply(project, cloud)

    imported = scfdeploy("import", "hello", "--out", tmp_path / "copy", "--code", "--format", "json", env=cloud.env)

    assert imported.exit_code == 0, imported.stdout
    assert "api.example.com" in (tmp_path / "copy/serverless.yml").read_text()
    assert planned(tmp_path / "copy", cloud) == {}


def test_import_leaves_out_domain_of_another_project(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    write_project(project, inputs=URL)
    apply(project, cloud)
    tags = {"scfdeploy:app": "blog", "scfdeploy:stage": "prod", "scfdeploy:instance": "site"}
    Cloud(cloud.url).call(
        "CreateCustomDomain",
        Domain="api.example.com",
        Protocol="HTTP",
        EndpointsConfig=[ENDPOINT],
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )

    imported = scfdeploy("import", "hello", "--out", tmp_path / "copy", "--format", "json", env=cloud.env)

    [function] = imported.document["functions"]
    assert "api.example.com" in function["leftOut"][0]["reason"]
    assert "customDomains" not in (tmp_path / "copy/serverless.yml").read_text()


def test_domain_of_protected_function_is_not_deleted(project: Path, cloud: LocalServer) -> None:
    write_project(project, inputs="  protect: true\n" + URL + DOMAIN)
    apply(project, cloud)

    refused = scfdeploy("destroy", project, "--yes", "--target", "domain/api.example.com", env=cloud.env)

    assert refused.exit_code == 1
    assert "is protected" in refused.stdout + refused.stderr
    assert domains(cloud) == ["api.example.com"]

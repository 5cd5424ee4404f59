"""Responses for missing resources, rejected calls and malformed fields."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import responses

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness
from scfdeploy.providers.tencent.auth.account import Account
from scfdeploy.providers.tencent.cos.upload import Uploads
from scfdeploy.providers.tencent.resources.aliases import find_alias
from scfdeploy.providers.tencent.resources.code import code_hash, download, download_to
from scfdeploy.providers.tencent.resources.concurrency import ConcurrencyWriter, read_provisioned
from scfdeploy.providers.tencent.resources.layers import LayerStates, LayerWriter, read_layer
from scfdeploy.providers.tencent.resources.versions import publish_steps, read_numbers, read_published
from scfdeploy.providers.tencent.transport.paging import list_all, object_field
from tests.support.answers import answering, failure

HELLO = Address.of_function("default", "hello")
LAYER = Address.of_layer("shared")
REFUSED = failure("UnauthorizedOperation")
CODE = {"Url": "https://code.test/hello.zip?sign=hunter2"}
PUBLISH = Change(HELLO, Action.UPDATE, "", (FieldChange("publish", "3", None),))


def test_missing_alias_is_none_and_rejected_read_is_an_error() -> None:
    with answering(GetAlias=failure("ResourceNotFound.Alias")) as cloud:
        assert find_alias(cloud.client, HELLO.alias("live")) is None
    with answering(GetAlias=REFUSED) as cloud, pytest.raises(CloudError):
        find_alias(cloud.client, HELLO.alias("live"))


def test_foreign_alias_rules_are_counted() -> None:
    rules = {"AddtionVersionMatchs": [{"Version": "1"}, {"Version": "2"}]}
    with answering(GetAlias={"Name": "live", "FunctionVersion": "1", "RoutingConfig": rules}) as cloud:
        alias = find_alias(cloud.client, HELLO.alias("live"))
    assert alias is not None
    assert alias.attributes["matches"] == 2


def test_rejected_app_id_hint_names_the_variable() -> None:
    with answering(GetUserAppId=REFUSED) as cloud, pytest.raises(CloudError) as caught:
        Account(cloud.client).app_id()
    assert caught.value.hint is not None
    assert "TENCENT_APP_ID" in caught.value.hint


def test_ambiguous_app_id_failure_stays_ambiguous() -> None:
    with answering(GetUserAppId=failure("InternalError")) as cloud, pytest.raises(CloudError) as caught:
        Account(cloud.client).app_id()
    assert caught.value.kind is ErrorKind.AMBIGUOUS


def test_malformed_app_id_is_an_error() -> None:
    with answering(GetUserAppId={"AppId": "../other"}) as cloud, pytest.raises(CloudError, match="no AppId"):
        Account(cloud.client).app_id()


@pytest.mark.parametrize("response", [{"Things": [], "TotalCount": "many"}, {"Things": {"a": 1}}, {"Things": ["a"]}])
def test_malformed_list_is_an_error(response: dict[str, Any]) -> None:
    with answering(ListThings=response) as cloud, pytest.raises(CloudError, match="is malformed"):
        list_all(cloud.client, "ListThings", {}, "Things")


@pytest.mark.parametrize("rows", [{"a": 1}, ["a"], "a", 7])
def test_malformed_list_of_layers_or_instances_is_an_error(rows: object) -> None:
    with (
        answering(ListLayerVersions={"LayerVersions": rows}) as cloud,
        pytest.raises(CloudError, match="LayerVersions"),
    ):
        read_layer(cloud.client, LAYER)
    with answering(GetProvisionedConcurrencyConfig={"Allocated": rows}) as cloud:
        (step,) = ConcurrencyWriter(cloud.client).delete(Change(HELLO.provisioned("3"), Action.DELETE, ""))
        assert step.readiness is not None
        for read in (lambda: read_provisioned(cloud.client, HELLO), step.readiness):
            with pytest.raises(CloudError, match="the field Allocated of the response is malformed"):
                read()


def test_malformed_object_is_an_error() -> None:
    with pytest.raises(CloudError, match="RoutingConfig of the response is malformed"):
        object_field({"RoutingConfig": ["a"]}, "RoutingConfig", "GetAlias")


def test_rejected_code_hash_is_none_and_internal_error_is_raised() -> None:
    with answering(GetFunctionAddress=REFUSED) as cloud:
        assert code_hash(cloud.client, HELLO) is None
    with answering(GetFunctionAddress=failure("InternalError")) as cloud, pytest.raises(CloudError):
        code_hash(cloud.client, HELLO)


def test_code_without_hash_is_downloaded(tmp_path: Path) -> None:
    with answering(GetFunctionAddress=CODE) as cloud:
        cloud.network.add(responses.GET, CODE["Url"], body=b"archive")
        assert download_to(cloud.client, HELLO, str(tmp_path / "code.zip")) is None
    assert (tmp_path / "code.zip").read_bytes() == b"archive"


def test_download_does_not_overwrite_a_file(tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_bytes(b"mine")
    with (
        answering(GetFunctionAddress=CODE) as cloud,
        pytest.raises(ScfDeployError, match=r"cannot be written to .*zip"),
    ):
        download_to(cloud.client, HELLO, str(tmp_path / "code.zip"))
    assert (tmp_path / "code.zip").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("response", "code"),
    [
        ({"status": 403, "body": b"denied"}, "ServerNetworkError"),
        ({"body": bytes(31 << 20)}, "ResponseSizeLimitExceeded"),
        ({"body": ConnectionResetError("sign=hunter2")}, "ClientNetworkError"),
    ],
    ids=["refused", "too large", "cut"],
)
def test_download_error_does_not_contain_the_signature(response: dict[str, Any], code: str) -> None:
    with answering(GetFunctionAddress=CODE) as cloud:
        cloud.network.add(responses.GET, CODE["Url"], **response)
        with pytest.raises(CloudError) as caught:
            download(cloud.client, HELLO)
    assert caught.value.code == code
    assert "hunter2" not in str(caught.value)


def test_invalid_code_url_is_an_error() -> None:
    with answering(GetFunctionAddress={"Url": "nowhere"}) as cloud, pytest.raises(CloudError, match="no URL"):
        download(cloud.client, HELLO)


def _deletion_of_version_2(client: Any) -> Any:
    change = Change(Address.of_layer("shared", 2), Action.DELETE, "", (FieldChange("versions", (2,), None),))
    uploads = Uploads("ap-guangzhou", Account(client), lambda name: pytest.fail(f"{name} was opened"), nullcontext())
    (step,) = LayerWriter(client, {}, uploads, LayerStates(client)).delete(change)
    assert step.readiness is not None
    return step.readiness


@pytest.mark.parametrize(
    ("response", "readiness"),
    [
        (failure("ResourceNotFound.LayerVersion"), Readiness.READY),
        ({"Status": "Deleted"}, Readiness.READY),
        ({"Status": "Deleting"}, Readiness.PENDING),
    ],
    ids=["gone", "deleted", "deleting"],
)
def test_layer_version_deletion_is_ready_when_deleted(response: dict[str, Any], readiness: Readiness) -> None:
    with answering(GetLayerVersion=response) as cloud:
        assert _deletion_of_version_2(cloud.client)() is readiness


@pytest.mark.parametrize(
    ("response", "code"), [(REFUSED, "UnauthorizedOperation"), ({"Status": "DeleteFailed"}, "DeleteFailed")]
)
def test_failed_layer_version_deletion_is_an_error(response: dict[str, Any], code: str) -> None:
    with answering(GetLayerVersion=response) as cloud, pytest.raises(CloudError) as caught:
        _deletion_of_version_2(cloud.client)()
    assert (caught.value.kind, caught.value.code) == (ErrorKind.REJECTED, code)


def test_missing_layer_is_none_and_rejected_read_is_an_error() -> None:
    with answering(ListLayerVersions=failure("ResourceNotFound.Layer")) as cloud:
        assert read_layer(cloud.client, LAYER) is None
    with answering(ListLayerVersions=REFUSED) as cloud, pytest.raises(CloudError):
        read_layer(cloud.client, LAYER)


def test_missing_version_has_no_attributes() -> None:
    with answering(GetFunction=failure("ResourceNotFound.Function")) as cloud:
        assert read_published(cloud.client, HELLO, "3") == {}


@pytest.mark.parametrize(("newest", "is_published"), [("3", False), ("4", True)])
def test_publication_took_effect_when_a_newer_version_exists(newest: str, *, is_published: bool) -> None:
    listed = {"Versions": [{"Version": "$LATEST"}, {"Version": newest}], "TotalCount": 2}
    with answering(ListVersionByFunction=listed) as cloud:
        (step,) = publish_steps(cloud.client, PUBLISH)
        assert step.took_effect is not None
        assert step.took_effect() is is_published
        if is_published:
            assert step.outputs is not None
            assert step.outputs() == {"version": "4"}


def test_failed_or_unnumbered_publication_is_an_error() -> None:
    with answering(PublishVersion={}, GetFunction={"Status": "PublishFailed"}) as cloud:
        (step,) = publish_steps(cloud.client, PUBLISH)
        step.run()
        assert step.readiness is not None
        assert step.outputs is not None
        with pytest.raises(CloudError):
            step.readiness()
        with pytest.raises(CloudError, match="no version number"):
            step.outputs()


def test_repeated_page_is_an_error() -> None:
    page = {"Versions": [{"Version": "1"}], "TotalCount": 1_000_000}
    with answering(ListVersionByFunction=page) as cloud, pytest.raises(CloudError, match="TotalCount"):
        list_all(cloud.client, "ListVersionByFunction", {}, "Versions")
    assert cloud.calls == ["ListVersionByFunction"] * 2


def test_lone_surrogates_become_question_marks() -> None:
    with answering(GetFunction={"Description": "a\ud800b"}) as cloud:
        assert cloud.client.read("GetFunction", {})["Description"] == "a?b"


@pytest.mark.parametrize("name", ["²", "1" * 5000, "-1", ""])
def test_version_without_numeric_name_is_not_listed(name: str) -> None:
    with answering(ListVersionByFunction={"Versions": [{"Version": name}, {"Version": "2"}]}) as cloud:
        assert read_numbers(cloud.client, HELLO) == ("2",)

"""What the provider makes of answers that say a thing is gone, refused, or of another form than is documented."""

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
from scfdeploy.providers.tencent.resources.aliases import read_alias
from scfdeploy.providers.tencent.resources.code import code_hash, download, download_to
from scfdeploy.providers.tencent.resources.concurrency import ConcurrencyWriter, read_provisioned
from scfdeploy.providers.tencent.resources.layer_waiter import LayerStates
from scfdeploy.providers.tencent.resources.layers import LayerWriter, read_layer
from scfdeploy.providers.tencent.resources.versions import publish_steps, read_numbers, read_published
from scfdeploy.providers.tencent.transport.paging import list_all, object_in
from tests.support.answers import answering, failure

HELLO = Address.of_function("default", "hello")
LAYER = Address.of_layer("shared")
REFUSED = failure("UnauthorizedOperation")
CODE = {"Url": "https://code.test/hello.zip?sign=hunter2"}
PUBLISH = Change(HELLO, Action.UPDATE, "", (FieldChange("publish", "3", None),))


def test_an_alias_that_is_gone_is_none_and_one_that_is_refused_an_error() -> None:
    with answering(GetAlias=failure("ResourceNotFound.Alias")) as cloud:
        assert read_alias(cloud.client, HELLO.alias("live")) is None
    with answering(GetAlias=REFUSED) as cloud, pytest.raises(CloudError):
        read_alias(cloud.client, HELLO.alias("live"))


def test_foreign_alias_rules_are_counted() -> None:
    rules = {"AddtionVersionMatchs": [{"Version": "1"}, {"Version": "2"}]}
    with answering(GetAlias={"Name": "live", "FunctionVersion": "1", "RoutingConfig": rules}) as cloud:
        alias = read_alias(cloud.client, HELLO.alias("live"))
    assert alias is not None
    assert alias.attributes["matches"] == 2


def test_an_account_that_may_not_be_asked_says_what_to_set() -> None:
    with answering(GetUserAppId=REFUSED) as cloud, pytest.raises(CloudError) as caught:
        Account(cloud.client).app_id()
    assert caught.value.hint is not None
    assert "TENCENT_APP_ID" in caught.value.hint


def test_an_account_that_cannot_be_asked_now_may_be_asked_again() -> None:
    with answering(GetUserAppId=failure("InternalError")) as cloud, pytest.raises(CloudError) as caught:
        Account(cloud.client).app_id()
    assert caught.value.kind is ErrorKind.AMBIGUOUS


def test_a_number_of_an_account_that_is_none_is_not_put_into_a_name() -> None:
    with answering(GetUserAppId={"AppId": "../other"}) as cloud, pytest.raises(CloudError, match="no AppId"):
        Account(cloud.client).app_id()


@pytest.mark.parametrize("told", [{"Things": [], "TotalCount": "many"}, {"Things": {"a": 1}}, {"Things": ["a"]}])
def test_a_list_of_another_form_is_named(told: dict[str, Any]) -> None:
    with answering(ListThings=told) as cloud, pytest.raises(CloudError, match="not of the documented form"):
        list_all(cloud.client, "ListThings", {}, "Things")


@pytest.mark.parametrize("told", [{"a": 1}, ["a"], "a", 7])
def test_lists_of_layers_and_of_instances_that_are_of_another_form_are_named(told: object) -> None:
    with (
        answering(ListLayerVersions={"LayerVersions": told}) as cloud,
        pytest.raises(CloudError, match="LayerVersions"),
    ):
        read_layer(cloud.client, LAYER)
    with answering(GetProvisionedConcurrencyConfig={"Allocated": told}) as cloud:
        (step,) = ConcurrencyWriter(cloud.client).delete(Change(HELLO.provisioned("3"), Action.DELETE, ""))
        assert step.readiness is not None
        for look in (lambda: read_provisioned(cloud.client, HELLO), step.readiness):
            with pytest.raises(CloudError, match="Allocated is something else"):
                look()


def test_an_object_of_another_form_is_named() -> None:
    with pytest.raises(CloudError, match="RoutingConfig is something else"):
        object_in({"RoutingConfig": ["a"]}, "RoutingConfig", "GetAlias")


def test_a_hash_that_is_refused_is_not_known_and_trouble_is_trouble() -> None:
    with answering(GetFunctionAddress=REFUSED) as cloud:
        assert code_hash(cloud.client, HELLO) is None
    with answering(GetFunctionAddress=failure("InternalError")) as cloud, pytest.raises(CloudError):
        code_hash(cloud.client, HELLO)


def test_code_without_hash_is_still_fetched(tmp_path: Path) -> None:
    with answering(GetFunctionAddress=CODE) as cloud:
        cloud.network.add(responses.GET, CODE["Url"], body=b"archive")
        assert download_to(cloud.client, HELLO, str(tmp_path / "code.zip")) is None
    assert (tmp_path / "code.zip").read_bytes() == b"archive"


def test_code_is_not_written_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_bytes(b"mine")
    with answering(GetFunctionAddress=CODE) as cloud, pytest.raises(ScfDeployError, match=r"cannot be kept in .*zip"):
        download_to(cloud.client, HELLO, str(tmp_path / "code.zip"))
    assert (tmp_path / "code.zip").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 403, "body": b"denied"}, "ServerNetworkError"),
        ({"body": bytes(31 << 20)}, "ResponseSizeLimitExceeded"),
        ({"body": ConnectionResetError("sign=hunter2")}, "ClientNetworkError"),
    ],
    ids=["refused", "too large", "cut"],
)
def test_code_that_cannot_be_fetched_is_an_error_without_its_signature(answer: dict[str, Any], code: str) -> None:
    with answering(GetFunctionAddress=CODE) as cloud:
        cloud.network.add(responses.GET, CODE["Url"], **answer)
        with pytest.raises(CloudError) as caught:
            download(cloud.client, HELLO)
    assert caught.value.code == code
    assert "hunter2" not in str(caught.value)


def test_an_address_of_code_that_is_none_is_an_error() -> None:
    with answering(GetFunctionAddress={"Url": "nowhere"}) as cloud, pytest.raises(CloudError, match="no address"):
        download(cloud.client, HELLO)


def _removal_of_version_2(client: Any) -> Any:
    change = Change(Address.of_layer("shared", 2), Action.DELETE, "", (FieldChange("versions", (2,), None),))
    uploads = Uploads("ap-guangzhou", Account(client), lambda name: pytest.fail(f"{name} was opened"), nullcontext())
    (step,) = LayerWriter(client, {}, uploads, LayerStates(client)).delete(change)
    assert step.readiness is not None
    return step.readiness


@pytest.mark.parametrize(
    ("told", "readiness"),
    [
        (failure("ResourceNotFound.LayerVersion"), Readiness.READY),
        ({"Status": "Deleted"}, Readiness.READY),
        ({"Status": "Deleting"}, Readiness.PENDING),
    ],
    ids=["gone", "deleted", "deleting"],
)
def test_a_version_of_a_layer_is_gone_when_it_is(told: dict[str, Any], readiness: Readiness) -> None:
    with answering(GetLayerVersion=told) as cloud:
        assert _removal_of_version_2(cloud.client)() is readiness


@pytest.mark.parametrize(
    ("told", "code"), [(REFUSED, "UnauthorizedOperation"), ({"Status": "DeleteFailed"}, "DeleteFailed")]
)
def test_a_version_of_a_layer_that_does_not_go_is_a_failure(told: dict[str, Any], code: str) -> None:
    with answering(GetLayerVersion=told) as cloud, pytest.raises(CloudError) as caught:
        _removal_of_version_2(cloud.client)()
    assert (caught.value.kind, caught.value.code) == (ErrorKind.REJECTED, code)


def test_a_layer_that_is_gone_is_none_and_one_that_is_refused_an_error() -> None:
    with answering(ListLayerVersions=failure("ResourceNotFound.Layer")) as cloud:
        assert read_layer(cloud.client, LAYER) is None
    with answering(ListLayerVersions=REFUSED) as cloud, pytest.raises(CloudError):
        read_layer(cloud.client, LAYER)


def test_a_version_that_is_gone_says_nothing() -> None:
    with answering(GetFunction=failure("ResourceNotFound.Function")) as cloud:
        assert read_published(cloud.client, HELLO, "3") == {}


@pytest.mark.parametrize(("newest", "was_made"), [("3", False), ("4", True)])
def test_a_version_was_made_when_there_is_a_newer_one(newest: str, *, was_made: bool) -> None:
    listed = {"Versions": [{"Version": "$LATEST"}, {"Version": newest}], "TotalCount": 2}
    with answering(ListVersionByFunction=listed) as cloud:
        (step,) = publish_steps(cloud.client, PUBLISH)
        assert step.took_effect is not None
        assert step.took_effect() is was_made
        if was_made:
            assert step.outputs is not None
            assert step.outputs() == {"version": "4"}


def test_a_version_that_failed_or_has_no_number_is_a_failure() -> None:
    with answering(PublishVersion={}, GetFunction={"Status": "PublishFailed"}) as cloud:
        (step,) = publish_steps(cloud.client, PUBLISH)
        step.run()
        assert step.readiness is not None
        assert step.outputs is not None
        with pytest.raises(CloudError):
            step.readiness()
        with pytest.raises(CloudError, match="which version"):
            step.outputs()


def test_the_same_page_again_and_again_ends_in_an_error() -> None:
    answer = {"Versions": [{"Version": "1"}], "TotalCount": 1_000_000}
    with answering(ListVersionByFunction=answer) as cloud, pytest.raises(CloudError, match="TotalCount"):
        list_all(cloud.client, "ListVersionByFunction", {}, "Versions")
    assert cloud.calls == ["ListVersionByFunction"] * 2


def test_halves_of_characters_become_question_marks() -> None:
    with answering(GetFunction={"Description": "a\ud800b"}) as cloud:
        assert cloud.client.read("GetFunction", {})["Description"] == "a?b"


@pytest.mark.parametrize("name", ["²", "1" * 5000, "-1", ""])
def test_a_version_whose_name_is_no_number_is_none_of_the_numbers(name: str) -> None:
    with answering(ListVersionByFunction={"Versions": [{"Version": name}, {"Version": "2"}]}) as cloud:
        assert read_numbers(cloud.client, HELLO) == ("2",)

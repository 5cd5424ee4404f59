"""Which URL `invoke` calls in the cloud, and which it does not call."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.config.load_result import NO_ENV_FILE
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Observed, Resource
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import ResolvedFunction
from scfdeploy.operations.urls.call import invoke_url
from scfdeploy.providers.base import Query
from scfdeploy.providers.invocation import HttpRequest

HELLO = Address.of_function("default", "hello")
URL = "https://1250000000-abcdefghij.ap-guangzhou.tencentscf.com"


class CloudWithFunction:
    """Answers reads with the function and its triggers."""

    def __init__(self, *triggers: Resource, exists: bool = True) -> None:
        resources = [Resource(HELLO, {}), *triggers] if exists else []
        self._observed = Observed({resource.address: resource for resource in resources})

    def observe(self, _query: Query) -> Observed:
        return self._observed


def trigger(*urls: str, name: str = "url", auth: str = "NONE", qualifier: str = "$DEFAULT") -> Resource:
    settings = {"authType": auth, "qualifier": qualifier}
    return Resource(HELLO.trigger("http", name), settings, attributes={"urls": urls})


def refusal(
    cloud: CloudWithFunction,
    *,
    qualifier: str = "$DEFAULT",
) -> ScfDeployError:
    provider: Any = cloud
    function = ResolvedFunction(HELLO, None, "ap-guangzhou", provider, NO_ENV_FILE)
    with pytest.raises(ScfDeployError) as raised:
        invoke_url(Request("."), CloudOptions(), function, HttpRequest(), qualifier=qualifier)
    return raised.value


def test_url_that_takes_only_signed_requests_is_not_called() -> None:
    error = refusal(CloudWithFunction(trigger(URL, auth="CAM")))
    assert "accepts only signed requests (authType: CAM)" in error.message
    assert "--header" in (error.hint or "")


def test_function_without_url_is_an_error() -> None:
    for cloud in (CloudWithFunction(), CloudWithFunction(trigger())):
        error = refusal(cloud)
        assert error.message == "function/default/hello has no URL"
        assert "type http" in (error.hint or "")


def test_function_that_does_not_exist_is_an_error() -> None:
    assert "does not exist in ap-guangzhou" in refusal(CloudWithFunction(exists=False)).message


def test_qualifier_without_url_names_those_that_have_one() -> None:
    error = refusal(CloudWithFunction(trigger(URL), trigger(URL, name="b", qualifier="2")), qualifier="3")
    assert "no URL for 3" in error.message
    assert error.hint in {"It has a URL for: 2, $DEFAULT.", "It has a URL for: $DEFAULT, 2."}


@pytest.mark.parametrize(
    "url",
    [
        "http://1250000000-abcdefghij.ap-guangzhou.tencentscf.com",
        "https://169.254.169.254/",
        "https://tencentscf.com.evil.example",
        "https://user@1250000000-abcdefghij.ap-guangzhou.tencentscf.com",
        "file:///etc/passwd",
    ],
)
def test_url_of_another_host_is_not_called(url: str) -> None:
    assert "is not a function URL" in refusal(CloudWithFunction(trigger(url))).message

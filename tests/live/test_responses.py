"""Responses of the account parse in the SDK's classes, without unknown fields, and name errors as expected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tencentcloud.scf.v20180416 import models

from scfdeploy.providers.base import CloudError, ErrorKind
from tests.live.account import Account
from tests.support.project import TIMER, write_project

# The SDK hides its warning about unknown fields; here it is an error.
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.waits("the account, which is another process"),
    pytest.mark.filterwarnings("error:.*fileds are useless"),
]
OF_FUNCTION = ("GetFunction", "GetFunctionAddress", "ListTriggers", "ListVersionByFunction", "ListAliases",
               "GetFunctionEventInvokeConfig", "GetReservedConcurrencyConfig",
               "GetProvisionedConcurrencyConfig")  # fmt: skip
OF_ACCOUNT = ("ListNamespaces", "ListLayers", "ListCustomDomains", "GetAccount", "ListFunctions")


@pytest.fixture(scope="module")
def function(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The parameters that name a deployed function."""
    folder: Path = tmp_path_factory.mktemp("project")
    name = account.name("responses")
    write_project(folder, f"  namespace: {account.prefix}\n{TIMER}", name=name, app=account.prefix)
    applied = account.scfdeploy("apply", folder, "--yes")
    assert applied.exit_code == 0, applied.stdout + applied.stderr
    return {"FunctionName": name, "Namespace": account.prefix}


def parse(action: str, response: Mapping[str, Any]) -> None:
    getattr(models, f"{action}Response")()._deserialize(dict(response))


@pytest.mark.parametrize("action", OF_FUNCTION)
def test_response_about_a_function_is_documented(account: Account, function: Mapping[str, str], action: str) -> None:
    parse(action, account.client.read(action, function))


@pytest.mark.parametrize("action", OF_ACCOUNT)
def test_response_about_the_account_is_documented(account: Account, action: str) -> None:
    parse(action, account.client.read(action, {}))


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("GetFunction", {"FunctionName": "scfdeploy-live-missing"}),
        ("GetCustomDomain", {"Domain": "scfdeploy-live-missing.example.com"}),
        ("GetLayerVersion", {"LayerName": "scfdeploy-live-missing", "LayerVersion": 1}),
    ],
)
def test_missing_resource_is_recognized(account: Account, action: str, parameters: Mapping[str, Any]) -> None:
    with pytest.raises(CloudError) as caught:
        account.client.read(action, parameters)
    assert caught.value.kind is ErrorKind.MISSING, caught.value.code

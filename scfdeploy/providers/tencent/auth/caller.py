"""Whose the key pair is, and which reads it may make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.tencent.transport.client import Client


def read_caller(client: Client) -> str:
    """The account and the user or role, for a message. Raises CloudError if the API says neither."""
    try:
        response = client.read("GetCallerIdentity", {}, product="sts")
    except CloudError as error:
        # Also the answer of an endpoint without the product sts.
        if error.kind is not ErrorKind.REJECTED:
            raise
        return _describe_account(client.read("GetUserAppId", {}, product="cam"))
    account, arn = str(response.get("AccountId") or ""), str(response.get("Arn") or "")
    return message("account {account}, {arn}", account=account, arn=arn)


def _describe_account(response: Mapping[str, Any]) -> str:
    owner, user = str(response.get("OwnerUin") or ""), str(response.get("Uin") or "")
    account = message("account {account}, AppId {app_id}", account=owner or user, app_id=response.get("AppId"))
    is_sub_user = bool(owner) and bool(user) and owner != user
    return message("{account}, sub-user {user}", account=account, user=user) if is_sub_user else account


def try_reads(client: Client, function: Address) -> dict[str, CloudError | None]:
    """Make each read of a plan once; for each action why it failed, None if it is allowed.

    `function` need not exist: an answer that it is missing shows that the read is allowed. Stops at an error that is
    about the keys or the connection, which all further reads would have.
    """
    of_function = {"Namespace": function.namespace, "FunctionName": function.function}
    reads: Mapping[str, Mapping[str, Any]] = {
        "ListFunctions": {"Namespace": function.namespace, "Limit": 1},
        "ListNamespaces": {"Limit": 1},
        "GetAccount": {},
        "GetFunction": {**of_function, "ShowCode": "FALSE"},
        "ListTriggers": of_function,
        "ListAliases": of_function,
        "ListVersionByFunction": of_function,
        "GetFunctionEventInvokeConfig": of_function,
        "GetReservedConcurrencyConfig": of_function,
        "GetProvisionedConcurrencyConfig": of_function,
    }
    outcomes: dict[str, CloudError | None] = {}
    for action, params in reads.items():
        error = _error_of(client, action, params)
        outcomes[f"scf:{action}"] = error
        if error is not None and not is_denial(error):
            break
    return outcomes


def is_denial(error: CloudError) -> bool:
    """Whether the account does not grant the action to the keys."""
    return "Unauthorized" in error.code


def _error_of(client: Client, action: str, params: Mapping[str, Any]) -> CloudError | None:
    try:
        client.read(action, params)
    except CloudError as error:
        return None if error.kind is ErrorKind.MISSING else error
    return None

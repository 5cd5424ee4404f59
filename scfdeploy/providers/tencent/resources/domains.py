"""Reads and writes custom domains, which lead to function URLs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Owner, Resource, Value
from scfdeploy.model.domains import HTTPS, normal_protocols, normal_route, normal_routes
from scfdeploy.plan import Change
from scfdeploy.providers.base import Step, none_if_missing
from scfdeploy.providers.tencent.resources.tags import domain_resource, modify_tags, tag_changes
from scfdeploy.providers.tencent.resources.wire import Params, Settings, pairs
from scfdeploy.providers.tencent.transport.client import Answer, Client
from scfdeploy.providers.tencent.transport.paging import list_all, object_field, object_list

_ACTION = "GetCustomDomain"
_MATCHES = {"wildcard": "WildcardRules", "exact": "ExactRules"}


class DomainWriter:
    """Plans steps for the kind `domain`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, change: Change) -> Sequence[Step]:
        """One call, with the ownership tags."""
        create = Step(
            message("create"),
            lambda: self._client.submit("CreateCustomDomain", _create_params(change)),
            took_effect=lambda: self._is_owned(change),
        )
        return (create,)

    def update(self, change: Change) -> Sequence[Step]:
        """One call sets every setting, another the tags, if they changed."""
        steps: list[Step] = []
        if any(not field.path.startswith("tags.") for field in change.fields):
            update = Step(
                message("set"),
                lambda: self._client.submit("UpdateCustomDomain", _params(change)),
                idempotent=True,
            )
            steps.append(update)
        to_set, to_remove = tag_changes(change.fields)
        if to_set or to_remove:
            resource = domain_resource(self._client, change.address)
            steps.append(
                Step(
                    message("update tags"),
                    lambda: modify_tags(self._client, resource, to_set=to_set, to_remove=to_remove),
                    idempotent=True,
                )
            )
        return steps

    def delete(self, change: Change) -> Sequence[Step]:
        """One call; the functions and their URLs remain."""
        params = {"Domain": change.address.name}
        return (Step(message("delete"), lambda: self._client.submit("DeleteCustomDomain", params), idempotent=True),)

    def _is_owned(self, change: Change) -> bool:
        """Whether the domain exists as this change creates it; another client may have created it."""
        current = read_domain(self._client, change.address)
        return current is not None and current.owner == change.owner


def read_domain(client: Client, domain: Address) -> Resource | None:
    """One custom domain; None if it does not exist. Raises CloudError."""
    response = none_if_missing(lambda: client.read(_ACTION, {"Domain": domain.name}))
    return None if response is None else _resource(domain, response)


def read_domains(client: Client) -> tuple[Resource, ...]:
    """Every custom domain of the region. Raises CloudError."""
    rows = list_all(client, "ListCustomDomains", {}, "Domains", total="Total").rows
    return tuple(_resource(Address.of_domain(str(row.get("Domain") or "")), row) for row in rows)


def _create_params(change: Change) -> Params:
    tags = change.owner.as_tags() if change.owner else {}
    return {**_params(change), "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _params(change: Change) -> Params:
    """The parameters of CreateCustomDomain and UpdateCustomDomain: all settings."""
    settings = change.settings
    waf = str(settings.get("wafInstanceId") or "")
    certificate = str(settings.get("certificateId") or "")
    params: Params = {
        "Domain": change.address.name,
        "Protocol": "&".join(protocol.upper() for protocol in normal_protocols(settings.get("protocols"))),
        "EndpointsConfig": [_endpoint(route) for route in _blocks(settings.get("routes"))],
        "WafConfig": {"WafOpen": "OPEN", "WafInstanceId": waf} if waf else {"WafOpen": "CLOSE"},
    }
    return {**params, "CertConfig": {"CertificateId": certificate}} if certificate else params


def _endpoint(route: Settings) -> Params:
    function = Address.of_function_name(str(route.get("function") or ""))
    rewrites = [
        {
            "Path": rewrite.get("path"),
            "Type": _MATCHES.get(str(rewrite.get("match")), "WildcardRules"),
            "Rewrite": rewrite.get("to"),
        }
        for rewrite in _blocks(route.get("rewrite"))
    ]
    endpoint = {
        "Namespace": function.namespace,
        "FunctionName": function.function,
        "Qualifier": route.get("qualifier"),
        "PathMatch": route.get("path"),
    }
    return {**endpoint, "PathRewrite": rewrites} if rewrites else endpoint


def _resource(domain: Address, row: Answer) -> Resource:
    waf = object_field(row, "WafConfig", _ACTION)
    protocols = normal_protocols(row.get("Protocol"))
    # An update without a certificate leaves the one that the domain had, which HTTP does not use.
    certificate = str(object_field(row, "CertConfig", _ACTION).get("CertificateId") or "") if HTTPS in protocols else ""
    settings: dict[str, Value] = {
        "protocols": protocols,
        "certificateId": certificate,
        "routes": normal_routes(_route(endpoint) for endpoint in object_list(row, "EndpointsConfig", _ACTION)),
        "wafInstanceId": str(waf.get("WafInstanceId") or "") if waf.get("WafOpen") == "OPEN" else "",
    }
    return Resource(domain, settings, Owner.from_tags(pairs(row.get("Tags"))))


def _route(endpoint: Mapping[str, Any]) -> dict[str, Value]:
    namespace = str(endpoint.get("Namespace") or "default")
    function = Address.of_function(namespace, str(endpoint.get("FunctionName") or ""))
    names = {theirs: ours for ours, theirs in _MATCHES.items()}
    rewrites: Iterator[Value] = (
        {
            "path": str(rewrite.get("Path") or ""),
            "to": str(rewrite.get("Rewrite") or ""),
            "match": names.get(str(rewrite.get("Type")), "wildcard"),
        }
        for rewrite in object_list(endpoint, "PathRewrite", _ACTION)
    )
    return normal_route(str(endpoint.get("PathMatch") or ""), function, str(endpoint.get("Qualifier") or ""), rewrites)


def _blocks(value: Value) -> Iterator[Settings]:
    entries = value if isinstance(value, list | tuple) else ()
    return (entry for entry in entries if isinstance(entry, Mapping))

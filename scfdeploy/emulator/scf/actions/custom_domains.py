"""The actions of custom domains, which lead to function URLs. The server stores them; no name leads to it."""

from __future__ import annotations

import re

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf.param_checks import check_choice
from scfdeploy.emulator.scf.records import domains, functions
from scfdeploy.emulator.tag import records as tags

_NAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_PATH = re.compile(r"/|(/[^/*\s]+)*(/\*)?")
_PROTOCOLS = ("HTTP", "HTTPS", "HTTP&HTTPS")
_REWRITES = ("WildcardRules", "ExactRules")
_FIELDS = ("Protocol", "EndpointsConfig", "CertConfig", "WafConfig")


def create_domain(call: ApiCall, parameters: Json) -> Json:
    """Create a custom domain."""
    name = parameters["Domain"]
    if not _NAME.fullmatch(name.lower()):
        raise CloudError("InvalidParameterValue.Domain", f"`{name}` is not a domain name.")
    if domains.find(call, call.region, name) is not None:
        raise CloudError("ResourceInUse.CustomDomain", f"Domain `{name}` exists already.")
    domain = {
        "Domain": name,
        "EndpointsConfig": [],
        "CertConfig": {"CertificateId": ""},
        "WafConfig": {"WafOpen": "CLOSE", "WafInstanceId": ""},
        "added": call.now,
    }
    pairs = tags.from_pairs(parameters.get("Tags", []))
    _put(call, domain, parameters)
    tags.put(call, domains.tag_resource(call.region, name), pairs)
    return {}


def update_domain(call: ApiCall, parameters: Json) -> Json:
    """Change the settings that the parameters contain."""
    _put(call, _require(call, parameters["Domain"]), parameters)
    return {}


def get_domain(call: ApiCall, parameters: Json) -> Json:
    """Return one custom domain."""
    return _visible(call, _require(call, parameters["Domain"]))


def delete_domain(call: ApiCall, parameters: Json) -> Json:
    """Delete a custom domain and its tags."""
    domain = _require(call, parameters["Domain"])
    domains.delete(call, domain)
    tags.put(call, domains.tag_resource(call.region, domain["Domain"]), {})
    return {}


def list_domains(call: ApiCall, parameters: Json) -> Json:
    """Return the custom domains of the region."""
    stored = domains.list_all(call)
    listed = page(stored, parameters, order_by={"AddTime": "added", "ModTime": "modified"}, default="AddTime")
    return {"Total": len(stored), "Domains": [_visible(call, domain) for domain in listed]}


def _put(call: ApiCall, domain: Json, parameters: Json) -> None:
    domain |= {name: parameters[name] for name in _FIELDS if name in parameters} | {"modified": call.now}
    check_choice(domain["Protocol"], "Protocol", _PROTOCOLS, "InvalidParameterValue.Protocol")
    if "HTTPS" in domain["Protocol"] and not domain["CertConfig"].get("CertificateId"):
        raise CloudError("InvalidParameterValue.CertConfig", "HTTPS needs CertConfig.CertificateId.")
    for endpoint in domain["EndpointsConfig"]:
        path = endpoint.get("PathMatch", "/")
        if not _PATH.fullmatch(path):
            raise CloudError("InvalidParameterValue.PathMatch", f"`{path}` is not a path that can be matched.")
        if functions.find(call, domains.called_function(call, endpoint)) is None:
            name = endpoint.get("FunctionName", "")
            raise CloudError("ResourceNotFound.Function", f"Function `{name}` does not exist.")
        for rewrite in endpoint.get("PathRewrite", []):
            check_choice(rewrite.get("Type", ""), "PathRewrite.Type", _REWRITES, "InvalidParameterValue.PathRewrite")
    domains.put(call, domain)


def _require(call: ApiCall, name: str) -> Json:
    domain = domains.find(call, call.region, name)
    if domain is None:
        raise CloudError("FailedOperation.Domain.UnExist", f"Domain `{name}` does not exist.")
    return domain


def _visible(call: ApiCall, domain: Json) -> Json:
    shown = {name: value for name, value in domain.items() if name[0].isupper()}
    present = tags.visible(call, domains.tag_resource(call.region, domain["Domain"]))
    return shown | {"Tags": tags.to_pairs(present)}

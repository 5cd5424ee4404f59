"""The actions of custom domains, which lead to function URLs. The server stores them; no name leads to it."""

from __future__ import annotations

import re

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf.param_checks import check_choice
from scfdeploy.emulator.scf.records import functions, namespaces

_KIND = "custom_domain"
_NAME = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_PROTOCOLS = ("HTTP", "HTTPS", "HTTP&HTTPS")
_REWRITES = ("WildcardRules", "ExactRules")
_FIELDS = ("Protocol", "EndpointsConfig", "CertConfig", "WafConfig")


def create_domain(call: ApiCall, parameters: Json) -> Json:
    """Create a custom domain."""
    name = parameters["Domain"]
    if not _NAME.fullmatch(name.lower()):
        raise CloudError("InvalidParameterValue.Domain", f"`{name}` is not a domain name.")
    if _find(call, name) is not None:
        raise CloudError("ResourceInUse.CustomDomain", f"Domain `{name}` exists already.")
    domain = {
        "Domain": name,
        "EndpointsConfig": [],
        "CertConfig": {"CertificateId": ""},
        "WafConfig": {"WafOpen": "CLOSE", "WafInstanceId": ""},
        "Tags": parameters.get("Tags", []),
        "added": call.now,
    }
    _put(call, domain, parameters)
    return {}


def update_domain(call: ApiCall, parameters: Json) -> Json:
    """Change the settings that the parameters contain."""
    _put(call, _require(call, parameters["Domain"]), parameters)
    return {}


def get_domain(call: ApiCall, parameters: Json) -> Json:
    """Return one custom domain."""
    return _visible(_require(call, parameters["Domain"]))


def delete_domain(call: ApiCall, parameters: Json) -> Json:
    """Delete a custom domain."""
    domain = _require(call, parameters["Domain"])
    call.store.delete(_KIND, _key(call, domain["Domain"]))
    return {}


def list_domains(call: ApiCall, parameters: Json) -> Json:
    """Return the custom domains of the region."""
    domains = [domain for _, domain in call.store.list_prefix(_KIND, f"{call.region}/")]
    listed = page(domains, parameters, order_by={"AddTime": "added", "ModTime": "modified"}, default="AddTime")
    return {"Total": len(domains), "Domains": [_visible(domain) for domain in listed]}


def _put(call: ApiCall, domain: Json, parameters: Json) -> None:
    domain |= {name: parameters[name] for name in _FIELDS if name in parameters} | {"modified": call.now}
    check_choice(domain["Protocol"], "Protocol", _PROTOCOLS, "InvalidParameterValue.Protocol")
    if "HTTPS" in domain["Protocol"] and not domain["CertConfig"].get("CertificateId"):
        raise CloudError("InvalidParameterValue.CertConfig", "HTTPS needs CertConfig.CertificateId.")
    for endpoint in domain["EndpointsConfig"]:
        namespace, name = endpoint.get("Namespace") or namespaces.DEFAULT, endpoint.get("FunctionName", "")
        if functions.find(call, f"{call.region}/{namespace}/{name}") is None:
            raise CloudError("ResourceNotFound.Function", f"Function `{name}` does not exist.")
        for rewrite in endpoint.get("PathRewrite", []):
            check_choice(rewrite.get("Type", ""), "PathRewrite.Type", _REWRITES, "InvalidParameterValue.PathRewrite")
    call.store.put(_KIND, _key(call, domain["Domain"]), domain)


def _find(call: ApiCall, name: str) -> Json | None:
    return call.store.get(_KIND, _key(call, name))


def _require(call: ApiCall, name: str) -> Json:
    domain = _find(call, name)
    if domain is None:
        raise CloudError("ResourceNotFound.CustomDomain", f"Domain `{name}` does not exist.")
    return domain


def _visible(domain: Json) -> Json:
    return {name: value for name, value in domain.items() if name[0].isupper()}


def _key(call: ApiCall, name: str) -> str:
    return f"{call.region}/{name.lower()}"

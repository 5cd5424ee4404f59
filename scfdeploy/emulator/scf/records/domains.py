"""The stored custom domains."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import functions, namespaces

_KIND = "custom_domain"


def find(call: ApiCall, region: str, name: str) -> Json | None:
    """A custom domain; None if it does not exist."""
    return call.store.get(_KIND, f"{region}/{name.lower()}")


def put(call: ApiCall, domain: Json) -> None:
    """Store a custom domain of the call's region."""
    call.store.put(_KIND, _key(call, domain), domain)


def delete(call: ApiCall, domain: Json) -> None:
    """Delete a custom domain of the call's region."""
    call.store.delete(_KIND, _key(call, domain))


def list_all(call: ApiCall) -> list[Json]:
    """Every custom domain of the call's region."""
    return [domain for _, domain in call.store.list_prefix(_KIND, f"{call.region}/")]


def called_function(call: ApiCall, endpoint: Json) -> str:
    """The key of the function that a route calls."""
    namespace = endpoint.get("Namespace") or namespaces.DEFAULT
    return f"{call.region}/{namespace}/{endpoint.get('FunctionName', '')}"


def domain_of_url(call: ApiCall, function: str, qualifier: str) -> str | None:
    """A domain with a route to the URL of a version or alias of a function; None if there is none."""
    for domain in list_all(call):
        for endpoint in domain["EndpointsConfig"]:
            is_same = (endpoint.get("Qualifier") or functions.LATEST) == qualifier
            if is_same and called_function(call, endpoint) == function:
                return str(domain["Domain"])
    return None


def tag_resource(region: str, name: str) -> str:
    """The key of a custom domain in the tag product."""
    return f"scf/{region}/customdomain/{name.lower()}"


def _key(call: ApiCall, domain: Json) -> str:
    return f"{call.region}/{str(domain['Domain']).lower()}"

"""The custom domains of a project, which its functions list under `customDomains`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scfdeploy.model.address import Address
from scfdeploy.model.observed import Owner
from scfdeploy.model.spec import FunctionSpec, Instance, Project
from scfdeploy.model.value import Path, Value
from scfdeploy.records import NamedTuple

HTTP, HTTPS = "http", "https"
_SETTING = "customDomains"
DEFAULT_PATH = "/*"
_DEFAULT_QUALIFIER = "$DEFAULT"
_URL = "http"  # the type of the trigger that is a function URL


class DomainSpec(NamedTuple):
    """One custom domain."""

    address: Address
    owner: Owner
    function: FunctionSpec
    """The function that lists it."""
    position: int
    """Its position in the function's list, from 0."""
    settings: Mapping[str, Value]
    """In normal form, with the defaults of keys that the file omits: a domain is managed as a whole.

    Only `wafInstanceId` is absent unless it is written.
    """

    @property
    def sensitive(self) -> frozenset[Path]:
        """The paths of values that must not be shown, relative to the domain."""
        start = (_SETTING, self.position)
        return frozenset(path[2:] for path in self.function.sensitive if path[:2] == start)


def domains_of(project: Project) -> tuple[DomainSpec, ...]:
    """The custom domains of all functions, in the order of the files; one that is listed twice occurs twice."""
    return tuple(
        DomainSpec(Address.of_domain(host), function.owner, function, index, _settings(written, function, instance))
        for instance in project.instances
        for function in instance.functions
        for index, written in enumerate(_blocks(function.settings.get(_SETTING)))
        if isinstance(host := written.get("domain"), str) and host
    )


def normal_protocols(names: object) -> tuple[str, ...]:
    """The protocols in lower case and in a fixed order; `HTTP&HTTPS` means both."""
    items = names if isinstance(names, list | tuple) else (names,)
    return tuple(sorted({part.strip().lower() for item in items for part in str(item or "").split("&")} - {""}))


def normal_routes(routes: Iterable[Mapping[str, Value]]) -> tuple[Mapping[str, Value], ...]:
    """The routes in a fixed order: theirs has no meaning, because the most specific path wins."""
    return tuple(sorted(routes, key=lambda route: str(route.get("path"))))


def normal_route(path: str, function: Address, qualifier: str, rewrites: Iterable[Value]) -> dict[str, Value]:
    """A route in normal form."""
    route: dict[str, Value] = {"path": path, "function": function.function_name, "qualifier": qualifier}
    rewrite = tuple(rewrites)
    return {**route, "rewrite": rewrite} if rewrite else route


def routed_functions(settings: Mapping[str, Value]) -> frozenset[tuple[Address, str]]:
    """The functions, each with its version or alias, that the routes of a domain in normal form call."""
    return frozenset(
        (Address.of_function_name(str(route.get("function"))), str(route.get("qualifier")))
        for route in _blocks(settings.get("routes"))
    )


def _settings(written: Mapping[str, Value], function: FunctionSpec, instance: Instance) -> dict[str, Value]:
    certificate = str(written.get("certificateId") or "")
    protocols = normal_protocols(written.get("protocols")) or ((HTTP, HTTPS) if certificate else (HTTP,))
    routes = [_route(route, function, instance) for route in _blocks(written.get("routes"))]
    settings: dict[str, Value] = {
        "protocols": protocols,
        "certificateId": certificate if HTTPS in protocols else "",
        "routes": normal_routes(routes) or (_route({}, function, instance),),
    }
    if "wafInstanceId" in written:
        settings["wafInstanceId"] = str(written["wafInstanceId"] or "")
    return settings


def _route(written: Mapping[str, Value], function: FunctionSpec, instance: Instance) -> dict[str, Value]:
    address = _function_of(str(written.get("function") or ""), function, instance)
    qualifier = written.get("qualifier") or _url_qualifier(address, instance)
    rewrites = (_rewrite(rewrite) for rewrite in _blocks(written.get("rewrite")))
    return normal_route(str(written.get("path") or DEFAULT_PATH), address, str(qualifier), rewrites)


def _rewrite(written: Mapping[str, Value]) -> Value:
    path = str(written.get("path") or "")
    return {
        "path": path,
        "to": str(written.get("to") or ""),
        "match": str(written.get("match") or ("wildcard" if "*" in path else "exact")),
    }


def _function_of(name: str, function: FunctionSpec, instance: Instance) -> Address:
    """The function that a route names by its key, or by its name in the namespace of the function with the route."""
    if not name:
        return function.address
    by_key = {other.key: other.address for other in instance.functions if other.key}
    return by_key.get(name) or Address.of_function_name(name, function.address.namespace)


def _url_qualifier(address: Address, instance: Instance) -> str:
    """The version or alias of the function's URL."""
    for function in instance.functions:
        if function.address == address:
            urls = (trigger.settings.get("qualifier") for trigger in function.triggers if trigger.type == _URL)
            return next((str(qualifier) for qualifier in urls if qualifier), _DEFAULT_QUALIFIER)
    return _DEFAULT_QUALIFIER


def _blocks(value: Value) -> Iterator[Mapping[str, Value]]:
    """The mappings of a list; others are replaced by an empty one, so that positions stay."""
    entries = value if isinstance(value, list | tuple) else ()
    return (entry if isinstance(entry, Mapping) else {} for entry in entries)

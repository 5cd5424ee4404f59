"""Forwarding rules of load balancers, and functions as their targets.

Balancers and listeners are not stored: every valid id of a balancer has a listener for every protocol and port that is
requested. Rules and targets are stored. Tasks complete at once.
"""

from __future__ import annotations

import hashlib
import re

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.scf.records import aliases, functions, triggers
from scfdeploy.facts import limit

_LISTENER = "clb-listener"
_BALANCER = re.compile(r"lb-[0-9a-z]{4,12}")


def describe_listeners(call: ApiCall, parameters: Json) -> Json:
    """Return listeners with their rules."""
    listeners = [_api_fields(listener, targets=False) for listener in _listeners(call, parameters)]
    return {"Listeners": listeners, "TotalCount": len(listeners)}


def describe_targets(call: ApiCall, parameters: Json) -> Json:
    """Return listeners with the targets of their rules."""
    return {"Listeners": [_api_fields(listener, targets=True) for listener in _listeners(call, parameters)]}


def create_rule(call: ApiCall, parameters: Json) -> Json:
    """Add rules to a listener."""
    listener = _listener(call, parameters)
    locations = []
    for rule in parameters["Rules"]:
        domain, url = rule.get("Domain", ""), rule.get("Url", "")
        if not 1 <= len(domain) <= 80 or not 1 <= len(url) <= 200 or not url.startswith("/"):
            raise CloudError(
                "InvalidParameterValue.Length", "A rule has a domain, and a path that begins with a slash."
            )
        if any((known["Domain"], known["Url"]) == (domain, url) for known in listener["rules"]):
            raise CloudError("InvalidParameterValue.Duplicate", "The listener has this rule already.")
        digest = hashlib.sha256(f"{listener['ListenerId']}/{domain}/{url}".encode()).hexdigest()
        location = f"loc-{digest[:8]}"
        listener["rules"].append({"LocationId": location, "Domain": domain, "Url": url, "FunctionTargets": []})
        locations.append(location)
    _put(call, listener)
    return {"LocationIds": locations}


def register(call: ApiCall, parameters: Json) -> Json:
    """Make a function the target of a rule, which has at most one."""
    listener, rule = _rule(call, parameters)
    target, key = _target(call, parameters)
    if rule["FunctionTargets"]:
        raise CloudError("InvalidParameterValue.Duplicate", "The rule has a function as its target already.")
    rule["FunctionTargets"] = [target]
    _put(call, listener)
    qualifier, source = target["Function"]["FunctionQualifier"], _source(listener, rule)
    triggers.put_bound(call, key, "clb", description={}, qualifier=qualifier, source=source)
    return {}


def modify(call: ApiCall, parameters: Json) -> Json:
    """Change the weight of the target of a rule."""
    listener, rule = _rule(call, parameters)
    target, _ = _target(call, parameters)
    _require_target(rule, target)
    rule["FunctionTargets"] = [target]
    _put(call, listener)
    return {}


def deregister(call: ApiCall, parameters: Json) -> Json:
    """Remove the target of a rule."""
    listener, rule = _rule(call, parameters)
    target, key = _target(call, parameters)
    _require_target(rule, target)
    rule["FunctionTargets"] = []
    _put(call, listener)
    call.store.delete(triggers.KIND, triggers.bound_key(key, "clb", _source(listener, rule)))
    return {}


def describe_task(_call: ApiCall, _parameters: Json) -> Json:
    """Return that the task has completed."""
    return {"Status": 0, "LoadBalancerIds": [], "Message": ""}


def _listeners(call: ApiCall, parameters: Json) -> list[Json]:
    """The stored listeners, and the one that protocol and port name."""
    balancer = _balancer(parameters)
    protocol, port = parameters.get("Protocol"), parameters.get("Port")
    stored = call.store.list_prefix(_LISTENER, f"{call.region}/{balancer}/")
    listeners = [_drop_stale_targets(call, listener) for _, listener in stored]
    if protocol and port and not any((li["Protocol"], li["Port"]) == (protocol, port) for li in listeners):
        if protocol not in ("HTTP", "HTTPS") or not 1 <= port <= 65535:
            raise CloudError("InvalidParameter.ProtocolCheckFailed", "No such listener can have rules.")
        listeners.append(_new_listener(balancer, protocol, port))
    ids = parameters.get("ListenerIds")
    return [
        listener
        for listener in listeners
        if (not ids or listener["ListenerId"] in ids)
        and (not protocol or listener["Protocol"] == protocol)
        and (not port or listener["Port"] == port)
    ]


def _new_listener(balancer: str, protocol: str, port: int) -> Json:
    listener = f"lbl-{protocol.lower()}{port}"
    return {"balancer": balancer, "ListenerId": listener, "Protocol": protocol, "Port": port, "rules": []}


def _listener(call: ApiCall, parameters: Json) -> Json:
    balancer, name = _balancer(parameters), parameters["ListenerId"]
    listener = call.store.get(_LISTENER, f"{call.region}/{balancer}/{name}")
    if listener is not None:
        return _drop_stale_targets(call, listener)
    match = re.fullmatch(r"lbl-(https?)(\d+)", name)
    if match is None:
        raise CloudError("InvalidParameter.ListenerIdNotFound", "There is no such listener.")
    return _new_listener(balancer, match[1].upper(), int(match[2]))


def _drop_stale_targets(call: ApiCall, listener: Json) -> Json:
    """The listener without targets whose functions were deleted."""
    for rule in listener["rules"]:
        rule["FunctionTargets"] = [
            target for target in rule["FunctionTargets"] if _is_bound(call, target["Function"], _source(listener, rule))
        ]
    return listener


def _is_bound(call: ApiCall, function: Json, source: str) -> bool:
    key = f"{call.region}/{function['FunctionNamespace']}/{function['FunctionName']}"
    return call.store.get(triggers.KIND, triggers.bound_key(key, "clb", source)) is not None


def _rule(call: ApiCall, parameters: Json) -> tuple[Json, Json]:
    listener = _listener(call, parameters)
    location, address = parameters.get("LocationId"), (parameters.get("Domain"), parameters.get("Url"))
    for rule in listener["rules"]:
        if rule["LocationId"] == location or (not location and (rule["Domain"], rule["Url"]) == address):
            return listener, rule
    raise CloudError("InvalidParameter.LocationNotFound", "There is no such rule.")


def _target(call: ApiCall, parameters: Json) -> tuple[Json, str]:
    """The target in the parameters, and the key of its function."""
    if len(parameters["FunctionTargets"]) != 1:
        raise CloudError("InvalidParameterValue.Length", "A rule has one function.")
    target = parameters["FunctionTargets"][0]
    function, weight = target.get("Function", {}), target.get("Weight", limit("clb.weight.default"))
    if not 0 <= weight <= limit("clb.weight.max"):
        raise CloudError("InvalidParameterValue.Range", f"Weight must be 0 to {limit('clb.weight.max')}.")
    if not function.get("FunctionName"):
        raise CloudError("MissingParameter", "A target needs a FunctionName.")
    name, namespace = function["FunctionName"], function.get("FunctionNamespace", "default")
    key = functions.existing_key(call, {"FunctionName": name, "Namespace": namespace})
    if functions.get_version(call, key)["Type"] != "Event":
        raise CloudError("InvalidParameterValue", "Only event functions can be targets.")
    qualifier = function.get("FunctionQualifier") or functions.LATEST
    aliases.resolve(call, key, qualifier)
    kind = "VERSION" if qualifier == functions.LATEST or qualifier.isdigit() else "ALIAS"
    if function.get("FunctionQualifierType", kind) != kind:
        raise CloudError("InvalidParameterValue", f"FunctionQualifierType of `{qualifier}` is {kind}.")
    function = {
        "FunctionNamespace": key.split("/")[1],
        "FunctionName": name,
        "FunctionQualifier": qualifier,
        "FunctionQualifierType": kind,
    }
    return {"Function": function, "Weight": weight}, key


def _require_target(rule: Json, target: Json) -> None:
    if not any(known["Function"] == target["Function"] for known in rule["FunctionTargets"]):
        raise CloudError("InvalidParameter", "The function is not a target of the rule.")


def _api_fields(listener: Json, *, targets: bool) -> Json:
    rules = [
        {name: rule[name] for name in ("LocationId", "Domain", "Url")}
        | ({"Targets": [], "FunctionTargets": rule["FunctionTargets"]} if targets else {})
        for rule in listener["rules"]
    ]
    return {name: listener[name] for name in ("ListenerId", "Protocol", "Port")} | {"Rules": rules}


def _balancer(parameters: Json) -> str:
    name = str(parameters["LoadBalancerId"])
    if not _BALANCER.fullmatch(name):
        raise CloudError("InvalidParameter.LBIdNotFound", f"There is no load balancer `{name}`.")
    return name


def _put(call: ApiCall, listener: Json) -> None:
    call.store.put(_LISTENER, f"{call.region}/{listener['balancer']}/{listener['ListenerId']}", listener)


def _source(listener: Json, rule: Json) -> str:
    return f"{listener['balancer']}/{listener['ListenerId']}/{rule['LocationId']}"

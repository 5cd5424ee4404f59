"""The load balancer product: forwarding rules, and functions as their targets.

Balancers and listeners are not this server's: any well-formed id of a balancer has a listener for every protocol and
port that is asked for. Rules and targets are kept. Tasks are done at once.
"""

from __future__ import annotations

import hashlib
import re

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import aliases, functions, triggers
from scfdeploy.facts import limit

_LISTENER = "clb-listener"
_BALANCER = re.compile(r"lb-[0-9a-z]{4,12}")


def describe_listeners(call: ApiCall, parameters: Json) -> Json:
    """Listeners with their rules."""
    found = [_shown(listener, targets=False) for listener in _listeners(call, parameters)]
    return {"Listeners": found, "TotalCount": len(found)}


def describe_targets(call: ApiCall, parameters: Json) -> Json:
    """Listeners with the targets of their rules."""
    return {"Listeners": [_shown(listener, targets=True) for listener in _listeners(call, parameters)]}


def create_rule(call: ApiCall, parameters: Json) -> Json:
    """Add rules to a listener."""
    listener = _listener(call, parameters)
    made = []
    for rule in parameters["Rules"]:
        domain, url = rule.get("Domain", ""), rule.get("Url", "")
        if not 1 <= len(domain) <= 80 or not 1 <= len(url) <= 200 or not url.startswith("/"):
            raise CloudError(
                "InvalidParameterValue.Length", "A rule has a domain, and a path that begins with a slash."
            )
        if any((known["Domain"], known["Url"]) == (domain, url) for known in listener["rules"]):
            raise CloudError("InvalidParameterValue.Duplicate", "The listener has this rule already.")
        location = f"loc-{_id(listener['ListenerId'], domain, url)}"
        listener["rules"].append({"LocationId": location, "Domain": domain, "Url": url, "FunctionTargets": []})
        made.append(location)
    _keep(call, listener)
    return {"LocationIds": made}


def register(call: ApiCall, parameters: Json) -> Json:
    """Make a function the target of a rule, which may have one."""
    listener, rule = _rule(call, parameters)
    target, key = _target(call, parameters)
    if rule["FunctionTargets"]:
        raise CloudError("InvalidParameterValue.Duplicate", "The rule has a function as its target already.")
    rule["FunctionTargets"] = [target]
    _keep(call, listener)
    tail = _tail(listener, rule)
    qualifier = target["Function"]["FunctionQualifier"]
    triggers.keep_bound(call, key, "clb", description={}, qualifier=qualifier, resource="clb", tail=tail)
    return {}


def modify(call: ApiCall, parameters: Json) -> Json:
    """Change the weight of a rule's target."""
    listener, rule = _rule(call, parameters)
    target, _ = _target(call, parameters)
    _require_target(rule, target)
    rule["FunctionTargets"] = [target]
    _keep(call, listener)
    return {}


def deregister(call: ApiCall, parameters: Json) -> Json:
    """Take the function off a rule; the rule stays."""
    listener, rule = _rule(call, parameters)
    target, key = _target(call, parameters)
    _require_target(rule, target)
    rule["FunctionTargets"] = []
    _keep(call, listener)
    call.store.delete(triggers.KIND, f"{key}/clb/ {_tail(listener, rule)}")
    return {}


def describe_task(_call: ApiCall, _parameters: Json) -> Json:
    """Every task is done when its call is answered."""
    return {"Status": 0, "LoadBalancerIds": [], "Message": ""}


def _listeners(call: ApiCall, parameters: Json) -> list[Json]:
    """Those that are known, and the one that protocol and port name."""
    balancer = _balancer(parameters)
    protocol, port = parameters.get("Protocol"), parameters.get("Port")
    known = [_living(call, found) for _, found in call.store.list_prefix(_LISTENER, f"{call.region}/{balancer}/")]
    if protocol and port and not any((one["Protocol"], one["Port"]) == (protocol, port) for one in known):
        if protocol not in ("HTTP", "HTTPS") or not 1 <= port <= 65535:
            raise CloudError("InvalidParameter.ProtocolCheckFailed", "No such listener can have rules.")
        known.append(_new(balancer, protocol, port))
    wanted = parameters.get("ListenerIds")
    return [
        one
        for one in known
        if (not wanted or one["ListenerId"] in wanted)
        and (not protocol or one["Protocol"] == protocol)
        and (not port or one["Port"] == port)
    ]


def _new(balancer: str, protocol: str, port: int) -> Json:
    listener = f"lbl-{protocol.lower()}{port}"
    return {"balancer": balancer, "ListenerId": listener, "Protocol": protocol, "Port": port, "rules": []}


def _listener(call: ApiCall, parameters: Json) -> Json:
    balancer, name = _balancer(parameters), parameters["ListenerId"]
    found = call.store.get(_LISTENER, f"{call.region}/{balancer}/{name}")
    parts = re.fullmatch(r"lbl-(https?)(\d+)", name)
    if found is None and parts is None:
        raise CloudError("InvalidParameter.ListenerIdNotFound", "There is no such listener.")
    if found is not None:
        return _living(call, found)
    return _new(balancer, str(parts and parts[1]).upper(), int(parts[2]) if parts else 0)


def _living(call: ApiCall, listener: Json) -> Json:
    """The listener without targets whose functions are gone, and their triggers with them."""
    for rule in listener["rules"]:
        rule["FunctionTargets"] = [
            target for target in rule["FunctionTargets"] if _is_bound(call, target["Function"], _tail(listener, rule))
        ]
    return listener


def _is_bound(call: ApiCall, function: Json, tail: str) -> bool:
    key = f"{call.region}/{function['FunctionNamespace']}/{function['FunctionName']}"
    return call.store.get(triggers.KIND, f"{key}/clb/ {tail}") is not None


def _rule(call: ApiCall, parameters: Json) -> tuple[Json, Json]:
    listener = _listener(call, parameters)
    location, address = parameters.get("LocationId"), (parameters.get("Domain"), parameters.get("Url"))
    for rule in listener["rules"]:
        if rule["LocationId"] == location or (not location and (rule["Domain"], rule["Url"]) == address):
            return listener, rule
    raise CloudError("InvalidParameter.LocationNotFound", "There is no such rule.")


def _target(call: ApiCall, parameters: Json) -> tuple[Json, str]:
    """The one target that the parameters name, and the key of its function."""
    if len(parameters["FunctionTargets"]) != 1:
        raise CloudError("InvalidParameterValue.Length", "A rule takes one function.")
    target = parameters["FunctionTargets"][0]
    named, weight = target.get("Function", {}), target.get("Weight", limit("clb.weight.default"))
    if not 0 <= weight <= limit("clb.weight.max"):
        raise CloudError("InvalidParameterValue.Range", f"Weight must be 0 to {limit('clb.weight.max')}.")
    if not named.get("FunctionName"):
        raise CloudError("MissingParameter", "A target names its function.")
    key = functions.key_of(
        call, {"FunctionName": named["FunctionName"], "Namespace": named.get("FunctionNamespace", "default")}
    )
    functions.require(call, key)
    if functions.version(call, key)["Type"] != "Event":
        raise CloudError("InvalidParameterValue", "Only event functions can be targets.")
    qualifier = named.get("FunctionQualifier") or functions.LATEST
    aliases.resolve(call, key, qualifier)
    kind = "VERSION" if qualifier == functions.LATEST or qualifier.isdigit() else "ALIAS"
    if named.get("FunctionQualifierType", kind) != kind:
        raise CloudError("InvalidParameterValue", f"FunctionQualifierType of `{qualifier}` is {kind}.")
    _, namespace, name = key.split("/")
    function = {
        "FunctionNamespace": namespace,
        "FunctionName": name,
        "FunctionQualifier": qualifier,
        "FunctionQualifierType": kind,
    }
    return {"Function": function, "Weight": weight}, key


def _require_target(rule: Json, target: Json) -> None:
    if not any(known["Function"] == target["Function"] for known in rule["FunctionTargets"]):
        raise CloudError("InvalidParameter", "The function is not a target of the rule.")


def _shown(listener: Json, *, targets: bool) -> Json:
    words = ("LocationId", "Domain", "Url")
    rules = [
        {word: rule[word] for word in words}
        | ({"Targets": [], "FunctionTargets": rule["FunctionTargets"]} if targets else {})
        for rule in listener["rules"]
    ]
    return {word: listener[word] for word in ("ListenerId", "Protocol", "Port")} | {"Rules": rules}


def _balancer(parameters: Json) -> str:
    name = str(parameters["LoadBalancerId"])
    if not _BALANCER.fullmatch(name):
        raise CloudError("InvalidParameter.LBIdNotFound", f"There is no load balancer `{name}`.")
    return name


def _keep(call: ApiCall, listener: Json) -> None:
    call.store.put(_LISTENER, f"{call.region}/{listener['balancer']}/{listener['ListenerId']}", listener)


def _tail(listener: Json, rule: Json) -> str:
    return f"{listener['balancer']}/{listener['ListenerId']}/{rule['LocationId']}"


def _id(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:8]

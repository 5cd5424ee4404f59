"""CLB: call a function for the requests that reach one address of a load balancer."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.facts import limit
from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.triggers.base import (
    DEFAULT_QUALIFIER,
    ENABLE_CODE,
    ENABLE_WORDS,
    CloudTrigger,
    Making,
    qualifier_of,
    whole_number,
)

_FIELDS = (
    Field(
        "loadBalanceId",
        Kind.STRING,
        "Id of the load balancer, in the function's region.",
        UpdateMode.IDENTITY,
        required=True,
        aliases=("loadBalancerId", "LoadBalancerId"),
    ),
    Field(
        "protocol",
        Kind.STRING,
        "Protocol of the listener, which has to exist.",
        UpdateMode.IDENTITY,
        required=True,
        choices=("HTTP", "HTTPS"),
    ),
    Field("port", Kind.INTEGER, "Port of the listener.", UpdateMode.IDENTITY, required=True, minimum=1, maximum=65535),
    Field("domain", Kind.STRING, "Domain of the forwarding rule.", UpdateMode.IDENTITY, required=True),
    Field(
        "url", Kind.STRING, "Path of the forwarding rule, beginning with a slash.", UpdateMode.IDENTITY, required=True
    ),
    Field(
        "weight",
        Kind.INTEGER,
        "Share of the requests.",
        default=str(limit("clb.weight.default")),
        minimum=0,
        maximum=limit("clb.weight.max"),
    ),
    Field(
        "enable",
        Kind.BOOLEAN,
        "Always on: the platform has no switch for it.",
        UpdateMode.TOOL,
        default="true",
        words=ENABLE_WORDS,
        code=ENABLE_CODE,
    ),
    Field("qualifier", Kind.STRING, "Version or alias to call.", UpdateMode.REPLACE, default=DEFAULT_QUALIFIER),
)
_IDENTITY = ("loadBalanceId", "protocol", "port", "domain", "url")


class ClbTrigger:
    """The type `clb`, created by the load balancer product, named `<balancer>/<protocol>:<port>/<domain><url>`."""

    type = "clb"
    making = Making(product="clb", marked=False, exclusive=True)
    fields = _FIELDS
    lost = ""

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """Balancer, listener and rule."""
        values = [settings.get(key) for key in _IDENTITY]
        if any(value in (None, "") for value in values):
            return default
        balancer, protocol, port, domain, url = values
        return f"{balancer}/{protocol}:{port}/{domain}{url}"

    def name_of(self, trigger: CloudTrigger) -> str:
        """Balancer, listener and rule; only the balancer when the API does not return the rule."""
        parameters = trigger.parameters
        if not parameters.get("Protocol"):
            return str(parameters.get("LoadBalancerId") or "")
        listener = f"{parameters['Protocol']}:{parameters.get('Port')}"
        return f"{parameters.get('LoadBalancerId')}/{listener}/{parameters.get('Domain')}{parameters.get('Url')}"

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The parameters of the load balancer API."""
        balancer, listener, address, *_ = (*name.split("/", 2), "", "")
        protocol, _, port = listener.partition(":")
        domain, _, path = address.partition("/")
        weight = settings.get("weight")
        parameters: dict[str, Value] = {
            "LoadBalancerId": balancer,
            "Protocol": protocol,
            "Port": whole_number(port),
            "Domain": domain,
            "Url": f"/{path}",
            "Weight": limit("clb.weight.default") if weight is None else weight,
        }
        return CloudTrigger("", "", qualifier_of(settings), parameters=parameters)

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The same; only the weight can be changed in place."""
        return self.to_cloud(name, settings)

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form."""
        parameters = trigger.parameters
        settings: dict[str, Value] = {"loadBalanceId": parameters.get("LoadBalancerId"), "qualifier": trigger.qualifier}
        for ours, theirs in (("protocol", "Protocol"), ("port", "Port"), ("domain", "Domain"), ("url", "Url")):
            if parameters.get(theirs) is not None:
                settings[ours] = parameters[theirs]
        weight = whole_number(parameters.get("Weight"))
        return settings if weight is None else {**settings, "weight": weight}

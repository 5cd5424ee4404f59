"""Function URLs: call a function over HTTP, without an API Gateway."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.triggers.base import DEFAULT_QUALIFIER, CloudTrigger, Making, qualifier_of, read_object

_NET = (
    Field("enableIntranet", Kind.BOOLEAN, "Whether private networks can reach the URL.", default="false"),
    Field("enableExtranet", Kind.BOOLEAN, "Whether the internet can reach the URL.", default="false"),
)
_CORS = (
    Field("enable", Kind.BOOLEAN, "Whether the platform answers CORS requests.", default="false"),
    Field("origins", Kind.STRING_LIST, "Allowed origins; `*` allows all."),
    Field("methods", Kind.STRING_LIST, "Allowed methods."),
    Field("headers", Kind.STRING_LIST, "Allowed request headers."),
    Field("exposeHeaders", Kind.STRING_LIST, "Response headers that pages can read."),
    Field("credentials", Kind.BOOLEAN, "Whether requests can include cookies."),
    Field("maxAge", Kind.INTEGER, "How long browsers cache a preflight response, in seconds.", minimum=0),
)
_FIELDS = (
    Field("name", Kind.STRING, "Name of the trigger.", UpdateMode.IDENTITY, default="url-trigger"),
    Field(
        "authType",
        Kind.STRING,
        "`NONE` (public) or `CAM` (signed requests only).",
        default="NONE",
        choices=("NONE", "CAM"),
        aliases=("AuthType",),
    ),
    Field(
        "netConfig",
        Kind.BLOCK,
        "Networks that can reach the URL. Without this block, the internet only.",
        fields=_NET,
        aliases=("NetConfig",),
    ),
    Field("corsConfig", Kind.BLOCK, "Cross-origin requests (CORS).", fields=_CORS, aliases=("CorsConfig",)),
    Field("qualifier", Kind.STRING, "Version or alias to call.", UpdateMode.REPLACE, default=DEFAULT_QUALIFIER),
)
# A URL that no network can reach is useless, so a missing block means the internet. In a block, a missing key is off,
# as it always was for this component.
_NET_UNWRITTEN: Mapping[str, Value] = {"enableExtranet": True}


class HttpTrigger:
    """The type `http`: one URL per version or alias. Its description is an object with capitalised keys."""

    type = "http"
    making = Making(updatable=True, named=True)
    fields = _FIELDS
    lost = "its URL"

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The configured name, or `url-trigger`."""
        return str(settings.get("name") or "url-trigger")

    def name_of(self, trigger: CloudTrigger) -> str:
        """The name itself."""
        return trigger.name

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The API form: compact JSON with a fixed key order."""
        import json

        net = _block(settings.get("netConfig")) or _NET_UNWRITTEN
        shape: dict[str, object] = {
            "AuthType": str(settings.get("authType") or "NONE"),
            "NetConfig": {_capital(field.name): bool(net.get(field.name, False)) for field in _NET},
        }
        cors = _block(settings.get("corsConfig"))
        if cors:
            shape["CorsConfig"] = {_capital(field.name): cors[field.name] for field in _CORS if field.name in cors}
        return CloudTrigger(
            name=name,
            description=json.dumps(shape, separators=(",", ":"), ensure_ascii=False),
            qualifier=qualifier_of(settings),
        )

    def to_update(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The same: everything can be changed in place."""
        return self.to_cloud(name, settings)

    def from_cloud(self, trigger: CloudTrigger) -> dict[str, Value]:
        """The settings in normal form, without missing or unknown parts of the description."""
        described = read_object(trigger.description) or {}
        settings: dict[str, Value] = {"qualifier": trigger.qualifier}
        auth_type = described.get("AuthType")
        if isinstance(auth_type, str):
            settings["authType"] = auth_type
        for name, fields in (("netConfig", _NET), ("corsConfig", _CORS)):
            block = _read_block(described.get(_capital(name)), fields)
            if block:
                settings[name] = block
        return settings


def _block(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _read_block(described: object, fields: tuple[Field, ...]) -> dict[str, Value]:
    if not isinstance(described, Mapping):
        return {}
    present = {field.name: described[_capital(field.name)] for field in fields if _capital(field.name) in described}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in present.items()}

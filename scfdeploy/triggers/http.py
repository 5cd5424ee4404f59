"""Function URLs: call a function by HTTP, without an API gateway."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import Field, Kind, UpdateMode, Value
from scfdeploy.triggers.base import DEFAULT_QUALIFIER, CloudTrigger, Making, qualifier_of, read_object

_NET = (
    Field("enableIntranet", Kind.BOOLEAN, "Whether private networks reach the URL.", default="false"),
    Field("enableExtranet", Kind.BOOLEAN, "Whether the internet reaches the URL.", default="false"),
)
_CORS = (
    Field("enable", Kind.BOOLEAN, "Whether the platform answers for other origins.", default="false"),
    Field("origins", Kind.STRING_LIST, "Origins that may call, `*` for all."),
    Field("methods", Kind.STRING_LIST, "Methods that may be used."),
    Field("headers", Kind.STRING_LIST, "Request headers that may be sent."),
    Field("exposeHeaders", Kind.STRING_LIST, "Response headers that a page may read."),
    Field("credentials", Kind.BOOLEAN, "Whether cookies may be sent."),
    Field("maxAge", Kind.INTEGER, "How long a browser may keep the answer, in seconds.", minimum=0),
)
_FIELDS = (
    Field("name", Kind.STRING, "Name of the trigger.", UpdateMode.IDENTITY, default="url-trigger"),
    Field(
        "authType",
        Kind.STRING,
        "`NONE` (anybody may call) or `CAM` (signed calls only).",
        default="NONE",
        choices=("NONE", "CAM"),
        aliases=("AuthType",),
    ),
    Field(
        "netConfig",
        Kind.BLOCK,
        "Which networks reach the URL; without this block the internet alone.",
        fields=_NET,
        aliases=("NetConfig",),
    ),
    Field("corsConfig", Kind.BLOCK, "Calls from pages of other origins.", fields=_CORS, aliases=("CorsConfig",)),
    Field("qualifier", Kind.STRING, "Version or alias to call.", UpdateMode.REPLACE, default=DEFAULT_QUALIFIER),
)
# A URL that no network reaches helps nobody, so an absent block means the internet. Within a written block an absent
# key is off, as it always was for this component.
_NET_UNWRITTEN: Mapping[str, Value] = {"enableExtranet": True}


class HttpTrigger:
    """The type `http`: one URL for each version or alias. Its description is an object with capitalised keys."""

    type = "http"
    making = Making(updatable=True, named=True)
    fields = _FIELDS
    lost = "its URL"

    def name(self, settings: Mapping[str, Value], default: str) -> str:
        """The written name, or `url-trigger`."""
        return str(settings.get("name") or "url-trigger")

    def name_of(self, trigger: CloudTrigger) -> str:
        """The name itself."""
        return trigger.name

    def to_cloud(self, name: str, settings: Mapping[str, Value]) -> CloudTrigger:
        """The form on the wire: compact, keys always in one order."""
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
        """The settings in normal form; what the description does not say, or says in unknown words, is left out."""
        shown = read_object(trigger.description) or {}
        settings: dict[str, Value] = {"qualifier": trigger.qualifier}
        auth_type = shown.get("AuthType")
        if isinstance(auth_type, str):
            settings["authType"] = auth_type
        for name, fields in (("netConfig", _NET), ("corsConfig", _CORS)):
            block = _read_block(shown.get(_capital(name)), fields)
            if block:
                settings[name] = block
        return settings


def _block(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _read_block(shown: object, fields: tuple[Field, ...]) -> dict[str, Value]:
    if not isinstance(shown, Mapping):
        return {}
    found = {field.name: shown[_capital(field.name)] for field in fields if _capital(field.name) in shown}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}

"""Function URL: who may call, from which networks, and for which origins browsers allow it."""

from __future__ import annotations

import json
import secrets
import string

from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import triggers
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, compact, json_description

_KEYS = ("AuthType", "NetConfig", "CorsConfig", "EnableSimpleMode", "ApiGwCompatible")
_CORS = {
    "Enable": bool,
    "Origins": list,
    "Methods": list,
    "Headers": list,
    "ExposeHeaders": list,
    "Credentials": bool,
    "MaxAge": int,
}
_CODE = "InvalidParameterValue.TriggerDesc"


def _describe(request: TriggerRequest) -> str:
    if request.description is None and request.previous is not None:
        return str(request.previous["TriggerDesc"])
    wanted = json_description(request, _KEYS, _CODE)
    _require_single(request)
    if wanted.setdefault("AuthType", "NONE") not in ("NONE", "CAM"):
        raise CloudError(_CODE, "AuthType must be NONE or CAM.")
    _require_cors(wanted.get("CorsConfig", {}))
    network = wanted.get("NetConfig", {})
    inside, outside = network.get("EnableIntranet", False), network.get("EnableExtranet", True)
    if not isinstance(inside, bool) or not isinstance(outside, bool):
        raise CloudError(_CODE, "EnableIntranet and EnableExtranet must be true or false.")
    wanted["NetConfig"] = _network(request, inside=inside, outside=outside)
    return compact(wanted)


def _require_single(request: TriggerRequest) -> None:
    for trigger in triggers.every(request.call, request.function_key):
        same = trigger["Type"] == "http" and trigger["Qualifier"] == request.qualifier
        if same and trigger["TriggerName"] != request.name:
            message = f"`{request.qualifier}` has the URL `{trigger['TriggerName']}` already."
            raise CloudError("ResourceInUse.Trigger", message)


def _require_cors(cors: Json) -> None:
    for name, value in cors.items():
        if name not in _CORS or not isinstance(value, _CORS[name]):
            raise CloudError("InvalidParameterValue.Cors", f"CorsConfig.{name} is wrong.")


def _network(request: TriggerRequest, *, inside: bool, outside: bool) -> Json:
    # The cloud tells the addresses only here, in the description that it hands back.
    context, region = request.call.context, request.call.region
    host = f"{context.settings.app_id}-{_url_id(request)}"
    inner, outer = f"{host}.in.{region}.tencentscf.com", f"{host}.{region}.tencentscf.com"
    return {
        "EnableIntranet": inside,
        "IntranetUrl": f"https://{inner}" if inside else "",
        "IntranetHTTPUrl": f"http://{inner}" if inside else "",
        "EnableExtranet": outside,
        "ExtranetUrl": f"https://{outer}" if outside else "",
        "ExtranetHTTPUrl": f"http://{outer}" if outside else "",
        "WssIntranetUrl": "",
        "WsIntranetUrl": "",
        "WssExtranetUrl": "",
        "WsExtranetUrl": "",
    }


def _url_id(request: TriggerRequest) -> str:
    if request.previous is not None:
        network = json.loads(request.previous["TriggerDesc"])["NetConfig"]
        address = network["ExtranetUrl"] or network["IntranetUrl"]
        if address:
            return str(address.split(".")[0].rpartition("-")[2])
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(10))


HTTP = TriggerType("http", _describe, updatable=True)

"""Function URL: authentication, networks and CORS."""

from __future__ import annotations

import json
import secrets
import string

from scfdeploy.emulator.messages import CloudError, Json, compact_json
from scfdeploy.emulator.scf.records import triggers
from scfdeploy.emulator.scf.triggers.base import TriggerRequest, TriggerType, json_description

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
    description = json_description(request, _KEYS, _CODE)
    _require_no_other_url(request)
    if description.setdefault("AuthType", "NONE") not in ("NONE", "CAM"):
        raise CloudError(_CODE, "AuthType must be NONE or CAM.")
    _check_cors(description.get("CorsConfig", {}))
    network = description.get("NetConfig", {})
    intranet, extranet = network.get("EnableIntranet", False), network.get("EnableExtranet", True)
    if not isinstance(intranet, bool) or not isinstance(extranet, bool):
        raise CloudError(_CODE, "EnableIntranet and EnableExtranet must be true or false.")
    description["NetConfig"] = _network(request, intranet=intranet, extranet=extranet)
    return compact_json(description)


def _require_no_other_url(request: TriggerRequest) -> None:
    for trigger in triggers.list_all(request.call, request.function_key):
        is_url_of_qualifier = trigger["Type"] == "http" and trigger["Qualifier"] == request.qualifier
        if is_url_of_qualifier and trigger["TriggerName"] != request.name:
            message = f"`{request.qualifier}` has the URL `{trigger['TriggerName']}` already."
            raise CloudError("ResourceInUse.Trigger", message)


def _check_cors(cors: Json) -> None:
    for name, value in cors.items():
        if name not in _CORS or not isinstance(value, _CORS[name]):
            raise CloudError("InvalidParameterValue.Cors", f"CorsConfig.{name} is not valid.")


def _network(request: TriggerRequest, *, intranet: bool, extranet: bool) -> Json:
    # As in the cloud, the addresses are only in the returned description.
    context, region = request.call.context, request.call.region
    host = f"{context.settings.app_id}-{_url_id(request)}"
    intranet_host, extranet_host = f"{host}.in.{region}.tencentscf.com", f"{host}.{region}.tencentscf.com"
    return {
        "EnableIntranet": intranet,
        "IntranetUrl": f"https://{intranet_host}" if intranet else "",
        "IntranetHTTPUrl": f"http://{intranet_host}" if intranet else "",
        "EnableExtranet": extranet,
        "ExtranetUrl": f"https://{extranet_host}" if extranet else "",
        "ExtranetHTTPUrl": f"http://{extranet_host}" if extranet else "",
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

"""The vendor's SDK as users have it: clients and models, with nothing of it replaced."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from tests.support.emulator import SECRET_ID, SECRET_KEY

_PRODUCTS = {
    "scf": ("v20180416", "ScfClient"),
    "tag": ("v20180813", "TagClient"),
    "clb": ("v20180317", "ClbClient"),
    "cls": ("v20201016", "ClsClient"),
    "cam": ("v20190116", "CamClient"),
}


class Sdk:
    """Calls through the SDK's own clients and models."""

    def __init__(
        self,
        endpoint: str,
        *,
        sign_method: str = "TC3-HMAC-SHA256",
        http_method: str = "POST",
        secret_id: str = SECRET_ID,
        secret_key: str = SECRET_KEY,
    ) -> None:
        http = HttpProfile(protocol="http", endpoint=endpoint, reqMethod=http_method)
        self._profile = ClientProfile(signMethod=sign_method, httpProfile=http)
        self._credential = Credential(secret_id, secret_key)

    def call(self, action: str, *, product: str = "scf", **parameters: Any) -> Any:
        """Call an action with its request model; returns its response model."""
        version, name = _PRODUCTS[product]
        package = f"tencentcloud.{product}.{version}"
        request = getattr(import_module(f"{package}.models"), f"{action}Request")()
        request.from_json_string(json.dumps(parameters))
        client = getattr(import_module(f"{package}.{product}_client"), name)
        return getattr(client(self._credential, "ap-guangzhou", self._profile), action)(request)

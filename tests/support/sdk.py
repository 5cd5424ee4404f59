"""The vendor's SDK as users have it: clients and models, with nothing of it replaced."""

from __future__ import annotations

import json
from typing import Any

from tencentcloud.clb.v20180317 import models as clb_models
from tencentcloud.clb.v20180317.clb_client import ClbClient
from tencentcloud.cls.v20201016 import models as cls_models
from tencentcloud.cls.v20201016.cls_client import ClsClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.scf.v20180416 import models as scf_models
from tencentcloud.scf.v20180416.scf_client import ScfClient
from tencentcloud.tag.v20180813 import models as tag_models
from tencentcloud.tag.v20180813.tag_client import TagClient

from tests.support.emulator import SECRET_ID, SECRET_KEY

_PRODUCTS = {
    "scf": (ScfClient, scf_models),
    "tag": (TagClient, tag_models),
    "clb": (ClbClient, clb_models),
    "cls": (ClsClient, cls_models),
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
        profile = ClientProfile(signMethod=sign_method, httpProfile=http)
        credential = Credential(secret_id, secret_key)
        self._clients = {name: client(credential, "ap-guangzhou", profile) for name, (client, _) in _PRODUCTS.items()}

    def call(self, action: str, *, product: str = "scf", **parameters: Any) -> Any:
        """Call an action with its request model; returns its response model."""
        _, models = _PRODUCTS[product]
        request = getattr(models, f"{action}Request")()
        request.from_json_string(json.dumps(parameters))
        return getattr(self._clients[product], action)(request)

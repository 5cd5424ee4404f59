"""Creates clients of the SDK with one connection pool for all threads, without retries and without logs of bodies."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from scfdeploy.providers.tencent.auth.key_pair import Credentials
from scfdeploy.providers.tencent.transport.endpoint import Endpoint

if TYPE_CHECKING:
    from tencentcloud.common.common_client import CommonClient

    from scfdeploy.providers.tencent.transport.cloud_time import CloudTime

VERSIONS = {
    "scf": "2018-04-16",
    "tag": "2018-08-13",
    "cam": "2019-01-16",
    "clb": "2018-03-17",
    "cls": "2020-10-16",
    "mps": "2019-06-12",
    "sts": "2018-08-13",
}


def make_client(
    product: str,
    region: str,
    *,
    credentials: Credentials | None,
    endpoint: Endpoint | None,
    timeout_s: int,
    pool_size: int,
    cloud_time: CloudTime | None = None,
) -> CommonClient:
    """A thread-safe client; `timeout_s` limits each wait for the server. Without credentials, calls are not signed.

    `cloud_time` learns the dates of the responses.
    """
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.common.retry import NoopRetryer

    from scfdeploy.providers.tencent.transport.early_connection import adopt_connections
    from scfdeploy.providers.tencent.transport.http import certificates, proxies_for, secure

    _silence()
    target = endpoint or Endpoint.of_product(product, region)
    http = HttpProfile(
        protocol=target.scheme,
        endpoint=target.host,
        reqTimeout=timeout_s,
        keepAlive=True,
        certification=certificates(),
    )
    signer = None
    if credentials is not None:
        token = credentials.token.reveal() if credentials.token else None
        signer = Credential(credentials.secret_id, credentials.secret_key.reveal(), token)
    client = _client_class()(
        product,
        VERSIONS[product],
        signer,
        region,
        ClientProfile(httpProfile=http, language="en-US", retryer=NoopRetryer()),
    )
    # The SDK's session follows redirects, keeps 10 connections and warns about each further one, and reads ~/.netrc on
    # every call (whose entries would replace our signature). The SDK ignores ports in NO_PROXY.
    connection = client.request.conn
    secure(connection._session, pool_size=pool_size, cloud_time=cloud_time)
    connection.proxy = proxies_for(target)
    adopt_connections(connection._session, target)
    return client


def _silence() -> None:
    # At debug level this logger writes headers and bodies, with signatures, code and secrets.
    logger = logging.getLogger("tencentcloud_sdk_common")
    logger.disabled = True
    logger.propagate = False


@cache
def _client_class() -> type[CommonClient]:
    """The SDK's client, with a signature that does not use `datetime.utcfromtimestamp`.

    That function warns since Python 3.12. A warning filter is not enough: filters belong to the process, and with
    `python -W error` the call would fail.
    """
    import json
    import time
    from datetime import UTC, datetime

    from tencentcloud.common.common_client import CommonClient

    class Client(CommonClient):  # type: ignore[misc]
        def _build_req_with_tc3_signature(
            self, action: str, params: Any, req: Any, options: dict[str, Any] | None = None
        ) -> None:
            """Complete a POST request with a JSON body, the only kind that this tool sends."""
            timestamp = int(time.time())
            date = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
            secret_id, secret_key, token = self.credential.get_credential_info()
            req.header["Content-Type"] = "application/json"
            req.header["Host"] = self._get_endpoint(options=options or {})
            req.header["X-TC-Action"] = action
            req.header["X-TC-RequestClient"] = self.request_client
            req.header["X-TC-Timestamp"] = str(timestamp)
            req.header["X-TC-Version"] = self._apiVersion
            req.header["X-TC-Language"] = self.profile.language
            if self.region:
                req.header["X-TC-Region"] = self.region
            if token:
                req.header["X-TC-Token"] = token
            req.data = json.dumps(params)
            signature = self._get_tc3_signature(params, req, date, self._service, secret_key, options)
            req.header["Authorization"] = (
                f"TC3-HMAC-SHA256 Credential={secret_id}/{date}/{self._service}/tc3_request, "
                f"SignedHeaders=content-type;host, Signature={signature}"
            )

    return Client

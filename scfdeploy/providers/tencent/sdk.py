"""Builds the SDK's clients as we want them: one connection pool for all threads, no retries, no log of bodies."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

from scfdeploy.providers.tencent.endpoint import Endpoint
from scfdeploy.providers.tencent.key_pair import Credentials

if TYPE_CHECKING:
    from tencentcloud.common.common_client import CommonClient

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
) -> CommonClient:
    """A client that threads may share. `timeout_s` bounds each wait for the server.

    Without credentials it serves calls that are not signed.
    """
    from tencentcloud.common.common_client import CommonClient
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.common.retry import NoopRetryer

    from scfdeploy.providers.tencent.transport import proxies_for, secure

    _silence()
    there = endpoint or Endpoint.of_product(product, region)
    http = HttpProfile(protocol=there.scheme, endpoint=there.host, reqTimeout=timeout_s, keepAlive=True)
    signer = None
    if credentials is not None:
        token = credentials.token.reveal() if credentials.token else None
        signer = Credential(credentials.secret_id, credentials.secret_key.reveal(), token)
    client = CommonClient(
        product,
        VERSIONS[product],
        signer,
        region,
        ClientProfile(httpProfile=http, language="en-US", retryer=NoopRetryer()),
    )
    # The SDK's session follows redirects, keeps 10 connections and drops the rest with a warning each, and reads
    # ~/.netrc on every call (whose entries would replace our signature); its reading of NO_PROXY knows no ports.
    connection = client.request.conn
    secure(connection._session, pool_size=pool_size)
    connection.proxy = proxies_for(there)
    return client


def _silence() -> None:
    # At debug level this logger writes headers and bodies: signatures, code, secrets.
    logger = logging.getLogger("tencentcloud_sdk_common")
    logger.disabled = True
    logger.propagate = False
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"tencentcloud\.")

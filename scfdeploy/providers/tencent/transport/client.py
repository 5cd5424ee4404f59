"""Calls API actions: counts them, keeps rate limits, and retries where that is safe."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.diagnostics import message
from scfdeploy.providers.base import CallRetry, CloudError, ErrorKind
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.retry import Attempts, RateLimiter, RetryPolicy
from scfdeploy.providers.tencent.auth.key_pair import Credentials
from scfdeploy.providers.tencent.transport.cloud_time import CloudTime
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import (
    INVALID_RESPONSE,
    TOO_LARGE,
    UNTRUSTED_RESPONSE,
    cloud_error,
    invalid_response,
    no_response,
)
from scfdeploy.providers.workers import call_within

if TYPE_CHECKING:
    from tencentcloud.common.common_client import CommonClient

Answer: TypeAlias = "dict[str, Any]"
"""The content of `Response`, parsed from JSON."""

_log = logging.getLogger(__name__)

_TIMEOUT_S = 60
_WRITE_ATTEMPTS = 3
_HOLD_S = 0.5


class Client:
    """Calls the products of one region with one key pair. Thread-safe; the first call loads the SDK."""

    def __init__(
        self,
        region: str,
        *,
        credentials: Credentials,
        endpoint: Endpoint | None,
        clock: Clock,
        random: Callable[[], float],
        policy: RetryPolicy,
        pool_size: int,
        on_retry: Callable[[CallRetry], None] | None = None,
    ) -> None:
        self.region = region
        self.calls: Counter[str] = Counter()
        self.cloud_time = CloudTime()
        """What the responses of SCF say about the cloud's time."""
        self.deadline = inf
        """No call is retried after this time (monotonic)."""
        self._credentials = credentials
        self._endpoint = endpoint
        self._clock = clock
        self._random = random
        self._policy = policy
        self._pool_size = pool_size
        self._on_retry = on_retry
        self._limiter = RateLimiter(clock)
        self._total_limiter: RateLimiter | None = None
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, int], CommonClient] = {}

    def lift_limits(self) -> None:
        """Make calls without the platform's limits per second, which the local server of this process does not have."""
        self._limiter = RateLimiter(self._clock, rate=lambda _: inf)

    def limit_calls(self, per_s: float) -> None:
        """Make at most this many calls per second from now on, all actions together, and evenly spaced."""
        self._total_limiter = RateLimiter(self._clock, rate=lambda _: per_s, burst=1)

    @property
    def is_unencrypted(self) -> bool:
        """Whether the user chose an endpoint with plain HTTP."""
        return self._endpoint is not None and self._endpoint.scheme == "http"

    def read(
        self, action: str, params: Mapping[str, Any], *, product: str = "scf", retry_invalid: bool = True
    ) -> Answer:
        """Call an action that changes nothing; transient failures are retried. Raises CloudError.

        `retry_invalid` says whether a response that is not from the API is one of them.
        """
        final = (UNTRUSTED_RESPONSE, TOO_LARGE) if retry_invalid else (UNTRUSTED_RESPONSE, TOO_LARGE, INVALID_RESPONSE)
        attempts = Attempts(self._policy, self._clock, self._random, deadline=self.deadline)
        while True:
            try:
                return self._call(action, params, product, _TIMEOUT_S)
            except CloudError as error:
                delay = None if error.code in final else attempts.delay_after(error.kind)
                if delay is None:
                    raise
                self._wait(action, error.code, delay)

    def write(
        self, action: str, params: Mapping[str, Any], *, product: str = "scf", timeout_s: int = _TIMEOUT_S
    ) -> Answer:
        """Call an action that changes something; retried only when throttled, because then it was not executed.

        Raises CloudError; after an ambiguous failure the caller has to check the effect.
        """
        attempts = Attempts(self._policy, self._clock, self._random, deadline=self.deadline)
        # A fixed number of retries is counted by the executor, for the step as a unit.
        attempts_left = _WRITE_ATTEMPTS if self._policy.retries is None else 1
        while True:
            attempts_left -= 1
            try:
                return self._call(action, params, product, timeout_s)
            except CloudError as error:
                may_retry = error.kind is ErrorKind.THROTTLED and attempts_left > 0
                delay = attempts.delay_after(error.kind) if may_retry else None
                if delay is None:
                    raise
                self._wait(action, error.code, delay)

    def _wait(self, action: str, code: str, delay_s: float) -> None:
        if self._on_retry is not None:
            self._on_retry(CallRetry(action, code, delay_s))
        self._clock.sleep(delay_s)

    def submit(self, action: str, params: Mapping[str, Any], *, product: str = "scf") -> str:
        """Call an action that changes something, as `write` does; returns the request id."""
        return str(self.write(action, params, product=product).get("RequestId", ""))

    def _call(self, action: str, params: Mapping[str, Any], product: str, timeout_s: int) -> Answer:
        self._limiter.acquire(action)
        if self._total_limiter is not None:
            self._total_limiter.acquire("")
        with self._lock:
            self.calls[action] += 1
        started = self._clock.monotonic()
        try:
            response = self._send(action, params, product, timeout_s)
        except CloudError as error:
            self._log_call(action, params, started, f"{error.code} {error.request_id}")
            if error.kind is ErrorKind.THROTTLED:
                self._limiter.hold(action, _HOLD_S)
            raise
        self._log_call(action, params, started, f"ok {response.get('RequestId', '')}")
        return response

    def _log_call(self, action: str, params: Mapping[str, Any], started: float, result: str) -> None:
        """Log a call for --debug: names and ids only, because parameters and responses may contain secrets."""
        milliseconds = (self._clock.monotonic() - started) * 1000
        _log.debug("%s %s: %s in %.0f ms", action, params.get("FunctionName", ""), result, milliseconds)

    def _send(self, action: str, params: Mapping[str, Any], product: str, timeout_s: int) -> Answer:
        client = self._client(product, timeout_s)
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

        from scfdeploy.providers.tencent.transport.http import describe_route, transfer_timeout

        host = client.profile.httpProfile.endpoint
        function_name = str(params.get("FunctionName", ""))
        try:
            # Only code and events are large.
            size = sum(len(value) for value in params.values() if isinstance(value, str))
            timeout = transfer_timeout(size, usual_s=timeout_s)
            document = _encodable(call_within(timeout, partial(client.call_json, action, dict(params))))
        except TencentCloudSDKException as error:
            raise _from_sdk(action, host, function_name, error) from error
        except TimeoutError as error:
            url = f"{client.profile.httpProfile.protocol}://{host}"
            raise no_response(action, describe_route(url, client.request.conn.proxy), error) from error
        except OSError as error:
            # The SDK does not convert network errors while it reads the body.
            raise no_response(action, host, error) from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            # No `from error`: the exception of the parser contains the body, and each retry would keep one in memory.
            parse_error = str(error)
        else:
            parse_error = ""
        if parse_error:
            raise invalid_response(action, host, message("not valid JSON ({error})", error=parse_error))
        response = document.get("Response") if isinstance(document, dict) else None
        if not isinstance(response, dict):
            raise invalid_response(action, host, str(document))
        # The SDK checks for an error only if the content type is exactly application/json.
        failure = response.get("Error")
        if isinstance(failure, dict):
            raise cloud_error(
                action,
                str(failure.get("Code")),
                str(failure.get("Message")),
                request_id=str(response.get("RequestId", "")),
                function_name=function_name,
            )
        return response

    def _client(self, product: str, timeout_s: int) -> CommonClient:
        with self._lock:
            client = self._clients.get((product, timeout_s))
            if client is None:
                from scfdeploy.providers.tencent.transport.sdk import make_client

                client = self._clients[product, timeout_s] = make_client(
                    product,
                    self.region,
                    credentials=self._credentials,
                    endpoint=self._endpoint,
                    timeout_s=timeout_s,
                    pool_size=self._pool_size,
                    cloud_time=self.cloud_time if product == "scf" else None,
                )
            return client


def _encodable(document: Any) -> Any:
    """A document with `?` for lone surrogates, which JSON can escape but which cannot be encoded as UTF-8."""
    import json

    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-8", "replace"))
    return document


def _from_sdk(action: str, host: str, function_name: str, error: Any) -> CloudError:
    code, text = str(error.code or ""), error.message
    if code == "ClientNetworkError":
        return no_response(action, host, error.__context__ or error)
    if code == "ServerNetworkError":
        body = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return invalid_response(action, host, body)
    return cloud_error(action, code, str(text), request_id=str(error.requestId or ""), function_name=function_name)

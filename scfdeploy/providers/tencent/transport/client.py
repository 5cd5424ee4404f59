"""Makes calls: typed in and out, counted, held to the rate limits, retried where that is safe."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.rate import RateLimiter
from scfdeploy.providers.retry import Attempts, RetryPolicy
from scfdeploy.providers.tencent.auth.key_pair import Credentials
from scfdeploy.providers.tencent.transport.endpoint import Endpoint
from scfdeploy.providers.tencent.transport.errors import TOO_LARGE, UNTRUSTED_ANSWER, bad_answer, cloud_error, no_answer
from scfdeploy.providers.workers import call_within

if TYPE_CHECKING:
    from tencentcloud.common.common_client import CommonClient

Answer: TypeAlias = "dict[str, Any]"
"""The inside of `Response`, as JSON."""

_log = logging.getLogger(__name__)

_TIMEOUT_S = 60
_WRITE_TRIES = 3
_HOLD_S = 0.5


class Client:
    """One region of the cloud for one key pair, shared by threads. The SDK is loaded with the first call.

    No call is made again after `deadline` (monotonic).
    """

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
    ) -> None:
        self.region = region
        self.calls: Counter[str] = Counter()
        self.deadline = inf
        self._credentials = credentials
        self._endpoint = endpoint
        self._clock = clock
        self._random = random
        self._policy = policy
        self._pool_size = pool_size
        self._limiter = RateLimiter(clock)
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, int], CommonClient] = {}

    @property
    def is_unencrypted(self) -> bool:
        """Whether the user sends calls over plain HTTP."""
        return self._endpoint is not None and self._endpoint.scheme == "http"

    def read(self, action: str, params: Mapping[str, Any], *, product: str = "scf") -> Answer:
        """Make a call that changes nothing; what may pass is tried again. Raises CloudError."""
        attempts = Attempts(self._policy, self._clock, self._random, deadline=self.deadline)
        while True:
            try:
                return self._once(action, params, product, _TIMEOUT_S)
            except CloudError as error:
                delay = None if error.code in (UNTRUSTED_ANSWER, TOO_LARGE) else attempts.delay_after(error.kind)
                if delay is None:
                    raise
                self._clock.sleep(delay)

    def write(
        self, action: str, params: Mapping[str, Any], *, product: str = "scf", timeout_s: int = _TIMEOUT_S
    ) -> Answer:
        """Make a call that changes something: repeated only where the platform said it did nothing for its rate.

        What an unclear answer means is for the caller to find out. Raises CloudError.
        """
        attempts = Attempts(self._policy, self._clock, self._random, deadline=self.deadline)
        # Whoever counts tries counts them where the whole step is seen.
        tries = _WRITE_TRIES if self._policy.retries is None else 1
        for left in reversed(range(tries)):
            try:
                return self._once(action, params, product, timeout_s)
            except CloudError as error:
                delay = attempts.delay_after(error.kind) if error.kind is ErrorKind.THROTTLED and left else None
                if delay is None:
                    raise
                self._clock.sleep(delay)
        raise AssertionError("unreachable")

    def _once(self, action: str, params: Mapping[str, Any], product: str, timeout_s: int) -> Answer:
        self._limiter.acquire(action)
        with self._lock:
            self.calls[action] += 1
        began = self._clock.monotonic()
        try:
            answer = self._send(action, params, product, timeout_s)
        except CloudError as error:
            self._note(action, params, began, f"{error.code} {error.request_id}")
            if error.kind is ErrorKind.THROTTLED:
                self._limiter.hold(action, _HOLD_S)
            raise
        self._note(action, params, began, f"ok {answer.get('RequestId', '')}")
        return answer

    def _note(self, action: str, params: Mapping[str, Any], began: float, what: str) -> None:
        """Log a call for --debug: names and ids only, for parameters and answers may hold secrets."""
        milliseconds = (self._clock.monotonic() - began) * 1000
        _log.debug("%s %s: %s in %.0f ms", action, params.get("FunctionName", ""), what, milliseconds)

    def _send(self, action: str, params: Mapping[str, Any], product: str, timeout_s: int) -> Answer:
        client = self._client(product, timeout_s)
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

        from scfdeploy.providers.tencent.transport.http import shown_way, time_for

        host = client.profile.httpProfile.endpoint
        name = str(params.get("FunctionName", ""))
        try:
            within = time_for(_size_of(params), usual_s=timeout_s)
            whole = _encodable(call_within(within, partial(client.call_json, action, dict(params))))
        except TencentCloudSDKException as error:
            raise _from_sdk(action, host, name, error) from error
        except TimeoutError as error:
            url = f"{client.profile.httpProfile.protocol}://{host}"
            raise no_answer(action, shown_way(url, client.request.conn.proxy), error) from error
        except OSError as error:
            # The SDK reads the body outside its own handling of network errors.
            raise no_answer(action, host, error) from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            # The error of the parser holds the whole body, and each retry would keep one.
            reason = f"not the expected JSON ({error})"
        else:
            reason = ""
        if reason:
            raise bad_answer(action, host, reason)
        answer = whole.get("Response") if isinstance(whole, dict) else None
        if not isinstance(answer, dict):
            raise bad_answer(action, host, str(whole))
        # With any other content type than plain application/json the SDK does not look for an error.
        failed = answer.get("Error")
        if isinstance(failed, dict):
            raise cloud_error(
                action,
                str(failed.get("Code")),
                str(failed.get("Message")),
                request_id=str(answer.get("RequestId", "")),
                function_name=name,
            )
        return answer

    def _client(self, product: str, timeout_s: int) -> CommonClient:
        with self._lock:
            found = self._clients.get((product, timeout_s))
            if found is None:
                from scfdeploy.providers.tencent.transport.sdk import make_client

                found = self._clients[product, timeout_s] = make_client(
                    product,
                    self.region,
                    credentials=self._credentials,
                    endpoint=self._endpoint,
                    timeout_s=timeout_s,
                    pool_size=self._pool_size,
                )
            return found


def _size_of(params: Mapping[str, Any]) -> int:
    """About how much there is to send: code and events are all that is large."""
    return sum(len(value) for value in params.values() if isinstance(value, str))


def _encodable(answer: Any) -> Any:
    """An answer with `?` for halves of characters: JSON can escape them, and no file, digest or terminal takes them."""
    import json

    text = json.dumps(answer, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-8", "replace"))
    return answer


def _from_sdk(action: str, host: str, name: str, error: Any) -> CloudError:
    code, message = str(error.code or ""), error.message
    if code == "ClientNetworkError":
        return no_answer(action, host, error.__context__ or error)
    if code == "ServerNetworkError":
        text = message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
        return bad_answer(action, host, text)
    return cloud_error(action, code, str(message), request_id=str(error.requestId or ""), function_name=name)

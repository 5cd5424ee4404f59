"""The Tencent Cloud provider: delegates reads, writes and invocations to the modules of this package.

A plan only observes; whatever it does not need is imported with the first call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Bundle, Observed, Resource, Value
from scfdeploy.providers.base import CloudError, ProgressListener, Query, Version
from scfdeploy.providers.clock import Clock, SystemClock
from scfdeploy.providers.retry import RetryPolicy, uniform
from scfdeploy.providers.tencent.auth.key_pair import LOCAL_CREDENTIALS, Credentials
from scfdeploy.providers.tencent.observe import Observation
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.endpoint import Endpoint

if TYPE_CHECKING:  # few commands need them
    from concurrent.futures import Future

    from scfdeploy.model.account_limits import AccountLimits
    from scfdeploy.providers.invocation import Invocation
    from scfdeploy.providers.tencent.auth.account import Account
    from scfdeploy.providers.tencent.changes import ChangeWriter
    from scfdeploy.providers.tencent.cos.bucket import Bucket
    from scfdeploy.providers.tencent.events import TencentEvents
    from scfdeploy.providers.tencent.logs import TencentLogs


class TencentProvider:
    """One region, with one key pair. Implements Reader, opens its Writer, and invokes functions. Thread-safe."""

    def __init__(  # noqa: PLR0913 - keyword arguments with defaults
        self,
        client: Client,
        clock: Clock,
        parallelism: int,
        *,
        open_bucket: Callable[[str], Bucket],
        app_id: str = "",
        endpoint: str = "",
        is_emulator: bool = False,
        credentials_source: str = "",
        is_chosen_by_project: bool = False,
        on_progress: ProgressListener | None = None,
    ) -> None:
        self.credentials_source = credentials_source
        """Where the key pair comes from, for messages."""
        self.is_chosen_by_project = is_chosen_by_project
        """Whether scfdeploy.toml names the profile or the role of the key pair."""
        self._client = client
        self._on_progress = on_progress
        self._endpoint = endpoint
        self._is_emulator = is_emulator
        self._app_id = app_id
        self._bundles: Mapping[Address, Bundle] = {}
        self._open_bucket = open_bucket
        self._planned: dict[Address, Resource] = {}
        self._lock = Lock()
        self._change_writer: ChangeWriter | None = None
        self._account_limits: Future[AccountLimits] | None = None
        self._started: Observation | None = None
        self._clock = clock
        self._parallelism = parallelism

    @property
    def parallelism(self) -> int:
        """The number of resources to process at once."""
        return self._parallelism

    @property
    def calls(self) -> Counter[str]:
        """The number of calls by action, including rejected calls and retries."""
        return Counter(self._client.calls)

    def limit_calls(self, per_s: float) -> None:
        """Make at most this many calls per second in all."""
        self._client.limit_calls(per_s)

    def end_after(self, seconds: float) -> None:
        """Stop retrying calls after this time."""
        self._client.deadline = self._clock.monotonic() + seconds

    def where(self) -> str:
        """The account and the endpoint for messages, such as `local emulator`. May call the API; never raises."""
        if not self._is_emulator:
            account = self._account.describe()
            return message("{account} at {endpoint}", account=account, endpoint=self._endpoint)
        if not self._endpoint:
            return message("local emulator")
        return message("local emulator at {endpoint}", endpoint=self._endpoint)

    def provide_code(self, bundles: Mapping[Address, Bundle]) -> None:
        """Set the code that changes upload, before the first of them."""
        self._bundles = bundles

    def start_observing(self, query: Query) -> None:
        """Begin to read the lists of a query with `choose_unread`, for a later `observe` of this very query."""
        self._started = self._observation(query)
        self._started.start()

    def observe(self, query: Query) -> Observed:
        """The requested resources that exist. Raises CloudError."""
        started, self._started = self._started, None
        if started is None or started.query is not query:
            started = self._observation(query)
        observed = started.finish()
        resources = (*observed.resources.values(), *observed.unlisted)
        self._planned |= {resource.address: resource for resource in resources}
        return observed

    def _observation(self, query: Query) -> Observation:
        return Observation(
            self._client, self._clock, query, parallelism=self._parallelism, on_progress=self._on_progress
        )

    def functions(self, namespace: str | None) -> tuple[Resource, ...]:
        """The functions of a namespace, or of all, by address, with the settings that a list shows.

        Raises CloudError, also if the namespace does not exist.
        """
        from scfdeploy.providers.tencent.resources.function_list import list_functions

        return list_functions(self._client, namespace)

    def start_account_limits(self) -> None:
        """Begin to read the limits of the account, for a later call of `account_limits`."""
        from scfdeploy.providers.tencent.auth.account import read_account_limits
        from scfdeploy.providers.workers import Workers

        with Workers(1, name="limits") as pool:
            self._account_limits = pool.submit(read_account_limits, self._client)

    def account_limits(self) -> AccountLimits:
        """The limits of the account in this region. Raises CloudError."""
        from scfdeploy.providers.tencent.auth.account import read_account_limits

        return self._account_limits.result() if self._account_limits else read_account_limits(self._client)

    def caller(self) -> str:
        """The account and the user or role that the key pair belongs to, for messages. Raises CloudError."""
        from scfdeploy.providers.tencent.auth.caller import read_caller

        return read_caller(self._client)

    def try_reads(self, function: Address) -> Mapping[str, CloudError | None]:
        """Why each read of a plan fails, None if it is allowed; `function` need not exist."""
        from scfdeploy.providers.tencent.auth.caller import try_reads

        return try_reads(self._client, function)

    def versions(self, function: Address) -> tuple[Version, ...]:
        """The versions of a function: `$LATEST` first, then by number. Raises CloudError."""
        from scfdeploy.providers.tencent.resources.versions import read_versions

        return read_versions(self._client, function)

    def version_settings(self, function: Address, version: str) -> Mapping[str, Value] | None:
        """The settings of a version; None if it does not exist. Raises CloudError."""
        from scfdeploy.providers.tencent.resources.function_reader import find_function
        from scfdeploy.providers.tencent.resources.function_wire import read_settings

        response = find_function(self._client, function, version)
        return None if response is None else read_settings(response)

    def deployed_code(self, function: Address) -> bytes:
        """The deployed archive. Raises CloudError."""
        from scfdeploy.providers.tencent.resources.code import download

        return download(self._client, function)

    def fetch_code(self, function: Address, path: str) -> str | None:
        """Write the deployed archive to a new file; returns its hash if the API has one.

        Raises CloudError, and ScfDeployError when the file cannot be written.
        """
        from scfdeploy.providers.tencent.resources.code import download_to

        return download_to(self._client, function, path)

    def invoke(self, function: Address, event: str, *, qualifier: str, asynchronous: bool) -> Invocation:
        """Invoke a function with `event`, JSON text. An error in the function is a result. Raises CloudError."""
        from scfdeploy.providers.tencent.invoke import invoke, invoke_later

        call = invoke_later if asynchronous else invoke
        return call(self._client, function, event, qualifier=qualifier)

    def now(self) -> float:
        """Unix time in seconds."""
        return self._clock.now()

    @cached_property
    def events(self) -> TencentEvents:
        """The asynchronous events of functions."""
        from scfdeploy.providers.tencent.events import TencentEvents

        return TencentEvents(self._client, self._clock)

    @cached_property
    def logs(self) -> TencentLogs:
        """The logs of functions."""
        from scfdeploy.providers.tencent.logs import TencentLogs

        return TencentLogs(self._client)

    @cached_property
    def _account(self) -> Account:
        from scfdeploy.providers.tencent.auth.account import Account

        return Account(self._client, self._app_id)

    @property
    def writer(self) -> ChangeWriter:
        """Plans the steps of changes; one for all of them, which checks each against what was observed."""
        from scfdeploy.providers.tencent.changes import ChangeWriter

        with self._lock:
            if self._change_writer is None:
                self._change_writer = ChangeWriter(
                    self._client,
                    self._clock,
                    self._bundles,
                    account=self._account,
                    open_bucket=self._open_bucket,
                    planned=self._planned,
                )
            return self._change_writer


def open_provider(  # noqa: PLR0913 - keyword arguments with defaults
    region: str,
    *,
    credentials: Credentials,
    endpoint: str | None = None,
    parallelism: int = 32,
    clock: Clock | None = None,
    random: Callable[[], float] | None = None,
    policy: RetryPolicy | None = None,
    is_emulator: bool = False,
    on_progress: ProgressListener | None = None,
) -> TencentProvider:
    """Open one region. Makes no call and loads no SDK yet.

    `endpoint` is a base URL for every product; None for the public endpoints. `is_emulator`: this process runs the
    emulator at the endpoint. `on_progress` hears of long reads and of retries. Raises ScfDeployError when the endpoint
    is invalid.
    """
    clock = clock or SystemClock()
    parallelism = max(1, parallelism)
    base_url = Endpoint.parse(endpoint) if endpoint else None
    client = Client(
        region,
        credentials=credentials,
        endpoint=base_url,
        clock=clock,
        random=random or uniform(),
        policy=policy or RetryPolicy(),
        pool_size=parallelism,
        on_retry=on_progress,
    )
    if is_emulator:
        client.lift_limits()
    return TencentProvider(
        client,
        clock,
        parallelism,
        open_bucket=partial(_open_bucket, region=region, credentials=credentials, endpoint=base_url),
        app_id=credentials.app_id,
        credentials_source=credentials.source,
        is_chosen_by_project=credentials.is_chosen_by_project,
        endpoint="" if is_emulator else str(base_url or Endpoint.of_product("scf", region)),
        is_emulator=is_emulator or credentials.secret_id == LOCAL_CREDENTIALS.secret_id,
        on_progress=on_progress,
    )


def _open_bucket(name: str, *, region: str, credentials: Credentials, endpoint: Endpoint | None) -> Bucket:
    from scfdeploy.providers.tencent.cos.bucket import Bucket

    return Bucket(name, region, credentials=credentials, endpoint=endpoint)

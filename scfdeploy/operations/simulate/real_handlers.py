"""Run the functions of a project for a simulation, on a local server that keeps everything in memory."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from scfdeploy.apply import Status, run
from scfdeploy.config.scenario import CkafkaSource, QueueSource, Scenario, Source, StreamSource
from scfdeploy.delivery.driver import START_MS
from scfdeploy.delivery.driver import Invocation as EventCall
from scfdeploy.delivery.trace import Attempt
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, Bundle, FunctionSpec, Project
from scfdeploy.operations.code import pack_all
from scfdeploy.operations.query import plan_query
from scfdeploy.operations.request import LocalServer
from scfdeploy.operations.simulate.handlers import MAX_MESSAGES, MessageKey
from scfdeploy.operations.simulate.queue_endpoint import QueueEndpoint
from scfdeploy.packager import PackageCache
from scfdeploy.plan import Policy, make_plan
from scfdeploy.providers.base import Invocation
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.emulator_control import EmulatorControl
from scfdeploy.providers.tencent import Credentials, TencentProvider, open_provider
from scfdeploy.results import Findings

_SUCCESS = 200
_TIMEOUTS = frozenset((433, 450))
_SDK_VARIABLES = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}
"""Without these, an SDK calls no endpoint."""


class RealFunctions:
    """Functions on a local server."""

    def __init__(
        self,
        provider: TencentProvider,
        control: EmulatorControl,
        functions: Mapping[str, FunctionSpec],
        queue_endpoint: QueueEndpoint,
    ) -> None:
        self._provider = provider
        self._control = control
        self._functions = functions
        self.queue_endpoint = queue_endpoint
        self.batch_errors: dict[MessageKey, str] = {}
        """What failed calls with batches said in this run."""
        self._runs = 0

    def __contains__(self, name: object) -> bool:
        return name in self._functions

    def begin_run(self) -> None:
        """End the instances of an earlier run, so that nothing in their memory reaches the next one."""
        self._runs += 1
        self.batch_errors = {}
        if self._runs > 1:
            self._control.post("settings", {"host_id": f"local-host-{self._runs}"})

    def call(self, name: str, event: str) -> Invocation:
        """Call a function."""
        address = self._functions[name].address
        return self._provider.invoke(address, event, qualifier="$LATEST", asynchronous=False)

    def timeout_ms(self, name: str) -> int:
        """The most time that a call of the function may take."""
        timeout = self._functions[name].settings.get("timeout")
        return timeout * 1000 if isinstance(timeout, int) else 3000


@contextmanager
def deployed(
    project: Project,
    functions: Mapping[str, FunctionSpec],
    start_server: Callable[[], LocalServer],
    *,
    deletes_messages: bool = False,
) -> Iterator[RealFunctions]:
    """Package the functions and put them on a local server in memory. `.scfdeploy` is not touched.

    With `deletes_messages`, environment variables tell them where they can delete messages of a queue.

    Raises ScfDeployError if that fails. `src.hook` does not run.
    """
    with tempfile.TemporaryDirectory(prefix="scfdeploy-") as folder, QueueEndpoint() as endpoint:
        project = _with_variables(project, endpoint.variables) if deletes_messages else project
        server = start_server()
        credentials = Credentials(server.secret_id, server.secret_key, None, message("the local server"))
        bundles, problems = pack_all(project, PackageCache(Path(folder) / "cache", place="simulate"))
        if problems.has_errors:
            error = ScfDeployError(message("the code of the project cannot be packaged"))
            error.findings = Findings(problems.sorted())
            raise error
        control = EmulatorControl(server.url, server.secret_key)
        clock = _ServerClock(control)
        provider = open_provider(
            project.key.region,
            credentials=credentials,
            endpoint=server.url,
            bundles=bundles,
            clock=clock,
            is_emulator=True,
        )
        _create(project, provider, [spec.address for spec in functions.values()], bundles, clock)
        yield RealFunctions(provider, control, functions, endpoint)


class _ServerClock:
    """A clock whose waiting lets time pass on the local server instead."""

    def __init__(self, control: EmulatorControl) -> None:
        self._control = control
        self._lock = threading.Lock()
        self._passed = 0.0

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time() + self._passed

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment."""
        return time.monotonic() + self._passed

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        if seconds > 0:
            with self._lock:
                self._control.post("clock", {"advance_s": seconds})
                self._passed += seconds


def _with_variables(project: Project, variables: Mapping[str, str]) -> Project:
    """The project with more environment variables for its functions, and credentials that an SDK accepts."""

    def extended(spec: FunctionSpec) -> FunctionSpec:
        environment = spec.settings.get("environment")
        own = environment.get("variables") if isinstance(environment, Mapping) else None
        merged = {**_SDK_VARIABLES, **(own if isinstance(own, Mapping) else {}), **variables}
        return replace(spec, settings={**spec.settings, "environment": {"variables": merged}})

    instances = (
        replace(instance, functions=tuple(map(extended, instance.functions))) for instance in project.instances
    )
    return replace(project, instances=tuple(instances))


def _create(
    project: Project,
    provider: TencentProvider,
    targets: Sequence[Address],
    bundles: Mapping[Address, Bundle],
    clock: Clock,
) -> None:
    policy = Policy(targets=tuple(targets))
    plan = make_plan(project, bundles, provider.observe(plan_query(project, policy)), policy)
    outcomes = run(plan, provider, listener=lambda _event: None, clock=clock)
    for outcome in outcomes:
        if outcome.status is not Status.SUCCEEDED and outcome.address in targets:
            reason = outcome.error.message if outcome.error else outcome.status.value
            raise ScfDeployError(
                message("the function {address} cannot run locally: {reason}", address=outcome.address, reason=reason)
            )


class RealEventHandler:
    """Runs each attempt of an event. Its duration is that of the scenario, so that a run can be repeated."""

    def __init__(self, functions: RealFunctions, *, duration_ms: int) -> None:
        self._functions = functions
        self._duration_ms = duration_ms
        self.messages: dict[MessageKey, str] = {}

    def __call__(self, call: EventCall) -> Attempt:
        """The result of one attempt. A function that is not in the project succeeds."""
        if call.function not in self._functions:
            return Attempt(_SUCCESS, self._duration_ms)
        result = self._functions.call(call.function, call.payload)
        error = error_text(result)
        if error and len(self.messages) < MAX_MESSAGES:
            self.messages[call.function, (call.item,), call.tries] = error
        has_timed_out = result.status_code in _TIMEOUTS
        duration_ms = self._functions.timeout_ms(call.function) if has_timed_out else self._duration_ms
        returned = json.dumps(result.result, ensure_ascii=False)
        return Attempt(result.status_code, duration_ms, result=returned, error=error)


def error_text(result: Invocation) -> str:
    """The error of a call: its type and message; empty after success."""
    if result.error is None:
        return ""
    kind, text, _ = result.error
    return ": ".join(part for part in (kind, text) if part)


class RealBatchHandler:
    """Runs the function with each batch, in the form of the event of its source."""

    def __init__(self, functions: RealFunctions, scenario: Scenario, function: str) -> None:
        self._functions = functions
        self._scenario = scenario
        self._function = function
        self._receives: dict[int, int] = {}
        self._messages = functions.batch_errors

    def __call__(self, items: tuple[int, ...], tries: int, at: int) -> Attempt:
        """The result of one call. What a call that failed has completed is not known, unless it deletes messages."""
        for item in items:
            self._receives[item] = self._receives.get(item, 0) + 1
        event = batch_event(self._scenario, items, self._receives, at)
        self._functions.queue_endpoint.take_deleted()
        result = self._functions.call(self._function, json.dumps(event, ensure_ascii=False))
        has_timed_out = result.status_code in _TIMEOUTS
        duration_ms = self._functions.timeout_ms(self._function) if has_timed_out else self._scenario.duration_ms
        error = error_text(result)
        if error and len(self._messages) < MAX_MESSAGES:
            self._messages[self._function, items, tries] = error
        if result.status_code != _SUCCESS and deletes_messages(self._scenario.source):
            deleted = set(self._functions.queue_endpoint.take_deleted())
            done = tuple(item for item in items if message_id(item) in deleted)
            return Attempt(result.status_code, duration_ms, done, error=error)
        if result.status_code != _SUCCESS:
            return Attempt(result.status_code, duration_ms, error=error)
        failed = _reported(result.result, items) if _reads_reports(self._scenario.source) else ()
        completed = tuple(item for item in items if item not in failed)
        return Attempt(_SUCCESS, duration_ms, completed, failed)


def deletes_messages(source: Source) -> bool:
    """Whether the function deletes each message that it has processed."""
    return isinstance(source, QueueSource) and source.acknowledge == "delete"


def _reads_reports(source: Source) -> bool:
    return isinstance(source, QueueSource) and source.acknowledge == "report"


def _reported(result: object, items: tuple[int, ...]) -> tuple[int, ...]:
    """The items that a returned `batchItemFailures` names."""
    listed = result.get("batchItemFailures") if isinstance(result, Mapping) else None
    names = {
        str(entry.get("itemIdentifier"))
        for entry in (listed if isinstance(listed, list | tuple) else ())
        if isinstance(entry, Mapping)
    }
    return tuple(item for item in items if message_id(item) in names)


def message_id(item: int) -> str:
    """The id of a message of a queue."""
    return f"00000000-0000-4000-8000-{item:012d}"


def item_text(scenario: Scenario, item: int) -> str:
    """The text of an event, message or record."""
    return scenario.event or f'{{"id": {item}}}'


def batch_event(
    scenario: Scenario, items: tuple[int, ...], receives: Mapping[int, int], at: int
) -> Mapping[str, object]:
    """The event that a source sends for these items."""
    source = scenario.source
    texts = [item_text(scenario, item) for item in items]
    match source:
        case QueueSource():
            records = [
                _queue_record(source, item, text, receives[item], at) for item, text in zip(items, texts, strict=True)
            ]
        case StreamSource():
            records = [_stream_record(source, item, text) for item, text in zip(items, texts, strict=True)]
        case _:
            name = source.name if isinstance(source, CkafkaSource) else ""
            records = [
                {"Ckafka": {"topic": name, "partition": 0, "offset": item, "msgKey": "None", "msgBody": text}}
                for item, text in zip(items, texts, strict=True)
            ]
    return {"Records": records}


def _queue_record(source: QueueSource, item: int, text: str, receives: int, at: int) -> dict[str, object]:
    sent = START_MS + (item - 1) * source.every_ms
    return {
        "messageId": message_id(item),
        "receiptHandle": f"{message_id(item)}/{receives}",
        "body": text,
        "attributes": {
            "ApproximateReceiveCount": str(receives),
            "SentTimestamp": str(sent),
            "SenderId": "123456789012",
            "ApproximateFirstReceiveTimestamp": str(sent if receives == 1 else min(sent, START_MS + at)),
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{source.name}",
        "awsRegion": "us-east-1",
    }


def _stream_record(source: StreamSource, item: int, text: str) -> dict[str, object]:
    arrival = START_MS + (item - 1) * source.every_ms
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "1",
            "sequenceNumber": str(item),
            "data": base64.b64encode(text.encode()).decode(),
            "approximateArrivalTimestamp": arrival / 1000,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-{(item - 1) % source.shards:012d}:{item}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::123456789012:role/lambda-role",
        "awsRegion": "us-east-1",
        "eventSourceARN": f"arn:aws:kinesis:us-east-1:123456789012:stream/{source.name}",
    }

"""Invocations of functions: select version and code, run, record, or accept as an asynchronous event.

Invoke, InvokeFunction, function URLs and attempts of asynchronous events use this module. `records/requests.py` has the
record of an invocation, `runtime` its process, and `events/` what follows acceptance.
"""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager

from scfdeploy.delivery.core import EventState, Phase
from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.cam.account import require_role
from scfdeploy.emulator.messages import CloudError, Request, Response
from scfdeploy.emulator.runtime import Invocation, Outcome, WebError, failed
from scfdeploy.emulator.scf.events.profile import settings_of
from scfdeploy.emulator.scf.records import aliases, concurrency, functions, layers, requests
from scfdeploy.emulator.store import StoredEvent
from scfdeploy.facts.errors import status_code

_NO_NETWORK = 404
_OVERRUN = 432


def prepare(
    call: ApiCall, key: str, qualifier: str, event: str, *, request_id: str = "", source: str = ""
) -> Invocation:
    """Collect what runs for an event. Raises CloudError if the function does not exist or cannot run now.

    `source` is the value of TRIGGER_SRC.
    """
    with call.store.exclusive(writes=False):
        function = functions.require(call, key)
        version = functions.get_version(call, key, aliases.resolve(call, key, qualifier))
        # A zip can have megabytes: read it only for the first instance.
        is_unpacked = not version["blob"] or call.context.invoker.cache.has_code(version["blob"])
        code = b"" if is_unpacked else call.store.get_blob(version["blob"])
        layer_contents = layers.contents(call, version)
    require_role(call, version["Role"])
    if version["Status"] in ("Creating", "CreateFailed", "Deleting"):
        raise CloudError("FailedOperation.FunctionStatusError", f"The function is {version['Status']}.")
    if version["ImageConfig"] is not None:
        call.context.invoker.images.require_docker()
    return Invocation(
        region=call.region,
        app_id=call.context.settings.app_id,
        uin=call.context.settings.uin,
        function=function,
        version=version,
        code=code or b"",
        event=event,
        request_id=request_id or str(uuid.uuid4()),
        trigger_source=source,
        layers=layer_contents,
        burst_limit=call.context.settings.burst_limit,
        host_id=call.context.settings.host_id,
        temporary_key=call.context.credentials.issue() if version["Role"] else None,
        isolation=call.context.settings.isolation,
    )


def run(call: ApiCall, key: str, invocation: Invocation) -> Outcome:
    """Run an event function for a synchronous call and record it. A fault rule may replace the outcome."""
    request_id, started_at = invocation.request_id, round(call.context.event_clock.now() * 1000)
    requests.put_running(call, key, request_id)
    forced = call.context.faults.outcome(invocation.function["FunctionName"], invocation.event, 1)
    try:
        outcome = run_once(call, invocation) if forced is None or forced.runs_first else None
    except BaseException:  # no outcome: the request must not stay "running"
        requests.discard(call, key, request_id)
        raise
    if forced is not None:
        output = outcome.output if outcome else ""
        outcome = failed(forced.status, status_name(forced.status), output=output)
    if outcome is None:
        raise AssertionError("without a fault rule the function runs")
    version = invocation.version["FunctionVersion"]
    with call.store.exclusive(writes=True):
        log = requests.log_entry(key, request_id, outcome, started_at=started_at, version=version)
        requests.put_outcome(call.store, log)
    call.context.runs.ended(log)
    return outcome


def run_once(call: ApiCall, invocation: Invocation) -> Outcome:
    """Run an event function without a record."""
    missing = _missing_vpc(call, invocation)
    if missing:
        return failed(_NO_NETWORK, missing)
    with hold_concurrency(call, invocation) as refusal:
        return failed(_OVERRUN, refusal) if refusal else call.context.invoker.run(invocation)


def serve(call: ApiCall, invocation: Invocation, request: Request) -> tuple[Response, str]:
    """The response of a web function, and the output of its program. Raises WebError if there is none."""
    missing = _missing_vpc(call, invocation)
    if missing:
        raise WebError(_NO_NETWORK, missing)
    with hold_concurrency(call, invocation) as refusal:
        if refusal:
            raise WebError(_OVERRUN, refusal)
        return call.context.invoker.serve(invocation, request)


def hold_concurrency(call: ApiCall, invocation: Invocation) -> AbstractContextManager[str]:
    """Hold the memory of an invocation while it runs. Yields why it must not run, or an empty text."""
    return call.context.invoker.concurrency.hold(
        invocation,
        reserved_mb=concurrency.reserved_mb(invocation.function),
        region_quota_mb=call.context.settings.region_quota_mb,
    )


def _missing_vpc(call: ApiCall, invocation: Invocation) -> str:
    """Why the network of a function is wrong, if the setting `vpcs` does not list it; otherwise an empty text."""
    existing = call.context.settings.vpcs
    vpc = invocation.version["VpcConfig"]["VpcId"]
    if not existing or not vpc or vpc in [name.strip() for name in existing.split(",")]:
        return ""
    return f"the VPC {vpc} of the function does not exist"


def accept(call: ApiCall, key: str, qualifier: str, event: str, request_id: str, source: str) -> None:
    """Store an asynchronous event from `source`, whose attempts run when they are due."""
    with call.store.exclusive(writes=True):
        store_event(call, key, qualifier, event, request_id, source)
    call.context.events.wake()


def store_event(call: ApiCall, key: str, qualifier: str, event: str, request_id: str, source: str) -> None:
    """Like `accept`, inside `Store.exclusive`. Raises CloudError when the function or the qualifier does not exist."""
    settings = settings_of(call, key, qualifier)
    requests.put_accepted(call, key, request_id)
    state = EventState(0, Phase.WAITING, 0)
    call.context.events.store(StoredEvent(request_id, key, qualifier, source, event, settings, state))


def status_name(status: int) -> str:
    """The documented name of an invocation status."""
    known = status_code(status)
    return known.name if known else str(status)

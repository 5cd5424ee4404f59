"""Operations on functions that complete later: a version reaches its final state, or a function is deleted.

An operation changes the state at once and schedules a transition in the store. `complete_due` runs the transitions
that are due; the server calls it before each request.
"""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf.records import functions
from scfdeploy.emulator.scf.records.functions import FUNCTION, VERSION
from scfdeploy.emulator.store import Store, Transition

_GONE = "Gone"
NOTICE = "notice"
"""The kind of documents for notices that the user has seen, by function and text."""
_OWNED = (VERSION, "trigger", "alias", "request", "provisioned", NOTICE)
"""The kinds of documents that a function owns, by the prefix of their keys."""


def start(call: ApiCall, key: str, version: Json, status: str, *, failed: str) -> None:
    """Store a version in the state of an operation (`Updating`). It ends in Active, or in `failed` by a fault rule."""
    final_status = failed if call.async_failure else "Active"
    version |= {"Status": status, "StatusReasons": []}
    transition = Transition(f"{key}/{version['FunctionVersion']}", final_status, call.async_failure)
    functions.put_version(call, key, version)
    _complete_later(call, transition)
    version |= functions.get_version(call, key, version["FunctionVersion"])


def start_deletion(call: ApiCall, key: str, name: str = "") -> None:
    """Start to delete a function, or only its version `name`."""
    for version in functions.list_versions(call, key):
        if name in ("", version["FunctionVersion"]):
            functions.put_version(call, key, version | {"Status": "Deleting"})
    call.context.invoker.retire(functions.require(call, key)["FunctionId"], name)
    _complete_later(call, Transition(f"{key}/{name}" if name else key, _GONE))


def complete_due(store: Store, now: float) -> None:
    """Complete every operation that is due by `now`."""
    due = store.next_due()
    if due is None or due > now:
        return
    with store.exclusive(writes=True):
        for transition in store.pop_due(now):
            _complete(store, transition)


def _complete_later(call: ApiCall, transition: Transition) -> None:
    if call.stuck:
        return
    if call.context.settings.activation_s > 0:
        call.store.schedule(call.completes_at, transition)
    else:
        _complete(call.store, transition)


def _complete(store: Store, transition: Transition) -> None:
    if transition.status == _GONE:
        _delete(store, transition.key)
        return
    version = store.get(VERSION, transition.key)
    if version is None or version["Status"] == "Deleting":
        return
    version["Status"] = transition.status
    if transition.status != "Active":
        error_code = f"FailedOperation.{transition.status}"
        version["StatusReasons"] = [{"ErrorCode": error_code, "ErrorMessage": transition.reason}]
    store.put(VERSION, transition.key, version)


def _delete(store: Store, key: str) -> None:
    region, namespace, name, *version = key.split("/")
    if version:
        store.delete(VERSION, key)
        store.delete("provisioned", key)
    else:
        store.delete(FUNCTION, key)
        for kind in _OWNED:
            store.delete_prefix(kind, f"{key}/")
        store.logs.delete(key)
        store.events.delete_records(key)
        for kind in ("tags", "tags_shown"):
            store.delete(kind, f"scf/{region}/namespace/{namespace}/function/{name}")
    store.drop_unused_blobs()

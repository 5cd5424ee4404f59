"""Functions and their versions: keys, what exists, which state it is in and how it gets there.

A function's document holds what all its versions share; each version's document holds a whole configuration, in the
words of GetFunction. Both carry a few lower-case fields of our own that never leave the server.
"""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.scf import param_checks
from scfdeploy.emulator.store import Store, Transition

FUNCTION = "function"
VERSION = "version"
LATEST = "$LATEST"
GONE = "Gone"
_OWNED = (VERSION, "trigger", "alias", "request", "provisioned")
_BUSY = frozenset({"Creating", "Updating", "Publishing", "Deleting"})


def key_of(call: ApiCall, parameters: Json) -> str:
    """The key of the function that the parameters name, whether it exists or not."""
    name = param_checks.function_name(parameters["FunctionName"])
    namespace = param_checks.namespace_name(parameters.get("Namespace") or "default")
    return f"{call.region}/{namespace}/{name}"


def find(call: ApiCall, key: str) -> Json | None:
    """A function's document, or None."""
    return call.store.get(FUNCTION, key)


def require(call: ApiCall, key: str) -> Json:
    """A function's document; raises the one error that clients take for "absent"."""
    found = find(call, key)
    if found is None:
        raise CloudError("ResourceNotFound.Function", f"Function `{key.rsplit('/', 1)[-1]}` does not exist.")
    return found


def keep(call: ApiCall, key: str, function: Json) -> None:
    """Store a function's document."""
    call.store.put(FUNCTION, key, function)


def version(call: ApiCall, key: str, name: str = LATEST) -> Json:
    """The document of one version; raises CloudError when it does not exist."""
    found = call.store.get(VERSION, f"{key}/{name}")
    if found is None:
        raise CloudError("ResourceNotFound.Version", f"Version `{name}` does not exist.")
    return found


def versions(call: ApiCall, key: str) -> list[Json]:
    """Every version of a function, `$LATEST` first, then by number."""
    found = [document for _, document in call.store.list_prefix(VERSION, f"{key}/")]
    return sorted(found, key=lambda v: (v["FunctionVersion"] != LATEST, _number(v["FunctionVersion"])))


def keep_version(call: ApiCall, key: str, document: Json) -> None:
    """Store the document of a version."""
    call.store.put(VERSION, f"{key}/{document['FunctionVersion']}", document)


def require_idle(document: Json, code: str, *, even_failed: bool = False) -> None:
    """Refuse with `code` while a version is between two states, or never came up (`even_failed` lets that pass)."""
    status = document["Status"]
    if status in _BUSY or (status == "CreateFailed" and not even_failed):
        raise CloudError(code, f"The function is in the state {status}, which does not allow this operation.")


def begin(call: ApiCall, key: str, document: Json, status: str, *, failed: str) -> None:
    """Put a version into a passing state (`Updating`) that ends Active, or `failed` or not at all by a fault rule."""
    end = failed if call.async_failure else "Active"
    delay_s = call.context.settings.activation_s
    document["StatusReasons"] = []
    if call.stuck:
        document["Status"] = status
    elif delay_s > 0:
        document["Status"] = status
        transition = Transition(f"{key}/{document['FunctionVersion']}", end, call.async_failure)
        call.store.schedule(call.now + delay_s, transition)
    else:
        _reach(document, end, call.async_failure)
    keep_version(call, key, document)


def begin_removal(call: ApiCall, key: str, name: str = "") -> None:
    """Put a function, or only its version `name`, into Deleting; it is gone after the usual delay."""
    delay_s = call.context.settings.activation_s
    for document in versions(call, key):
        if name in ("", document["FunctionVersion"]):
            document["Status"] = "Deleting"
            keep_version(call, key, document)
    what = Transition(f"{key}/{name}" if name else key, GONE)
    if call.stuck:
        return
    if delay_s > 0:
        call.store.schedule(call.now + delay_s, what)
    else:
        _come_about(call.store, what)


def settle(store: Store, now: float) -> None:
    """Let everything come about that is due. Called before each call, so that nothing needs a thread of its own."""
    with store.exclusive(writes=False):
        due = store.next_due()
    if due is None or due > now:
        return
    with store.exclusive(writes=True):
        for transition in store.pop_due(now):
            _come_about(store, transition)


def _come_about(store: Store, transition: Transition) -> None:
    if transition.status == GONE:
        _remove(store, transition.key)
        return
    document = store.get(VERSION, transition.key)
    if document is not None and document["Status"] != "Deleting":
        _reach(document, transition.status, transition.reason)
        store.put(VERSION, transition.key, document)


def _reach(document: Json, status: str, reason: str) -> None:
    document["Status"] = status
    if status != "Active":
        document["StatusReasons"] = [{"ErrorCode": f"FailedOperation.{status}", "ErrorMessage": reason}]


def _remove(store: Store, key: str) -> None:
    if key.count("/") == 3:
        store.delete(VERSION, key)
        store.delete("provisioned", key)
    else:
        store.delete(FUNCTION, key)
        for kind in _OWNED:
            store.delete_prefix(kind, f"{key}/")
        region, namespace, name = key.split("/")
        for kind in ("tags", "tags_shown"):
            store.delete(kind, f"scf/{region}/namespace/{namespace}/function/{name}")
    store.drop_unused_blobs()


def _number(version_name: str) -> int:
    return int(version_name) if version_name.isdigit() else 0

"""The paths at which the local server serves functions.

A function of the namespace `default` is at `/NAME/`, one of another namespace at `/NAMESPACE/NAME/`. Such a path can
mean two functions, and a namespace may be called `_emulator`. So every function also has the paths
`/_url/NAMESPACE/NAME/` and `/_url/REGION:NAMESPACE/NAME/`: no name contains a colon.
"""

from __future__ import annotations

from scfdeploy.emulator.access import URL, is_short_function_path
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.scf.records import functions, namespaces, triggers
from scfdeploy.emulator.store import Store


def find_function(app: EmulatorApp, path: str) -> tuple[str, str] | None:
    """The key of the function at a path, and the rest of the path; None if no function is there.

    A name that exists in several regions means the function in the region of the server.
    """
    with app.store.exclusive(writes=False):
        return _find(app.store, app.settings.region, path)


def list_paths(app: EmulatorApp) -> dict[str, str]:
    """The shortest path of each function that is served, without a slash at the end, by the key of the function."""
    app.complete_due()
    default = app.settings.region
    with app.store.exclusive(writes=False):
        urls = [trigger for _, trigger in app.store.list_prefix(triggers.KIND, "") if trigger["Type"] == "http"]
        served = {triggers.function_of(trigger) for trigger in urls}
        versions = app.store.list_prefix(functions.VERSION, "")
        served |= {key.rpartition("/")[0] for key, version in versions if version["Type"] == "HTTP"}
        return {key: _shortest(app.store, default, key) for key in sorted(served)}


def _shortest(store: Store, default_region: str, key: str) -> str:
    region, namespace, name = key.split("/")
    short = f"/{name}" if namespace == namespaces.DEFAULT else f"/{namespace}/{name}"
    for path in (short, f"{URL}{namespace}/{name}"):
        if _find(store, default_region, path) == (key, "/"):
            return path
    return f"{URL}{region}:{namespace}/{name}"


def _find(store: Store, default_region: str, path: str) -> tuple[str, str] | None:
    if is_short_function_path(path):
        name, _, rest = path.removeprefix("/").partition("/")
        key = _key(store, default_region, namespaces.DEFAULT, name)
        if key is not None:
            return key, f"/{rest}"
    elif not path.startswith(URL):
        return None
    namespace, _, rest = path.removeprefix(URL).removeprefix("/").partition("/")
    name, _, rest = rest.partition("/")
    region, colon, namespace = namespace.rpartition(":")
    if colon:
        key = f"{region}/{namespace}/{name}"
        return None if store.get(functions.FUNCTION, key) is None else (key, f"/{rest}")
    key = _key(store, default_region, namespace, name)
    return None if key is None else (key, f"/{rest}")


def _key(store: Store, default_region: str, namespace: str, name: str) -> str | None:
    key = f"{default_region}/{namespace}/{name}"
    return key if store.get(functions.FUNCTION, key) is not None else functions.find_key(store, f"{namespace}/{name}")

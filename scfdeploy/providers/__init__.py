"""The clouds there are: a provider is one folder beside this and one line in `_PROVIDERS`. Importing loads no SDK."""

from __future__ import annotations

from collections.abc import Callable

from scfdeploy.providers.base import Cloud

DEFAULT_PROVIDER = "tencent"


def provider(name: str = DEFAULT_PROVIDER) -> Callable[..., Cloud]:
    """The function that connects to the cloud of that name. KeyError when there is none."""
    return _PROVIDERS[name]()


def _tencent() -> Callable[..., Cloud]:
    from scfdeploy.providers.tencent import open_provider

    return open_provider


_PROVIDERS: dict[str, Callable[[], Callable[..., Cloud]]] = {"tencent": _tencent}

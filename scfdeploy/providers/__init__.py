"""The clouds there are: a provider is one folder beside this and one line in `_PROVIDERS`. Importing loads no SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scfdeploy.providers.tencent import TencentCloud

DEFAULT_PROVIDER = "tencent"


def provider(name: str = DEFAULT_PROVIDER) -> Callable[..., TencentCloud]:
    """The function that connects to the cloud of that name. KeyError when there is none."""
    return _PROVIDERS[name]()


def _tencent() -> Callable[..., TencentCloud]:
    from scfdeploy.providers.tencent import connect

    return connect


_PROVIDERS: dict[str, Callable[[], Callable[..., TencentCloud]]] = {"tencent": _tencent}

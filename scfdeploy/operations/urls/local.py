"""The URLs of functions on a local server, in place of public URLs that do not exist."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from scfdeploy.model import Address
from scfdeploy.operations.emulator import read_local
from scfdeploy.operations.request import LOCAL_PORT, CloudOptions
from scfdeploy.records import NamedTuple
from scfdeploy.workspace.paths import LOCAL_CLOUD, require_state_dir


class LocalUrls(NamedTuple):
    """The URLs of the functions of a region."""

    urls: Mapping[Address, str]
    serve_command: str = ""
    """The command during which they respond; empty if they respond now, and go on after this run."""

    def of(self, address: Address) -> tuple[str, ...]:
        """The URL of a function; empty if the server serves it at none."""
        return (self.urls[address],) if address in self.urls else ()


def local_urls(cloud: CloudOptions, root: str, region: str) -> LocalUrls | None:
    """The URLs of the functions that the local server of `cloud` serves; None in a cloud.

    The server of `--local` ends with the command. Its URLs are those that `scfdeploy emulator` serves later.
    """
    answer = read_local(cloud, root, "urls")
    if answer is None:
        return None
    server = cloud.local(require_state_dir(root)) if cloud.local is not None else None
    if server is None:
        base, command = (cloud.endpoint or "").rstrip("/"), ""
    elif server.lasts:
        base, command = server.url, ""
    else:
        data = os.path.relpath(require_state_dir(root) / LOCAL_CLOUD)
        base, command = f"http://127.0.0.1:{LOCAL_PORT}", f"scfdeploy emulator --data {shlex.quote(data)}"
    urls = {}
    for key, path in answer["urls"].items():
        of_region, namespace, name = key.split("/")
        if of_region == region:
            urls[Address.of_function(namespace, name)] = f"{base}{path}"
    return LocalUrls(urls, command if urls else "")

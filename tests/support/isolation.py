"""Marks for tests that need namespace isolation."""

from __future__ import annotations

import pytest

from scfdeploy.emulator import Server


def _has_namespaces() -> bool:
    with Server() as server:
        return server.choose_isolation() == "namespace"


needs_namespaces = pytest.mark.skipif(not _has_namespaces(), reason="this machine has no user namespaces")

"""`schema` on the command line."""

from __future__ import annotations

from scfdeploy.config.schema import json_schema
from tests.support.command import scfdeploy


def test_schema_is_printed_alone() -> None:
    ran = scfdeploy("schema")

    assert ran.exit_code == 0
    assert ran.stderr == ""
    assert ran.document == json_schema()

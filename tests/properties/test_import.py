"""Whatever a file asks for: applied, and imported into an empty folder, there is nothing to do there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings

from tests.support.command import scfdeploy
from tests.support.emulator import Cloud
from tests.support.local_server import local_server
from tests.support.strategies import inputs, write, write_code


@settings(deadline=None, max_examples=15)
@given(inputs())
def test_a_plan_of_what_was_imported_is_empty(wanted: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as place, local_server() as cloud:
        first, second = Path(place) / "first", Path(place) / "second"
        write_code(first)
        (first / "serverless.yml").write_text(write(wanted).text, encoding="utf-8")
        namespace, region = wanted.get("namespace", "default"), wanted.get("region", "ap-guangzhou")
        if namespace != "default":
            Cloud(cloud.url).call("CreateNamespace", region=region, Namespace=namespace)
        applied = scfdeploy("apply", first, "--yes", "--format", "json", env=cloud.env)
        assert applied.exit_code == 0, applied.stdout

        name = f"{namespace}/{applied.document['outputs']['demo']['name']}"
        imported = scfdeploy(
            "import", name, "--code", "--region", region, "--out", second, "--format", "json", env=cloud.env
        )

        assert imported.exit_code == 0, imported.stdout + (second / "serverless.yml").read_text()
        [function] = imported.document["functions"]
        assert (function["drift"], function["leftOut"], function["owned"]) == ([], [], True)
        planned = scfdeploy("plan", second, "--detailed-exitcode", env=cloud.env)
        assert planned.exit_code == 0, planned.stdout
        assert "\n0 unchanged" not in planned.stdout

"""Whatever a file asks for: applied, and imported into an empty folder, there is nothing to do there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings

from scfdeploy.model import FUNCTION_FIELDS, UpdateMode
from tests.support.command import scfdeploy
from tests.support.emulator import Cloud
from tests.support.local_server import local_server
from tests.support.sampling import sample_size
from tests.support.strategies import inputs, write, write_code

# They speak of versions that are not there yet; `test_round_trip` makes them first.
_RELEASE = {
    field.name
    for field in FUNCTION_FIELDS
    if field.update_mode in (UpdateMode.PUBLISH, UpdateMode.ALIAS, UpdateMode.CONCURRENCY)
}


@settings(deadline=None, max_examples=sample_size(15))
@given(inputs().map(lambda found: {key: value for key, value in found.items() if key not in _RELEASE}))
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

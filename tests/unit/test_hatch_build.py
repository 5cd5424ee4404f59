"""The metadata of a build: the project's addresses, and links that work in a package index."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("hatchling", reason="hatchling is not installed")
ROOT = Path(__file__).parents[2]
REPOSITORY = "https://git.example.com/team/scfdeploy"


@pytest.fixture(scope="module", name="hook")
def the_hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def metadata(hook: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = {"version": "1.2.3"}
    hook.RepositoryMetadata(str(ROOT), {}).update(found)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](docs/a.md#b)", f"[a]({REPOSITORY}/blob/v1/docs/a.md#b)"),
        ("[a](./LICENSE)", f"[a]({REPOSITORY}/blob/v1/LICENSE)"),
        ("![a](docs/a.svg)", f"![a]({REPOSITORY}/raw/v1/docs/a.svg)"),
        ("[![a](a.png)](docs/)", f"[![a]({REPOSITORY}/raw/v1/a.png)]({REPOSITORY}/blob/v1/docs/)"),
        ('<img src="docs/a.svg">', f'<img src="{REPOSITORY}/raw/v1/docs/a.svg">'),
        ('<a href="docs/a.md">a</a>', f'<a href="{REPOSITORY}/blob/v1/docs/a.md">a</a>'),
        ("[a](https://example.com/b) [c](#d) [e](mailto:f@g.h)",) * 2,
        ("```sh\n[a](b)\n```",) * 2,
        (
            "[a](b)\n~~~\n[a](b)\n~~~\n[a](b)",
            f"[a]({REPOSITORY}/blob/v1/b)\n~~~\n[a](b)\n~~~\n[a]({REPOSITORY}/blob/v1/b)",
        ),
    ],
)
def test_relative_links_become_absolute(hook: ModuleType, text: str, expected: str) -> None:
    assert hook.with_absolute_links(text, REPOSITORY, "v1") == expected


def test_build_with_the_address_has_project_urls_and_no_relative_link(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCFDEPLOY_REPOSITORY_URL", f"{REPOSITORY}/")

    found = metadata(hook)

    assert set(found["urls"]) == {"Source", "Documentation", "Changelog", "Issues"}
    assert all(url.startswith(REPOSITORY) for url in found["urls"].values())
    outside = re.sub(r"(?ms)^```.*?^```", "", found["readme"]["text"])
    targets = re.findall(r"\]\(([^)\s]+)", outside)
    assert targets
    assert [target for target in targets if not re.match(r"https://|#", target)] == []


def test_linked_files_of_the_readme_exist(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCFDEPLOY_REPOSITORY_URL", REPOSITORY)
    text = metadata(hook)["readme"]["text"]

    linked = re.findall(re.escape(REPOSITORY) + r"/(?:blob|raw)/v1\.2\.3/([^)\s\"#]+)", text)

    assert linked
    assert [path for path in linked if not (ROOT / path).exists()] == []


def test_build_without_the_address_invents_none(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCFDEPLOY_REPOSITORY_URL", raising=False)

    found = metadata(hook)

    assert "urls" not in found
    assert found["readme"]["text"] == (ROOT / "README.md").read_text("utf-8")

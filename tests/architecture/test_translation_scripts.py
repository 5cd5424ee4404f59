"""The scripts for translators take options, and no option for a file name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import extract_messages, update_translations


@pytest.mark.parametrize("main", [extract_messages.main, update_translations.main])
@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--nothing", 2)])
def test_option_is_not_taken_for_a_file(
    main: Callable[[list[str]], int],
    argument: str,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SystemExit) as ended:
        main([argument])

    assert ended.value.code == code
    assert list(tmp_path.iterdir()) == []

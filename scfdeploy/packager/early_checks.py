"""Check `src` without packing it, for `validate`."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.diagnostics import Diagnostics, Severity
from scfdeploy.model import Address, FolderSource, ObjectSource, Source
from scfdeploy.packager.findings import Findings


def check_sources(sources: Iterable[tuple[Address, Source | None]]) -> Diagnostics:
    """Errors in `src.include`, `src.exclude` and the start program, each once. Nothing is written.

    What a command is still to make is not looked for.
    """
    found = Diagnostics()
    seen: set[Source] = set()
    for address, source in sources:
        if source is None or isinstance(source, ObjectSource) or source in seen:
            continue
        seen.add(source)
        findings = Findings(address, source.span)
        if isinstance(source, FolderSource):
            _check_folder(source, findings)
        elif source.start_program and source.hook is None:
            from scfdeploy.packager.bootstrap import check_archive

            check_archive(source, findings)
        found.extend(one for one in findings.diagnostics if one.severity is Severity.ERROR)
    return found


def _check_folder(source: FolderSource, findings: Findings) -> None:
    if source.exclude:
        from scfdeploy.packager.unused_patterns import check_patterns

        check_patterns(source, findings)
    if source.include:
        from scfdeploy.packager.include import check_include

        check_include(source, findings)
    if source.start_program and source.hook is None:
        from scfdeploy.packager.bootstrap import check_folder

        check_folder(source, findings)

"""Sample events: what each type of trigger sends, with made-up values."""

from __future__ import annotations

from scfdeploy.diagnostics import ScfDeployError, did_you_mean
from scfdeploy.scaffold.rendering import templates


def sample_names() -> tuple[str, ...]:
    """The names that `sample_event` knows."""
    return tuple(sorted(path.stem for path in (templates() / "events").glob("*.json")))


def sample_event(name: str) -> str:
    """The sample of that name, as JSON text. Raises ScfDeployError when there is none."""
    names = sample_names()
    if name not in names:
        guess = did_you_mean(name, names)
        known = f"There are {', '.join(names)}."
        raise ScfDeployError(f'no sample event "{name}"', hint=f"{guess} {known}" if guess else known)
    return (templates() / "events" / f"{name}.json").read_text(encoding="utf-8")

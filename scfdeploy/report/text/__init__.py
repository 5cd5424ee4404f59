"""Results for people, as plain text with or without colour."""

from scfdeploy.report.text.render import Parts, parts, render
from scfdeploy.report.text.style import Look

__all__ = ["Look", "Parts", "parts", "render"]

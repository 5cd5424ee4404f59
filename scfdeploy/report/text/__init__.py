"""Results for people, as plain text with or without colour."""

from scfdeploy.report.text.render import RenderedOutput, render_output, render_text
from scfdeploy.report.text.style import TextStyle

__all__ = ["RenderedOutput", "TextStyle", "render_output", "render_text"]

"""Results as HTML pages: pictures of timelines and graphs, with tables below them."""

from scfdeploy.report.html.output import render_html

__all__ = ["render_html"]

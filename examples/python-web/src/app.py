"""A notice board, using the web server of the standard library. The platform sends all requests to port 9000."""

import html
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOTICES = [
    {"title": "Opening hours", "text": "Monday to Friday, 9 to 17"},
    {"title": "Lost & found", "text": "One umbrella, blue"},
]


class Handler(BaseHTTPRequestHandler):
    """GET / returns a page, GET /notices.json the same as JSON."""

    def do_GET(self):
        if self.path == "/":
            self.answer(200, "text/html", page(os.environ.get("TITLE", "Notices"), NOTICES))
        elif self.path == "/notices.json":
            self.answer(200, "application/json", json.dumps(NOTICES))
        else:
            self.answer(404, "text/plain", "Not found.\n")

    def answer(self, status, content_type, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def page(title, notices):
    """The notices as HTML."""
    items = "".join(
        f"<dt>{html.escape(notice['title'])}</dt><dd>{html.escape(notice['text'])}</dd>" for notice in notices
    )
    return f"<!doctype html><title>{html.escape(title)}</title><h1>{html.escape(title)}</h1><dl>{items}</dl>\n"


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 9000), Handler).serve_forever()  # noqa: S104 - required by the platform

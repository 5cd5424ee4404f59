"""A notice board on the standard library's web server; the platform sends every request to port 9000."""

import html
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOTICES = [
    {"title": "Opening hours", "text": "Monday to Friday, 9 to 17"},
    {"title": "Lost & found", "text": "One umbrella, blue"},
]


class Handler(BaseHTTPRequestHandler):
    """GET / is a page, GET /notices.json the same as data."""

    def do_GET(self):
        if self.path == "/":
            self.answer(200, "text/html", page(os.environ.get("TITLE", "Notices"), NOTICES))
        elif self.path == "/notices.json":
            self.answer(200, "application/json", json.dumps(NOTICES))
        else:
            self.answer(404, "text/plain", "There is nothing here.\n")

    def answer(self, status, content_type, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def page(title, notices):
    """The notices as a page."""
    items = "".join(f"<dt>{html.escape(one['title'])}</dt><dd>{html.escape(one['text'])}</dd>" for one in notices)
    return f"<!doctype html><title>{html.escape(title)}</title><h1>{html.escape(title)}</h1><dl>{items}</dl>\n"


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 9000), Handler).serve_forever()  # noqa: S104 - the platform asks for it

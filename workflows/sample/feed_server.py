"""Serves the sample's ICS feeds: `python -m workflows.sample.feed_server HOST PORT FOLDER`.

Who knows a feed's address may read it. So there is no list of them, and the addresses are not logged.
"""

from __future__ import annotations

import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO


class Feeds(SimpleHTTPRequestHandler):
    """The files of one folder, with Last-Modified and If-Modified-Since."""

    extensions_map = {".ics": "text/calendar; charset=utf-8"}  # noqa: RUF012 (as the base class declares it)

    def list_directory(self, path: object) -> BytesIO | None:
        self.send_error(HTTPStatus.NOT_FOUND)
        return None

    def log_message(self, *_: object) -> None:
        """Nothing: the path is a secret."""


def main() -> None:
    host, port, folder = sys.argv[1:]
    ThreadingHTTPServer((host, int(port)), partial(Feeds, directory=folder)).serve_forever()


if __name__ == "__main__":
    main()

"""A stand-in for `kubectl proxy`, proxy.py SOCKET FILE.

The objects of the cluster are the JSON list in FILE, which is read again for each answer.
An object with `code` is a refusal. An object of kind Raw is the answer to the paths that
end with its `path`: status, headers, body, and in `again` how often.
"""

import json
import socketserver
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

SOCKET, OBJECTS = sys.argv[1:]


def answer(path: str) -> Any:
    """`/api/v1/...` or `/apis/GROUP[/VERSION/...]`, for a list or one object; None where there is none."""
    parts = path.partition("?")[0].strip("/").split("/")
    if parts[0] == "apis" and len(parts) == 2:
        return {"preferredVersion": {"groupVersion": f"{parts[1]}/v1"}}
    rest = parts[2 if parts[0] == "api" else 3 :]
    if rest[0] == "namespaces" and len(rest) > 2:
        rest = rest[2:]
    same = [
        value
        for value in json.loads(Path(OBJECTS).read_text())
        if f"{value['kind']}s".lower() == rest[0]
    ]
    if len(rest) == 1:
        return {
            "apiVersion": "v1",
            "kind": f"{same[0]['kind'] if same else ''}List",
            "items": same,
        }
    return next((value for value in same if value["metadata"]["name"] == rest[1]), None)


class Handler(BaseHTTPRequestHandler):
    """The client of a Unix socket has no address."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        raw = (
            value
            for value in json.loads(Path(OBJECTS).read_text())
            if value["kind"] == "Raw"
        )
        told = next((value for value in raw if path.endswith(value["path"])), None)
        if told:
            self.send_response(told.get("status", 200))
            self.end_headers()
            for _ in range(told.get("again", 1)):
                self.wfile.write(told["body"].encode("latin-1"))
            return
        found = answer(self.path)
        body = json.dumps(found or {"kind": "Status", "message": "not found"}).encode()
        self.send_response(404 if found is None else found.get("code", 200))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Not to the test's output."""


with socketserver.ThreadingUnixStreamServer(SOCKET, Handler) as server:
    print(f"Starting to serve on {SOCKET}", flush=True)
    server.serve_forever(0.01)

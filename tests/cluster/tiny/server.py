"""Answers like an LLM server; few arguments are known to it."""

import argparse
import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NAME, KEY = os.environ["LISTED"], os.environ.get("OPENAI_API_KEY")
CHUNK = {
    "object": "chat.completion.chunk",
    "choices": [{"index": 0, "delta": {"content": "hi"}}],
}


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/health":
            self.answer(200, {})
        elif self.refused():
            self.answer(401, {"error": "Unauthorized"})
        else:
            self.answer(
                200, {"object": "list", "data": [{"id": NAME, "object": "model"}]}
            )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.refused():
            self.answer(401, {"error": "Unauthorized"})
        elif body.get("stream"):
            self.send(200, f"data: {json.dumps(CHUNK)}\n\ndata: [DONE]\n\n")
        elif self.path == "/v1/chat/completions":
            self.answer(
                200, {"choices": [{"message": {"role": "assistant", "content": "hi"}}]}
            )
        else:
            self.answer(200, {"choices": [{"text": "hi"}]})

    def refused(self) -> bool:
        return bool(KEY) and self.headers.get("Authorization") != f"Bearer {KEY}"

    def answer(self, status: int, body: dict[str, Any]) -> None:
        self.send(status, json.dumps(body))

    def send(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tiny")
    parser.add_argument("--model")
    parser.add_argument("--load-mebibytes", type=int, default=0)
    parser.add_argument("--load-seconds", type=int, default=0)
    arguments = parser.parse_args()
    WEIGHTS = b"w" * (arguments.load_mebibytes << 20)
    time.sleep(arguments.load_seconds)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer(("", 8000), Server).serve_forever()

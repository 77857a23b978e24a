"""A local HTTP server that answers as the OpenAI API does, for the calls of the example."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "Hello there, secret reply."


class _Api(BaseHTTPRequestHandler):
    """The first chat is new, the second reads its prompt from the cache; a stream tells no usage."""

    chats = 0

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if request["model"] != "gpt-4":
            self._answer(404, {"error": {"message": "no such model", "code": "model_not_found"}})
        elif request.get("stream"):
            self._stream()
        else:
            cached = 1024 if type(self).chats else 0
            type(self).chats += 1
            self._answer(200, _completion(cached))

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for delta, reason in (({"role": "assistant", "content": ANSWER}, None), ({}, "stop")):
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            chunk = {"id": "chatcmpl-3", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4"}
            self.wfile.write(f"data: {json.dumps(chunk | {'choices': [choice]})}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def _completion(cached_tokens: int) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{cached_tokens}",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4",
        "service_tier": "default",
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}
        ],
        "usage": {
            "prompt_tokens": 2000,
            "completion_tokens": 100,
            "total_tokens": 2100,
            "prompt_tokens_details": {"cached_tokens": cached_tokens},
        },
    }


@contextmanager
def openai_server() -> Iterator[str]:
    """The address of the running server."""
    handler = type("Api", (_Api,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()

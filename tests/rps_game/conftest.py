"""Fixtures for the tests of the game: a network camera."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

JPEG = cv2.imencode(".jpg", np.full((90, 160, 3), (0, 250, 0), np.uint8))[1].tobytes()


class _Camera(BaseHTTPRequestHandler):
    """Sends one green frame after another, as a live stream: paper, for the tiny model."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(JPEG)}\r\n\r\n"
        try:
            while True:
                self.wfile.write(head.encode() + JPEG + b"\r\n")
                time.sleep(0.01)
        except OSError:
            pass

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def paper_stream() -> Iterator[str]:
    """The URL of an endless live stream that shows paper."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()

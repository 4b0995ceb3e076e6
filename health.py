"""GET /healthz from memory: open before anything heavy is imported, and never asks the database."""

import errno
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

GRACE = 180.0  # seconds that a start may take; a tenth of a CPU imports for 17
CONNECTIONS = 32  # at most at a time: they count among the descriptors that the bot needs itself
LIMIT = 5.0  # seconds for which one may be open
SILENCE = 120.0  # seconds for which a gateway may be gone, or the event loop busy


class Health:
    """What the process knows of itself: starting, up with every gateway, or neither."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._down: dict[int, float] = {}  # shard → since when its gateway is gone
        self._beat: float | None = None
        self._closed = False
        self.timeouts: Callable[[], int] = lambda: 0  # how often the database did not answer

    def up(self, shard: int) -> None:
        """Note that a shard's gateway is connected."""
        self.beat()
        self._down.pop(shard, None)

    def down(self, shard: int) -> None:
        """Note that a shard's gateway is gone; it may well come back."""
        self._down.setdefault(shard, time.monotonic())

    def beat(self) -> None:
        """Note that the event loop runs."""
        self._beat = time.monotonic()

    def close(self) -> None:
        """Note that the process is about to end."""
        self._closed = True

    @property
    def well(self) -> bool:
        """True while starting, and while the loop runs and no gateway is gone for long."""
        if self._closed:
            return False
        now = time.monotonic()
        if self._beat is None:
            return now - self._began < GRACE
        return all(now - since < SILENCE for since in (self._beat, *self._down.values()))


class Server(ThreadingHTTPServer):
    """Opens at once, and keeps few connections for a short while, whoever makes them."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: dict[Any, float] = {}  # connection → since when
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind without asking DNS for this machine's name, which may take seconds."""
        if self.address_family == socket.AF_INET6:  # IPv4 too
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, unless too many connections are open."""
        if len(self._open) >= CONNECTIONS:
            self.shutdown_request(request)
            return
        self._open[request] = time.monotonic()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Shut, twice a second, what is open for too long; its thread then closes it."""
        for request, since in tuple(self._open.items()):
            if time.monotonic() - since > LIMIT:
                with suppress(OSError):  # the other side was faster
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep out of the log that somebody did not wait for the answer."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def serve(health: Health, port: int, host: str = "::") -> ThreadingHTTPServer:
    """Answer on `port`, by IPv6 and IPv4, from a daemon thread.

    Raise OSError if the port is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/healthz":
                self.send_error(404)
                return
            body = b"ok\n" if health.well else b"no gateway\n"
            if timeouts := health.timeouts():
                body += b"database: did not answer in time %d times\n" % timeouts
            self.send_response(200 if health.well else 503)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815  some hosts ask so

        def version_string(self) -> str:
            """Return nothing of Python's version."""
            return "mokumoku-bot"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep a check every few seconds out of the log."""

    try:
        server = Server((host, port), Handler)
    except OSError as error:
        if host != "::" or error.errno == errno.EADDRINUSE:
            raise
        server = Server(("", port), Handler)  # this machine has no IPv6
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server

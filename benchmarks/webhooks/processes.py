"""What runs in processes of its own: they find it by the name of this module."""

import asyncio
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.queues import Queue

import httpx

from deliveries.webhooks.addresses import Allowed, networks
from deliveries.webhooks.delivering import Deliverer
from fulfillment.sealing import Sealer
from fulfillment.store.transactions.session import Store, connect


def send_until_ended(url: str, key: str) -> None:
    """Send what is due of a database."""
    store = Store(connect(url, pool_size=3))
    allowed = Allowed(networks("127.0.0.0/8"))
    deliverer = Deliverer(store, Sealer([key]), allowed, httpx.create_ssl_context())
    asyncio.run(deliverer.run())


class Receiver(BaseHTTPRequestHandler):
    """Takes everything at once."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Thank for it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def receive(ports: "Queue[int]") -> None:
    """Tell the port, and answer whatever is posted."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    ports.put(server.server_address[1])
    server.serve_forever()

"""Receivers of webhooks on this machine: real servers, and what they were sent."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers as it is told to, remembers what came, and how many calls were under way at most."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b"thanks"
    respond: Callable[["Receiver", BaseHTTPRequestHandler], None] | None = None
    statuses: list[int] = field(default_factory=list)
    """Of the next answers; then `status`."""
    url: str = ""
    received: list[Received] = field(default_factory=list)
    most_at_once: int = 0
    names: list[str] = field(default_factory=list)
    """Names that TLS was asked for."""
    gate: threading.Event = field(default_factory=threading.Event)
    """No answer is given while it is not set."""
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.gate.set()

    def wait(self, calls: int = 1, seconds: float = 30) -> None:
        """Until so many more have come."""
        for _ in range(calls):
            assert self.came.acquire(timeout=seconds), f"only {len(self.received)} came"

    def ids(self) -> list[str]:
        return [each.id for each in self.received]

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            status = self.statuses.pop(0) if self.statuses else self.status
            headers = {name.lower(): value for name, value in handler.headers.items()}
            self.received.append(Received(handler.path, headers, body))
        self.came.release()
        self.gate.wait(60)
        try:
            self._respond(handler, status)
        except OSError:
            handler.close_connection = True
        finally:
            with self._lock:
                self._now -= 1

    def _respond(self, handler: BaseHTTPRequestHandler, status: int) -> None:
        if self.respond is not None:
            self.respond(self, handler)
            return
        handler.send_response(status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(self.answer)))
        handler.end_headers()
        handler.wfile.write(self.answer)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """Who breaks off is nobody's fault here."""


@contextmanager
def receiving(receiver: Receiver, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Have it listen while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            receiver.handle(self)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = Server(("127.0.0.1", 0), Handler)
    scheme, host = "http", "127.0.0.1"
    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: receiver.names.append(str(name))
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        scheme, host = "https", "localhost"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"{scheme}://{host}:{server.server_address[1]}/hooks"
    try:
        yield receiver
    finally:
        receiver.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()


def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# --- certificates of our own ---------------------------------------------------------------------


@dataclass(frozen=True)
class Authority:
    """Somebody who is trusted here, and by nobody else."""

    folder: Path

    def make(self, *names: str) -> None:
        """A certificate for these names, by an authority whose own is in `ca.pem`."""
        now = datetime.now(UTC)
        ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Authority")])

        def builder(
            subject: x509.Name, public: ec.EllipticCurvePublicKey
        ) -> x509.CertificateBuilder:
            return (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(ca_name)
                .public_key(public)
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - timedelta(days=1))
                .not_valid_after(now + timedelta(days=1))
            )

        constraints = x509.BasicConstraints(ca=True, path_length=None)
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        identifier = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
        ca = (
            builder(ca_name, ca_key.public_key())
            .add_extension(constraints, critical=True)
            .add_extension(usage, critical=True)
            .add_extension(identifier, critical=False)
            .sign(ca_key, hashes.SHA256())
        )
        alternatives = [_alternative(name) for name in names]
        issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            builder(subject, key.public_key())
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(issued_by, critical=False)
            .sign(ca_key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self.folder / "ca.pem").write_bytes(ca.public_bytes(pem))
        (self.folder / "server.pem").write_bytes(certificate.public_bytes(pem) + private)

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem")
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.folder / "ca.pem")


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)

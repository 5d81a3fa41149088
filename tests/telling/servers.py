"""Real servers on the loopback: one for mail, one for the web."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "archive", "not a secret"


class Letterbox:
    """Takes in mails; ``letters`` holds them."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], Message, bool]] = []

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a mail, to whom it went, and whether the line was encrypted."""
        letter = BytesParser(_class=EmailMessage, policy=default).parsebytes(envelope.content)
        self.letters.append((envelope.rcpt_tos, letter, session.ssl is not None))
        return "250 taken"


@contextmanager
def mail_server(certificate: Path | None = None) -> Iterator[tuple[str, Letterbox]]:
    """Run a mail server; with a certificate it offers STARTTLS and wants a password."""
    box = Letterbox()
    settings: dict[str, Any] = {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        settings = {
            "tls_context": context,
            "authenticator": _right,
            "auth_required": True,
        }
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=60, **settings)
    server.start()
    try:
        yield f"127.0.0.1:{port}", box
    finally:
        server.stop()


def _right(_server: Any, _session: Any, _envelope: Any, _how: str, told: Any) -> AuthResult:
    assert isinstance(told, LoginPassword)
    right = (told.login, told.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right)


def certificate(place: Path) -> Path:
    """Make a certificate for 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    begun = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, begun, begun.replace(year=2120))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = place / "loopback.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def web_server(answer: int = 200) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Run a web server that answers every POST so; give its address and what it was told."""
    told: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append((self.path, body.decode()))
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ping/abc", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

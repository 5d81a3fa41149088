"""A message by mail, over SMTP with STARTTLS."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from archiver.telling.message import Message

_TIMEOUT = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Mail:
    """Who is told through which server. ``password`` is sent over an encrypted line or not at all.

    ``headers`` are added as they stand.
    """

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def send(mail: Mail, message: Message, now: datetime) -> None:
    """Send the message to all, in one mail.

    An offer of STARTTLS is taken, and the server's certificate must then be good. Raises
    ``OSError`` (of which ``smtplib.SMTPException`` is one) and ``ValueError`` for an address
    that is none.
    """
    letter = EmailMessage()
    letter["From"], letter["To"] = mail.sender, ", ".join(mail.to)
    letter["Subject"], letter["Date"] = message.subject, format_datetime(now)
    letter["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2] or None)
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
    for name, value in mail.headers.items():
        letter[name] = value
    letter.set_content(message.text)
    with smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT) as server:
        server.ehlo()
        encrypted = server.has_extn("starttls")
        if encrypted:
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            if not encrypted:
                raise OSError("the server offers no STARTTLS, and no password goes without it")
            server.login(mail.user, mail.password)
        if refused := server.send_message(letter):
            raise OSError(f"refused for {', '.join(refused)}")

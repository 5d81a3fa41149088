"""Telling people and machines how a run ended: one message a run, by whatever ways were named."""

from archiver.telling.deliver import Ways, announce, deliver, names
from archiver.telling.mail import Mail
from archiver.telling.message import Figure, Message

__all__ = ["Figure", "Mail", "Message", "Ways", "announce", "deliver", "names"]

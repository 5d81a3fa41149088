"""A message to a web address that waits for it, and raises the alarm when none comes."""

from __future__ import annotations

import http.client
import urllib.request

_TIMEOUT = 15.0  # seconds
_LONGEST = 10_000  # bytes of the body


def send(url: str, ending: str, text: str) -> None:
    """Send ``text`` to ``url`` with ``ending`` behind its path, before any query.

    Raises ``OSError`` (``urllib.error.URLError`` is one) and ``ValueError``.
    """
    address, mark, query = url.partition("?")
    request = urllib.request.Request(
        f"{address.rstrip('/')}{ending}{mark}{query}",
        text.encode()[:_LONGEST],
        {"Content-Type": "text/plain; charset=utf-8"},
    )
    if request.type not in ("http", "https"):
        raise ValueError(f"{url} begins with neither http: nor https:")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
            answer.read(1)
    except http.client.HTTPException as error:
        raise OSError(f"no answer in HTTP: {error!r}") from error

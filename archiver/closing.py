"""What holds a file or a connection and has to be closed: with ``with``, at its end."""

from __future__ import annotations

from abc import abstractmethod
from typing import Self


class Closing:
    """Closed at the end of the ``with`` statement it stands in, whatever happened there."""

    @abstractmethod
    def close(self) -> None:
        """Give back what is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

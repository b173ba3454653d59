"""What is wrong with the bytes of a picture, for those who know whose they are."""

from __future__ import annotations

CUT_OFF = "is cut off"
DAMAGED = "is damaged"


class BrokenPictureError(ValueError):
    """Bytes that are no whole picture. The text goes on after the name of the file: "is empty".

    Callers turn it into an error of their own, with the file and what to do about it.
    """

    def __str__(self) -> str:
        return str(self.args[0])

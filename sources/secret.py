"""What must never be shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Secret:
    """Bytes that no log, error or page may say. What inherits from it must not be made a dataclass again: that would
    give it a text that shows them."""

    secret: bytes

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

"""The list of two schools that the pages' own tests are made on."""

from tests.watchlists.conftest import built, known, reasons, scores

__all__ = ["built", "known", "reasons", "scores"]

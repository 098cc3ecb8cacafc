"""A pretend trust, drawn from a stated process with a known truth (`docs/pretend-trust.md`)."""

from sources.pretend.trust import simulate

__all__ = ["simulate"]

"""Small numbers in totals: left out, with enough others that none can be had by subtraction."""

from collections.abc import Mapping


def shown(parts: Mapping[str, int], up_to: int) -> dict[str, int | None]:
    """The counts that add up to one total, with None for each that may not be shown.

    Left out: 1 to `up_to`; then the next smallest, until those left out are at least two and hold more than `up_to`
    together, since the total less the others gives their sum. A nought may stand.

    >>> shown({"7": 3, "8": 12, "9": 20, "10": 0}, 7)
    {'7': None, '8': None, '9': 20, '10': 0}
    """
    out = {name for name, count in parts.items() if 0 < count <= up_to}
    left = sorted((count, name) for name, count in parts.items() if count > up_to)
    while out and left and (len(out) < 2 or sum(parts[name] for name in out) <= up_to):
        out.add(left.pop(0)[1])
    return {name: None if name in out else count for name, count in parts.items()}


def total(parts: Mapping[str, int], up_to: int) -> int | None:
    """The sum, or None where it is itself a small number."""
    whole = sum(parts.values())
    return None if 0 < whole <= up_to else whole

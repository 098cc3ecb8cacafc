"""Ideas to consider, by reason family: each with the strength of its evidence and what to check first."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from functools import cache
from itertools import zip_longest

from configs.settings import HERE, read_yaml
from watchlists.language import translated

MOST_IDEAS = 4


@dataclass(frozen=True)
class Idea:
    """One thing adults may try."""

    idea: str
    how: str
    evidence: str
    because: str
    who: str
    check_first: str


@cache
def all_ideas() -> dict[str, tuple[Idea, ...]]:
    """Every idea of `configs/support.yaml`, by family; `always` comes first for everyone."""
    return {family: tuple(Idea(**held) for held in held_all) for family, held_all in _read().items()}


def ideas(families: Iterable[str]) -> tuple[Idea, ...]:
    """Two to four ideas for the families noticed: talking first, then those for each family in turn."""
    held = all_ideas()
    fitting = [held[family] for family in families if family in held] or [held["otherwise"]]
    in_turn = [idea for one_of_each in zip_longest(*fitting) for idea in one_of_each if idea]
    chosen = tuple(dict.fromkeys([*held["always"], *in_turn]))[:MOST_IDEAS]
    return tuple(Idea(*(translated(words) for words in astuple(idea))) for idea in chosen)


def _read() -> dict[str, list[dict[str, str]]]:
    return {str(family): list(held) for family, held in read_yaml(HERE / "support.yaml").items()}

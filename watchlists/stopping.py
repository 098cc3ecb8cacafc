"""Publishing stopped for a school: its list is empty until a named person has looked at what followed being listed."""

import dataclasses
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.store import replace_whole
from watchlists.build import Built
from watchlists.language import marked

FILE = "harm.json"
STOPPED = marked("No list is published here until a named person has looked at what followed being listed.")


@dataclass(frozen=True)
class Stops:
    """`stopped`: by school_id what raised the alert (as_of, times, low, high); `looked`: each look, in order, with
    school_id, by, reason, up_to."""

    stopped: dict[str, dict[str, Any]]
    looked: tuple[dict[str, str], ...] = ()

    @classmethod
    def from_facts(cls, held: Mapping[str, Any]) -> "Stops":
        """The stops from their `facts`."""
        return cls(held["stopped"], tuple(held["looked"]))

    def facts(self) -> dict[str, Any]:
        """The same as plain facts, to be kept."""
        return {"stopped": self.stopped, "looked": list(self.looked)}

    def looked_up_to(self) -> dict[str, str]:
        """The day up to which a named person has last looked, by school_id."""
        return {look["school_id"]: look["up_to"] for look in self.looked}

    def keys(self) -> Iterator[str]:
        """What makes a night after a look another night than before it."""
        return (f"looked {look['school_id']} {look['up_to']}" for look in self.looked)


def stops_of(store: Path) -> Stops:
    """The schools stopped, and the looks taken."""
    path = store / FILE
    if not path.exists():
        return Stops({})
    return Stops.from_facts(json.loads(path.read_text(encoding="utf-8")))


def keep(store: Path, stops: Stops) -> None:
    """Writes the stops whole."""
    replace_whole(store / FILE, json.dumps(stops.facts(), indent=1, sort_keys=True) + "\n")


def without(built: Built, schools: Collection[str], why: str = STOPPED) -> Built:
    """The same with nobody of these schools listed; their pupils are still found, with the reason."""
    if not schools:
        return built
    rows, roll = built.watch_list, built.roll
    listed = rows["school_id"].isin(list(schools))
    pupils = {
        pupil: card for pupil, card in built.cards["pupils"].items() if card["school_id"] not in schools
    }
    return dataclasses.replace(
        built,
        watch_list=rows[~listed].reset_index(drop=True),
        cards={**built.cards, "pupils": pupils},
        off_list=[row for row in built.off_list if row["school_id"] not in schools],
        roll=roll.assign(why=roll["why"].mask(roll["school_id"].isin(list(schools)), why)),
        turnover={school: counts for school, counts in built.turnover.items() if school not in schools},
    )

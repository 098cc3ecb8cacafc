"""Pupils at the door: identifiers become pseudonyms by a keyed hash, and one pupil stays one, however they are named.

A pupil is known by several aliases: UPN, former UPNs, admission number, the system's own id, and (for exports that
give nothing else) a name on the register. Aliases are kept in the store as keyed hashes alone. The first identifier a
pupil is met by names them for good: a permanent UPN that replaces a temporary one becomes one more alias.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from configs.profile import Export
from sources.exports.keys import Key
from sources.exports.upn import fault, is_temporary

Alias = tuple[str, str]
Named = Mapping[
    str, str | None
]  # what a row calls its pupil: upn, former_upn, admission, id, name, known_as, form
NAMES = ("name", "known_as")
NAMED_BY = ("first_name", "last_name", "preferred_name", "full_name", "tutor_group")
NOT_ON_REGISTER = "no pupil of that name is on the register"
TWO_OF_THAT_NAME = "more than one pupil has that name: export it with the UPN or admission number"
NOBODY = "nothing in the row says which pupil it is of"


@dataclass
class Register:
    """Who is known by what: alias (kind, keyed hash) → pupil ids, most often one; and those met in this load."""

    key: Key
    known: dict[Alias, set[str]] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)  # pupils known by a permanent UPN
    new: set[tuple[str, str, str]] = field(default_factory=set)

    def remember(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Aliases the store holds: (pupil_id, kind, alias)."""
        for pupil_id, kind, alias in rows:
            self._hold((kind, alias), pupil_id)

    def admit(self, named: Named, source: str, school: str) -> tuple[str | None, str | None]:
        """The id of a pupil that a register lists, made where they are new; or None and why not."""
        surest, names, why = self._aliases(named, source, school)
        if not surest:
            return None, why or NOBODY
        pupil_id = self._first_known(surest) or self._made(surest[0])
        for alias in (*surest, *names):
            self._add(alias, pupil_id)
        return pupil_id, None

    def recognise(self, named: Named, source: str, school: str) -> tuple[str | None, str | None]:
        """The id of the pupil an event is of; or None and why not. An identifier not met before names a pupil, whom the
        tables may not hold; a name never does."""
        surest, names, why = self._aliases(named, source, school)
        if surest:
            anywhere = (
                [self._of_id(source, "", named)] if named.get("id") else []
            )  # a register of no one school
            pupil_id = self._first_known([*surest, *anywhere]) or self._made(surest[0])
            for alias in surest:
                self._add(alias, pupil_id)
            return pupil_id, None
        for alias in names:
            found = self.known.get(alias, set())
            if len(found) == 1:
                return next(iter(found)), None
            if found:
                return None, TWO_OF_THAT_NAME
        return None, why or (NOT_ON_REGISTER if names else NOBODY)

    def of_upn(self, upn: str) -> str | None:
        """The pupil known by a UPN, or None."""
        return None if fault(upn) else self._first_known([self._of_upn(upn.strip().upper())])

    def _aliases(self, named: Named, source: str, school: str) -> tuple[list[Alias], list[Alias], str | None]:
        """The aliases that are sure, the surest first; those by name, the narrowest first; and what was wrong."""
        said = {kind: text.strip() for kind, text in named.items() if text and text.strip()}
        upns = [
            upn.strip()
            for kind in ("upn", "former_upn")
            for upn in said.get(kind, "").upper().split(";")
            if upn
        ]
        wrong = [why for upn in upns if (why := fault(upn))]
        sure = [self._of_upn(upn) for upn in upns if not fault(upn)]
        sure += (
            [("admission", self.key.of("admission", school, said["admission"]))]
            if "admission" in said
            else []
        )
        sure += [self._of_id(source, school, said)] if "id" in said else []
        return sure, self._by_name(said, school), wrong[0] if wrong else None

    def _of_id(self, source: str, school: str, named: Named) -> Alias:
        return ("id", self.key.of("id", source, school, (named["id"] or "").strip()))

    def _of_upn(self, upn: str) -> Alias:
        return ("temporary_upn" if is_temporary(upn) else "upn", self.key.of("upn", upn))

    def _by_name(self, said: Mapping[str, str], school: str) -> list[Alias]:
        """By each name the pupil goes by: with the form, then without."""
        form = said.get("form", "").casefold().replace(" ", "")
        called = [plain_name(said[kind]) for kind in NAMES if kind in said]
        return [
            ("name", self.key.of("name", school, name, of))
            for of in dict.fromkeys((form, ""))
            for name in called
        ]

    def _first_known(self, aliases: Sequence[Alias]) -> str | None:
        """The pupil of the surest alias that is known. A school's number does not outweigh a UPN: where the row gives a
        permanent one that is new, the number's pupil is this one only if they have none yet."""
        permanent = any(kind == "upn" for kind, _ in aliases)
        for alias in aliases:
            for pupil_id in sorted(self.known.get(alias, ())):
                if alias[0] in ("upn", "temporary_upn") or not (permanent and pupil_id in self.settled):
                    return pupil_id
        return None

    def _made(self, alias: Alias) -> str:
        return self.key.of("pupil", *alias)

    def _add(self, alias: Alias, pupil_id: str) -> None:
        held = self.known.get(alias, set())
        if pupil_id not in held and (alias[0] == "name" or not held):
            self._hold(alias, pupil_id)
            self.new.add((pupil_id, *alias))

    def _hold(self, alias: Alias, pupil_id: str) -> None:
        self.known.setdefault(alias, set()).add(pupil_id)
        if alias[0] == "upn":
            self.settled.add(pupil_id)


def plain_name(name: str) -> str:
    """A name as it is compared: "O'Brien, Zoë" and "Zoe O’Brien" are one; the order of its words does not matter."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() or c.isspace() or c == "," else "" for c in bare.casefold())
    return " ".join(sorted(words.replace(",", " ").split()))


def identifiers(export: Export) -> tuple[str, ...]:
    """The columns by which an export tells pupils apart; of a register, those with their names too."""
    people = (
        [export.people[kind] for kind in NAMED_BY if kind in export.people] if lists_pupils(export) else []
    )
    return tuple(dict.fromkeys((*export.pupil.values(), *people)))


def who(export: Export, said: Mapping[str, str | None]) -> dict[str, str | None]:
    """What a row (column → text) calls its pupil, by kind of identifier; a register's names are put together."""
    named = {kind: said[column] for kind, column in export.pupil.items()}
    if lists_pupils(export) and export.people:
        told = {kind: said.get(column) or "" for kind, column in export.people.items()}
        last = told.get("last_name", "")
        named["name"] = told.get("full_name") or f"{told.get('first_name', '')} {last}"
        named["known_as"] = f"{told['preferred_name']} {last}" if told.get("preferred_name") else None
        named["form"] = told.get("tutor_group")
    return named


def lists_pupils(export: Export) -> bool:
    """Whether an export is a register: the pupils it lists are admitted, before any other export is read."""
    return any(rows.table == "pupils" for rows in export.rows)

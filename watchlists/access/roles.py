"""What each role may see. Whatever is not allowed here is denied.

A head of year sees her own years, a tutor his own group; a SENCo, a safeguarding lead and a head see the pupils of
their schools; the trust and governors see totals alone.
"""

from dataclasses import dataclass, field

from watchlists.language import marked, said

EVERY_SCHOOL = "*"


@dataclass(frozen=True)
class Role:
    """One role: its name for people, whose names it opens, and whether it opens totals."""

    title: str
    names: bool
    whole_school: bool
    totals: bool


ROLES = {
    "pastoral": Role(marked("Pastoral lead"), names=True, whole_school=False, totals=False),
    "senco": Role(marked("SENCo"), names=True, whole_school=True, totals=False),
    "safeguarding": Role(marked("Safeguarding lead"), names=True, whole_school=True, totals=True),
    "head": Role(marked("Head"), names=True, whole_school=True, totals=True),
    "trust": Role(marked("Trust"), names=False, whole_school=False, totals=True),
    "governor": Role(marked("Governor"), names=False, whole_school=False, totals=True),
}


@dataclass(frozen=True)
class Account:
    """One member of staff: the name to sign in with, the role, and where it holds.

    `schools` are ids (or EVERY_SCHOOL); `years` and `tutor_groups` narrow a pastoral lead's view of them.
    """

    name: str
    full_name: str
    role: str
    schools: frozenset[str]
    years: frozenset[str] = field(default_factory=frozenset)
    tutor_groups: frozenset[str] = field(default_factory=frozenset)
    email: str = ""

    @property
    def title(self) -> str:
        """The role in words: "Pastoral lead, Year 9"."""
        years = (said("Year {year}", year=year) for year in sorted(self.years))
        return ", ".join([said(ROLES[self.role].title), *years, *sorted(self.tutor_groups)])


def works_at(account: Account, school_id: str) -> bool:
    """Whether the role holds at that school."""
    return EVERY_SCHOOL in account.schools or school_id in account.schools


def may_see_names(account: Account, school_id: str) -> bool:
    """Whether any pupil of the school may be seen by name."""
    return works_at(account, school_id) and ROLES[account.role].names


def may_see_pupil(account: Account, school_id: str, year_group: str, tutor_group: str) -> bool:
    """Whether this pupil may be seen: every one of the school's, or only those of one's years and tutor groups."""
    if not may_see_names(account, school_id):
        return False
    if ROLES[account.role].whole_school:
        return True
    return year_group in account.years or (tutor_group != "" and tutor_group in account.tutor_groups)


def may_see_totals(account: Account, school_id: str) -> bool:
    """Whether the school's totals may be seen."""
    return works_at(account, school_id) and ROLES[account.role].totals


def sees_whole_school(account: Account, school_id: str) -> bool:
    """Whether every pupil of the school may be seen by name."""
    return may_see_names(account, school_id) and ROLES[account.role].whole_school

"""The catalogue: every fact the model may look at, each one readable value.

The engine, the documentation, the monotone constraints, the sentences and the model's manifest all come from this
list. Ethnicity, religion, language, sex, free school meals, postcode and disability outside the SEN record are not
here and may not be: they are kept for the fairness audit alone.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from features.reads import AbsenceHeld, Around, Change, Difference, Held, Read, Share, Since, State, Total
from features.totals import Wanted

Direction = Literal["raises", "lowers", "either"]
WEEK, FORTNIGHT, MONTH, TERM, YEAR = 5, 10, 20, 60, 190  # open days
LONG_AGO = 380  # two school years: further back is "long ago", and never counts the same
A_TERM_OF_SESSIONS = 120


@dataclass(frozen=True)
class Feature:
    """One fact as known on a day.

    `direction`: more of it can only raise concern, only lower it, or either. `shown`: whether staff may be told
    of it as a reason. `missing` says what an empty value means.
    """

    name: str
    family: str
    read: Read
    phrase: str
    unit: str
    direction: Direction = "raises"
    shown: bool = True
    missing: str = "never empty"


NO_SESSIONS = "no possible sessions in the window"


def _over(words: str, window: int) -> str:
    return f"{words} in the last {window} school days"


def _shares(
    prefix: str, family: str, measure: str, words: str, windows: Iterable[int], out_of: str = "possible"
) -> tuple[Feature, ...]:
    return tuple(
        Feature(f"{prefix}_rate_{w}", family, Share(measure, out_of, w), _over(words, w), "share of sessions",
                missing=NO_SESSIONS)
        for w in windows
    )  # fmt: skip


def _totals(
    measure: str, family: str, words: str, windows: Iterable[int], direction: Direction = "raises",
    shown: bool = True,
) -> tuple[Feature, ...]:  # fmt: skip
    return tuple(
        Feature(f"{measure}_{w}", family, Total(measure, w), _over(words, w), "count", direction, shown)
        for w in windows
    )


def _since(measure: str, family: str, words: str, direction: Direction = "lowers") -> Feature:
    return Feature(f"days_since_{measure}", family, Since(measure, LONG_AGO), f"school days since {words}",
                   "school days", direction)  # fmt: skip


def _steady(measure: str, family: str, words: str, direction: Direction = "raises") -> Feature:
    return Feature(f"{measure}_steady", family, Share(measure, "possible", None, A_TERM_OF_SESSIONS),
                   f"{words} for each session on record, read cautiously while the record is short",
                   "count per session", direction)  # fmt: skip


ATTENDANCE = (
    *_shares("absent", "absence", "absent", "sessions missed", (WEEK, FORTNIGHT, MONTH, TERM, YEAR)),
    Feature("absent_change_20", "absence", Change("absent", "possible", MONTH, TERM),
            "sessions missed in the last 20 school days against the 40 before", "difference of shares", "raises",
            missing="no possible sessions in one of the two periods"),
    *_shares("illness", "absence", "illness", "sessions missed through illness", (MONTH, YEAR)),
    _steady("absent", "absence", "sessions missed"),
    _since("attended", "absence", "a session attended", "raises"),
    *_shares("unauthorised", "unauthorised", "unauthorised", "unauthorised absence", (MONTH, TERM, YEAR)),
    _since("unauthorised", "unauthorised", "an unauthorised absence"),
    Feature("unauthorised_share_190", "unauthorised", Share("unauthorised", "absent", YEAR),
            "share of absence that was unauthorised in the last 190 school days", "share of absences", "either",
            missing="no absence in the window"),
    *_shares("late", "lateness", "late", "late arrivals", (MONTH, TERM, YEAR)),
    Feature("late_minutes_60", "lateness", Total("late_minutes", TERM), _over("minutes late", TERM), "minutes"),
    Feature("late_change_20", "lateness", Change("late", "possible", MONTH, TERM),
            "late arrivals in the last 20 school days against the 40 before", "difference of shares",
            missing="no possible sessions in one of the two periods"),
    *_shares("part_time", "part_time", "part_time", "sessions on a part-time timetable", (MONTH, YEAR)),
    *_shares("off_site", "moves", "off_site", "sessions at off-site or other provision", (TERM,)),
)  # fmt: skip

LESSONS = (
    *_totals("lessons_missed", "lessons", "lessons missed while in school", (MONTH, TERM, YEAR)),
    *_totals("lessons_late", "lessons", "late arrivals to lessons", (TERM,)),
    _since("lessons_missed", "lessons", "a lesson missed while in school"),
)

INCIDENTS = (
    *_totals("incidents", "incidents", "recorded incidents", (WEEK, FORTNIGHT, MONTH, TERM, YEAR)),
    *_totals("severe_incidents", "incidents", "recorded incidents of severity 2 or 3", (MONTH, TERM, YEAR)),
    *_totals("gravest_incidents", "incidents", "recorded incidents of severity 3", (YEAR,)),
    *_totals("sent_out", "incidents", "times sent out or in detention", (MONTH, YEAR)),
    _steady("incidents", "incidents", "recorded incidents"),
    _steady("severe_incidents", "incidents", "recorded incidents of severity 2 or 3"),
    Feature("incidents_change_20", "incidents", Change("incidents", "possible", MONTH, TERM),
            "recorded incidents in the last 20 school days against the 40 before", "count per session",
            missing="no possible sessions in one of the two periods"),
    _since("incidents", "incidents", "a recorded incident"),
    _since("severe_incidents", "incidents", "a recorded incident of severity 2 or 3"),
)  # fmt: skip

SANCTIONS = (
    *_totals("removals", "removals", "times in internal exclusion", (MONTH, TERM, YEAR)),
    Feature("removed_sessions_190", "removals", Total("removed_hundredths", YEAR, 100.0),
            _over("sessions in internal exclusion", YEAR), "sessions"),
    _steady("removals", "removals", "times in internal exclusion"),
    _since("removals", "removals", "internal exclusion"),
    *_totals("suspensions", "suspensions", "suspensions", (MONTH, TERM, YEAR)),
    Feature("suspended_sessions_190", "suspensions", Total("suspended_hundredths", YEAR, 100.0),
            _over("sessions suspended", YEAR), "sessions"),
    Feature("suspensions_ever", "suspensions", Total("suspensions", None), "suspensions on record", "count"),
    _steady("suspensions", "suspensions", "suspensions"),
    _since("suspensions", "suspensions", "a suspension"),
    *_totals("moves", "moves", "moves off site or to part-time timetables begun", (YEAR,)),
)  # fmt: skip

STRENGTHS = (
    *_totals("recognitions", "recognitions", "recognitions", (MONTH, TERM, YEAR), "lowers"),
    _steady("recognitions", "recognitions", "recognitions", "lowers"),
    _since("recognitions", "recognitions", "a recognition", "raises"),
    Feature("belonging", "belonging", State("belonging"), "how far the pupil said they belong, at the last survey",
            "score 0–1", "lowers", missing="not surveyed"),
    Feature("belonging_change", "belonging", Difference("belonging", "belonging_before"),
            "change in belonging between the last two surveys", "difference of scores", "lowers",
            missing="surveyed less than twice"),
)  # fmt: skip

CARE = (
    *_totals("meetings", "meetings", "meetings held", (TERM, YEAR), "either", False),
    Feature("support_now", "support", State("support_now"), "kinds of support in place", "count", "either", False),
    *_totals("support_started", "support", "kinds of support begun", (TERM,), "either", False),
    Feature("sen_support", "needs", State("sen_support"), "SEN support recorded now", "0 or 1", "either", False),
    Feature("plan", "needs", State("plan"), "an EHC plan recorded now", "0 or 1", "either", False),
    Feature("sen_ever", "needs", State("sen_ever"), "SEN recorded now or before", "0 or 1", "either", False),
    Feature("semh", "needs", State("semh"), "an SEMH need recorded now", "0 or 1", "either", False),
    Feature("social_care", "needs", State("social_care"), "social care recorded now", "0 or 1", "either", False),
    Feature("young_carer", "needs", State("young_carer"), "recorded as a young carer now", "0 or 1", "either",
            False),
)  # fmt: skip

SCHOOL_LED = ((1, "sent_out", 1), (1, "severe_incidents", 1), (2, "removals", 1), (3, "suspensions", 1),
              (4, "suspensions", 2), (5, "moves", 1))  # fmt: skip
STANDING = (
    Feature("held_school", "standing", Held(SCHOOL_LED, YEAR),
            "the highest school-led step already held in the last 190 school days", "step", "either", False),
    Feature("held_lessons", "standing", Held(((1, "lessons_missed", 2), (2, "part_time", 1)), YEAR),
            "lessons missed or a part-time timetable already held in the last 190 school days", "step", "either",
            False),
    Feature("held_absence", "standing", AbsenceHeld(YEAR, A_TERM_OF_SESSIONS),
            "persistent (1) or severe (2) absence already holding over the last 190 school days", "step", "either",
            False),
)  # fmt: skip

PLACE = (
    Feature("days_here", "joining", State("days_here"), "days since first joining this school, at most 380",
            "days", "either", False),
    Feature("year", "year", State("year"), "year group (Reception 0)", "year", "either", False,
            "year group not a school year"),
    Feature("season", "year", State("season"), "months since September", "months", "either", False),
    *(
        Feature(f"{place}_{measure}_{window}", "environment", Around(measure, out_of, window, place == "year"),
                f"{words} around the pupil, in the same {'year group' if place == 'year' else 'school'}, in the"
                f" last {window} school days", "count per session", "either", False, NO_SESSIONS)
        for place in ("school", "year")
        for measure, out_of, window, words in (
            ("suspensions", "possible", YEAR, "suspensions"),
            ("severe_incidents", "possible", TERM, "recorded incidents of severity 2 or 3"),
            ("removals", "possible", TERM, "times in internal exclusion"),
            ("absent", "possible", TERM, "sessions missed"),
            ("incidents", "possible", YEAR, "recorded incidents"),
        )
    ),
)  # fmt: skip

CATALOGUE: tuple[Feature, ...] = (
    *ATTENDANCE,
    *LESSONS,
    *INCIDENTS,
    *SANCTIONS,
    *STRENGTHS,
    *CARE,
    *STANDING,
    *PLACE,
)
FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(feature.family for feature in CATALOGUE))


def wanted(catalogue: Iterable[Feature] = CATALOGUE) -> Wanted:
    """The totals and last days that a catalogue is made from."""
    reads = [feature.read for feature in catalogue]
    return Wanted(
        totals=tuple(dict.fromkeys(total for read in reads for total in read.totals())),
        last=tuple(dict.fromkeys(measure for read in reads for measure in read.last())),
    )


def catalogue_hash(catalogue: Iterable[Feature] = CATALOGUE) -> str:
    """sha256 over every definition: a model made from another catalogue is refused."""
    return hashlib.sha256("\n".join(map(repr, catalogue)).encode()).hexdigest()

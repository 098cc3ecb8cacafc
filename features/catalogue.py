"""The catalogue: every fact the model may look at, each one readable value.

The engine, the documentation, the monotone constraints, the sentences and the model's manifest all come from this
list. Ethnicity, religion, language, sex, free school meals, postcode and disability outside the SEN record are not
here and may not be: they are kept for the fairness audit alone.
"""

import hashlib
from collections.abc import Iterable

from features.feature import (
    A_TERM_OF_SESSIONS,
    FORTNIGHT,
    LONG_AGO,
    MONTH,
    NO_SESSIONS,
    TERM,
    WEEK,
    YEAR,
    Feature,
    change,
    over,
    shares,
    since,
    slope,
    steady,
    totals,
)
from features.reads import (
    AbsenceHeld,
    Around,
    Beyond,
    Change,
    Difference,
    Held,
    Share,
    Spell,
    State,
    StateShare,
    Total,
)
from features.totals import Wanted

__all__ = ["CATALOGUE", "FAMILIES", "LONG_AGO", "Feature", "catalogue_hash", "states_wanted", "wanted"]

SHARES = "difference of shares"
A_SESSION = "count per session"
ATTENDANCE = (
    *shares("absent", "absence", "absent", "sessions missed", (WEEK, FORTNIGHT, MONTH, TERM, YEAR)),
    change("absent", "absence", "sessions missed", SHARES),
    slope("absent", "absence", "the share of sessions missed", "share for each 20 days"),
    Feature("absent_against_own_year", "absence", Change("absent", "possible", MONTH, YEAR),
            "sessions missed in the last 20 school days against the 170 before", SHARES,
            missing="no possible sessions in one of the two periods"),
    *shares("illness", "absence", "illness", "sessions missed through illness",
             (WEEK, FORTNIGHT, MONTH, TERM, YEAR)),
    *shares("agreed", "absence", "agreed", "sessions missed by agreement, such as appointments and leave",
             (YEAR,)),
    Feature("study_leave_rate_20", "absence", Share("study_leave", "possible", MONTH),
            over("sessions of study leave", MONTH), "share of sessions", "either", False, NO_SESSIONS),
    steady("absent", "absence", "sessions missed"),
    since("attended", "absence", "a session attended", "raises"),
    since("absent", "absence", "a session missed"),
    *shares("unauthorised", "unauthorised", "unauthorised", "unauthorised absence",
             (WEEK, FORTNIGHT, MONTH, TERM, YEAR)),
    change("unauthorised", "unauthorised", "unauthorised absence", SHARES),
    since("unauthorised", "unauthorised", "an unauthorised absence"),
    Feature("unauthorised_share_190", "unauthorised", Share("unauthorised", "absent", YEAR),
            "share of absence that was unauthorised in the last 190 school days", "share of absences", "either",
            missing="no absence in the window"),
    *shares("late", "lateness", "late", "late arrivals", (MONTH, TERM, YEAR)),
    Feature("late_minutes_60", "lateness", Total("late_minutes", TERM), over("minutes late", TERM), "minutes"),
    change("late", "lateness", "late arrivals", SHARES),
)  # fmt: skip

A_SPELL = "a spell is school days in a row with a session missed on each"
SPELLS = (
    *(
        Feature(f"absence_spells_{w}", "absence", State(f"spells_{w}"),
                f"spells of absence begun in the last {w} school days ({A_SPELL})", "count")
        for w in (TERM, YEAR)
    ),
    Feature("absence_longest_spell_190", "absence", State("longest_spell_190"),
            "school days in the longest spell of absence that reached into the last 190 school days", "school days"),
    Feature("absence_spell_now", "absence", Spell(),
            "school days in the spell of absence that still lasts, no session having been attended since",
            "school days"),
    Feature("monday_friday_share_190", "absence", StateShare("monday_friday_190", "days_missed_190"),
            "share of the days with a session missed that were Mondays or Fridays, in the last 190 school days",
            "share of days", "either", missing="no absence in the window"),
    Feature("one_weekday_190", "absence", State("one_weekday_190"),
            "days with a session missed on the most-missed weekday, beyond an even fifth, in the last 190 school"
            " days", "school days"),
)  # fmt: skip

HIDDEN = (
    *shares("part_time", "part_time", "part_time", "sessions on a part-time timetable (code C2)", (MONTH, YEAR)),
    *shares("off_site", "moves", "off_site", "sessions educated off site (code B)", (TERM,)),
    *shares("arranged", "moves", "arranged", "sessions in provision the local authority arranged (code K)",
             (TERM,)),
    Feature("elsewhere_60", "moves", Total("elsewhere", TERM),
            over("sessions at another school where the pupil is also registered (code D)", TERM), "sessions"),
    *shares("marked_suspended", "suspensions", "marked_suspended", "sessions marked suspended or excluded (code E)",
             (TERM,)),
)  # fmt: skip

LESSONS = (
    *totals("lessons_missed", "lessons", "lessons missed while in school", (MONTH, TERM, YEAR)),
    *totals("lessons_late", "lessons", "late arrivals to lessons", (TERM,)),
    change("lessons_missed", "lessons", "lessons missed while in school", A_SESSION),
    since("lessons_missed", "lessons", "a lesson missed while in school"),
)

INCIDENTS = (
    *totals("incidents", "incidents", "recorded incidents", (WEEK, FORTNIGHT, MONTH, TERM, YEAR)),
    *totals("severe_incidents", "incidents", "recorded incidents of severity 2 or 3", (MONTH, TERM, YEAR)),
    *totals("gravest_incidents", "incidents", "recorded incidents of severity 3", (YEAR,)),
    *totals("disruption", "incidents", "incidents recorded as disruption or defiance", (YEAR,)),
    *totals("harm", "incidents", "incidents recorded as fighting, abuse or bullying", (YEAR,)),
    *totals("truancy", "incidents", "incidents recorded as truancy", (YEAR,)),
    *totals("sent_out", "incidents", "times sent out or in detention", (MONTH, TERM, YEAR)),
    Feature("incident_days_rate_60", "incidents", StateShare("incident_days_60", "mornings", TERM),
            over("share of the pupil's mornings in school on days with a recorded incident", TERM),
            "share of days", missing="no possible morning in the window"),
    steady("incidents", "incidents", "recorded incidents"),
    steady("severe_incidents", "incidents", "recorded incidents of severity 2 or 3"),
    change("incidents", "incidents", "recorded incidents", A_SESSION),
    slope("incidents", "incidents", "recorded incidents", "count per session for each 20 days"),
    Feature("incidents_beyond_year_group_60", "incidents", Beyond("incidents", "possible", TERM, True),
            "recorded incidents in the last 60 school days less those of the year group", A_SESSION, shown=False,
            missing=NO_SESSIONS),
    since("incidents", "incidents", "a recorded incident"),
    since("severe_incidents", "incidents", "a recorded incident of severity 2 or 3"),
    since("sent_out", "incidents", "being sent out or in detention"),
)  # fmt: skip

SANCTIONS = (
    *totals("removals", "removals", "times in internal exclusion", (MONTH, TERM, YEAR)),
    Feature("removed_sessions_190", "removals", Total("removed_hundredths", YEAR, 100.0),
            over("sessions in internal exclusion", YEAR), "sessions"),
    steady("removals", "removals", "times in internal exclusion"),
    since("removals", "removals", "internal exclusion"),
    *totals("suspensions", "suspensions", "suspensions", (MONTH, TERM, YEAR)),
    Feature("suspended_sessions_190", "suspensions", Total("suspended_hundredths", YEAR, 100.0),
            over("sessions suspended", YEAR), "sessions"),
    Feature("suspensions_ever", "suspensions", Total("suspensions", None), "suspensions on record", "count"),
    steady("suspensions", "suspensions", "suspensions"),
    since("suspensions", "suspensions", "a suspension"),
    Feature("days_left_in_term", "suspensions", State("days_left_in_term"),
            "school days of suspension left before the 15 in a term at which governors must meet", "school days",
            "lowers"),
    Feature("days_left_in_year", "suspensions", State("days_left_in_year"),
            "school days of suspension left before the 45 that the law allows in a school year", "school days",
            "lowers"),
    *(
        Feature(f"repeats_within_{soon}", "suspensions", State(f"repeats_{soon}"),
                f"suspensions in the last 190 school days that began within {soon} school days of the return from"
                " the one before", "count")
        for soon in (MONTH, TERM)
    ),
    *totals("moves", "moves", "moves off site or to part-time timetables begun", (YEAR,)),
    since("moves", "moves", "a move off site or to a part-time timetable began"),
)  # fmt: skip

STRENGTHS = (
    *totals("recognitions", "recognitions", "recognitions", (MONTH, TERM, YEAR), "lowers"),
    steady("recognitions", "recognitions", "recognitions", "lowers"),
    since("recognitions", "recognitions", "a recognition", "raises"),
    Feature("belonging", "belonging", State("belonging"), "how far the pupil said they belong, at the last survey",
            "score 0–1", "lowers", missing="not surveyed"),
    Feature("belonging_change", "belonging", Difference("belonging", "belonging_before"),
            "change in belonging between the last two surveys", "difference of scores", "lowers",
            missing="surveyed less than twice"),
)  # fmt: skip

CARE = (
    *totals("meetings", "meetings", "meetings held", (TERM, YEAR), "either", False),
    Feature("support_now", "support", State("support_now"), "kinds of support in place", "count", "either", False),
    Feature("support_ended", "support", State("support_ended"), "kinds of support that have ended", "count",
            "either", False),
    *totals("support_started", "support", "kinds of support begun", (TERM,), "either", False),
    *(
        Feature(name, "needs", State(name), phrase, "0 or 1", "either", False)
        for name, phrase in (
            ("sen_support", "SEN support recorded now"),
            ("plan", "an EHC plan recorded now"),
            ("sen_ever", "SEN recorded now or before"),
            ("sen_former", "SEN recorded before and no longer"),
            ("semh", "an SEMH need recorded now"),
            ("social_care", "social care recorded now"),
            ("social_care_ever", "social care recorded now or before"),
            ("young_carer", "recorded as a young carer now"),
        )
    ),
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
    *(
        Feature(name, "joining", State(name), phrase, unit, "either", False)
        for name, phrase, unit in (
            ("new_here", "in the first 90 days at this school", "0 or 1"),
            ("joined_mid_year", "first joined this school between October and July", "0 or 1"),
            ("schools_attended", "schools the pupil is known to have been at", "count"),
        )
    ),
    Feature("first_year", "year", State("first_year"),
            "in the first year of a phase: Reception, Year 3, Year 7 or Year 12", "0 or 1", "either", False),
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
    Feature("school_recognitions_60", "environment", Around("recognitions", "possible", TERM),
            "recognitions around the pupil, in the same school, in the last 60 school days: how much it records",
            A_SESSION, "either", False, NO_SESSIONS),
)  # fmt: skip

CATALOGUE: tuple[Feature, ...] = (
    *ATTENDANCE,
    *SPELLS,
    *HIDDEN,
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


def states_wanted(catalogue: Iterable[Feature] = CATALOGUE) -> set[str]:
    """The columns beside the totals that a catalogue is made from."""
    return {column for feature in catalogue for column in feature.read.states()}


def catalogue_hash(catalogue: Iterable[Feature] = CATALOGUE) -> str:
    """sha256 over every definition: a model made from another catalogue is refused."""
    return hashlib.sha256("\n".join(map(repr, catalogue)).encode()).hexdigest()

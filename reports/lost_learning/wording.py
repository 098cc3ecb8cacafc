"""The report's words: names of the columns, of groups and of half terms, and how every figure is made."""

from collections.abc import Sequence
from datetime import date

COLUMN_NAMES = {
    "internal_exclusion": "Internal exclusion",
    "suspension": "Suspension",
    "off_site": "Off-site or alternative provision",
    "lateness": "Lateness",
    "absence_authorised": "Illness and other authorised absence",
    "absence_unauthorised": "Unauthorised absence",
    "part_time_timetable": "Part-time timetable",
}
SHORT_NAMES = {
    "internal_exclusion": "Internal exclusion", "suspension": "Suspension", "off_site": "Off-site",
    "lateness": "Late", "absence_authorised": "Authorised", "absence_unauthorised": "Unauthorised",
    "part_time_timetable": "Part-time",
}  # fmt: skip
CHARACTERISTIC_NAMES = {
    "sex": "Sex", "fsm": "Free school meals", "sen": "Special educational needs", "social_care": "Social worker",
    "ethnicity": "Ethnicity",
}  # fmt: skip
GROUP_NAMES = {
    ("sex", "F"): "Girls", ("sex", "M"): "Boys",
    ("fsm", "yes"): "Free school meals", ("fsm", "no"): "No free school meals",
    ("sen", "SEN support"): "SEN support", ("sen", "EHC plan"): "Education, health and care plan",
    ("sen", "none"): "No special educational need",
    ("social_care", "yes"): "Social worker", ("social_care", "no"): "No social worker",
}  # fmt: skip
ETHNICITY_NAMES = {
    "WBRI": "White British", "WIRI": "White Irish", "WIRT": "Traveller of Irish heritage", "WROM": "Gypsy or Roma",
    "WOTH": "Any other White background", "MWBC": "White and Black Caribbean", "MWBA": "White and Black African",
    "MWAS": "White and Asian", "MOTH": "Any other Mixed background", "AIND": "Indian", "APKN": "Pakistani",
    "ABAN": "Bangladeshi", "AOTH": "Any other Asian background", "CHNE": "Chinese", "BCRB": "Black Caribbean",
    "BAFR": "Black African", "BOTH": "Any other Black background", "OOTH": "Any other ethnic group",
    "NOBT": "Ethnicity not given", "REFU": "Ethnicity not given (refused)",
}  # fmt: skip
OTHER_HALF = {("sex", "F"), ("fsm", "no"), ("sen", "none"), ("social_care", "no")}
DEFINITIONS = {
    "period": "Numerator and denominator both count the dates from `from` to `to`, as the records were known on "
              "`to`. Unless another first day is asked for, the period begins on 1 September.",
    "sessions_possible": "Half-days for which a present, approved, authorised or unauthorised mark is held, each "
                         "pupil's session once. Codes D, Q, X, Y to Y7 and Z, and blanks, are not possible sessions.",
    "absence_authorised": "Possible sessions marked with any authorised absence code but E and C2.",
    "absence_unauthorised": "Possible sessions marked with any unauthorised absence code (U, late after the register "
                            "closed, among them).",
    "part_time_timetable": "Possible sessions marked C2.",
    "suspension": "Possible sessions marked E, and sessions marked present or approved that a suspension or permanent "
                  "exclusion of recorded length covers: so many of the school's sessions on end from the first E of "
                  "its first day, or from that morning. Lunchtime exclusions take no session.",
    "off_site": "Sessions marked present or approved, not lost to suspension, on open days from the first to the last "
                "day of an off-site direction or alternative provision. Code D is not a possible session.",
    "internal_exclusion": "Sessions of internal exclusion recorded on a day, fractions included, never more than the "
                          "sessions of that day marked present or approved and not lost to suspension or off-site.",
    "lateness": "Minutes late over the length of a session, of sessions marked present or approved and not lost "
                "otherwise; never more than the session, nor than what internal exclusion left of the day.",
    "sessions_lost": "The sum of the seven columns; with `sessions_attended` it makes `sessions_possible` exactly.",
    "open_days_without_a_register": "Open days of the school's calendar of which no mark of any pupil is held: they "
                                    "are neither attended nor lost, as nothing is known of them.",
    "rate": "Sessions lost over sessions possible, 0 to 1.",
    "pupils": "Different pupils with a possible session in the period.",
    "days_per_100_pupils": "Sessions lost over 2, over pupils, times 100.",
    "children_out_on_an_average_day": "Sessions lost over the sessions for which the school held a register (two a "
                                      "day); over the trust, the sum of its schools.",
    "year_groups": "Each pupil counts in the year group of their latest enrolment at the school by the period's end.",
    "half_terms": "A half term begins after eight days or more without an open day. It is named by the calendar year "
                  "its school year began in.",
    "groups": "`rate` is the group's; `ratio` is that rate over the rate of all other pupils of the school. A pupil's "
              "groups are those recorded as in force on `to`. `low` and `high` hold the ratio 19 times in 20: on its "
              "log, with a variance over pupils (a Poisson model's robust variance, each pupil one unit) and Welch's "
              "degrees of freedom. `groups_school_led` is the same of suspension, off-site and internal exclusion.",
    "suppression": "A group or year group of fewer than 10 pupils is not shown, nor one in which only one or two "
                   "pupils lost anything, nor the next smallest where it could be had by subtraction within the "
                   "school or across the trust, whoever asks. Pupils are to the nearest 5; sessions of year groups "
                   "to the nearest 5; rates of groups and year groups to 3 decimals. A school's own totals are exact.",
    "year_ago": "The same dates one year before, as known on `to`; null where none are held or the periods overlap.",
    "beside": "Not part of the ledger, in sessions: late marks with no minutes (nothing lost is counted); B and K "
              "marks under no recorded move (counted as attended); internal exclusion beyond what was left of its day.",
    "official": "Sessions lost over sessions possible in the columns that marks alone decide, from the Department for "
                "Education's pupil attendance figures: England and the authority, schools of the same phase.",
}  # fmt: skip


def group_name(characteristic: str, group: str) -> str:
    """A group for people; as recorded where Handrail has no words for it."""
    if (characteristic, group) in GROUP_NAMES:
        return GROUP_NAMES[characteristic, group]
    if group == "not recorded":
        return f"{CHARACTERISTIC_NAMES[characteristic]} not recorded"
    return ETHNICITY_NAMES.get(group, group) if characteristic == "ethnicity" else group


def half_term_name(name: str) -> str:
    """A half term for people.

    >>> half_term_name("2025 Autumn 1"), half_term_name("2025 Spring 2")
    ('Autumn, first half 2025', 'Spring, second half 2026')
    """
    year, season, half = name.split(" ")
    when = int(year) + (season != "Autumn")
    return f"{season}, {'first' if half == '1' else 'second'} half {when}"


def day(moment: date) -> str:
    """A date in full: "1 September 2025"."""
    return f"{moment.day} {moment:%B} {moment.year}"


def unheard_in_words(name: str, days: Sequence[date]) -> str:
    """The open days of which a school holds no mark, as a sentence.

    >>> unheard_in_words("Oak", [date(2025, 11, 3), date(2025, 11, 7)])
    'Oak: no register is held of 2 open days between 3 November 2025 and 7 November 2025.'
    """
    if len(days) == 1:
        return f"{name}: no register is held of {day(days[0])}."
    return f"{name}: no register is held of {len(days)} open days between {day(days[0])} and {day(days[-1])}."


def tenths(number: float | None) -> str:
    """A figure to one decimal: "5.3", "–" where there is none."""
    return "–" if number is None else f"{number:,.1f}"


def whole(number: float | None) -> str:
    """A figure as whole as it can be said: "1,502", "<1", "0", "–" where there is none."""
    if number is None:
        return "–"
    return f"{number:,.0f}" if number == 0 or number >= 0.5 else "<1"

"""The report's words: kinds of move, alerts, and how every figure is made."""

KINDS = {
    "off_site_direction": "Off-site direction", "alternative_provision": "Alternative provision",
    "part_time_timetable": "Part-time timetable", "safeguarding_separation": "Safeguarding separation",
    "managed_move": "Managed move", "elective_home_education": "Home education",
    "permanent_exclusion": "Permanent exclusion", "off_roll": "Taken off roll, recorded but not explained",
    "unexplained_exit": "Left the roll, not explained", "left_the_roll": "Left the roll, explained",
}  # fmt: skip
SHORT_KINDS = {
    "off_site_direction": "Off-site", "alternative_provision": "Alternative provision",
    "part_time_timetable": "Part-time", "safeguarding_separation": "Separation", "managed_move": "Managed move",
    "elective_home_education": "Home education", "permanent_exclusion": "Excluded", "off_roll": "Off roll, no reason",
    "unexplained_exit": "Left, not explained", "left_the_roll": "Left, explained",
}  # fmt: skip
SHORT_ALERTS = {
    "over_45_days_in_a_year": "Over 45 days", "over_15_days_in_a_term": "Over 15 days",
    "over_5_days_out_without_provision": "No provision",
    "off_roll_within_20_sessions_of_a_suspension": "Gone soon after",
    "year_11_exit_before_january_census": "Year 11 gone",
    "no_destination": "No destination", "unregistered_provision": "Not registered",
    "part_time_over_six_weeks_without_review": "Part-time, no review",
    "b_or_d_marks_without_provider": "B or D, no provider",
}  # fmt: skip
ALERTS = {
    "over_45_days_in_a_year": "Suspended for more than 45 days in the school year",
    "over_15_days_in_a_term": "Suspended for more than 15 days in a term",
    "over_5_days_out_without_provision": "More than five days out with no provision recorded",
    "off_roll_within_20_sessions_of_a_suspension": "Left the roll within 20 sessions of a suspension",
    "year_11_exit_before_january_census": "Year 11 pupil left before the January census",
    "no_destination": "No destination recorded",
    "unregistered_provision": "Provider recorded as not registered",
    "part_time_over_six_weeks_without_review": "Part-time for over six weeks with no review",
    "b_or_d_marks_without_provider": "B or D marks with no provider recorded",
}
DEFINITIONS = {
    "period": "Moves that began or were running, and exits that happened, from `from` to `to`, as the records were "
              "known on `to`. Unless another first day is asked for, the period begins on 1 September.",
    "pupils": "Different pupils on the school's roll on any day of the period; subsidiary and guest registrations are "
              "not counted. The denominator of `per_100`.",
    "exits": "Pupils who left the school in the period by permanent exclusion, managed move, home education, or "
             "unexplained. Each pupil counts once at a school. Ordinary changes of school are in the register only.",
    "unexplained_exits": "Of the exits: pupils recorded as taken off roll; and pupils whose time on roll ended before "
                         "the school's last open day of the year (for the last year group, before most of it left), "
                         "with no destination recorded, no enrolment elsewhere in these records within 20 open days, "
                         "and no permanent exclusion, managed move or home education recorded from 120 days before.",
    "not_yet_known": "Pupils who left too recently to say: 20 open days must pass.",
    "per_100": "Unexplained exits over pupils, times 100.",
    "expected": "Unexplained exits the school would have if all schools held were alike: their rate together times "
                "its pupils. Null where there is no other school.",
    "limits": "`lower` and `upper` hold the count 998 times in 1,000 by chance alone. They are exact: of so many "
              "exits among so many pupils, the number at one school is hypergeometric. `outside_limits` is whether "
              "the count is above `upper`. It is a question to ask, not an answer.",
    "groups": "Unexplained exits of every 100 pupils in the group, with an exact (Clopper and Pearson) interval, 19 "
              "times in 20. Groups are those recorded as in force on `to`.",
    "days_out": "The school's open days from the first day of the move to its last, or to `to`. Empty for those who "
                "left for good.",
    "returned": "Whether the pupil was still on that school's roll after the last day of the move.",
    "case": "An opaque id: the same pupil has the same one in every report of the store, and nothing else says who.",
    "over_15_days_in_a_term": "All suspensions at all schools, days following one another over open days, a lunchtime "
                              "as half a day. Governors must meet within 15 school days.",
    "over_45_days_in_a_year": "The same over the school year. The law allows no more than 45.",
    "over_5_days_out_without_provision": "Whole days of suspension following one another over open days, more than "
        "five, with one after the fifth on which no move off site and no mark B, D or K. `amount` is days out. "
        "Education must be arranged from the sixth.",
    "off_roll_within_20_sessions_of_a_suspension": "The roll ended early, no more than 20 of the school's sessions "
        "after the last session of a suspension there, with no permanent exclusion.",
    "no_destination": "Unexplained exits, managed moves and moves off site that name no destination and no provider.",
    "part_time_over_six_weeks_without_review": "More than 42 days on end, within the move, without its review date or "
                                               "a review meeting.",
    "b_or_d_marks_without_provider": "Pupils with marks B or D on days that no move with a provider or destination "
                                     "covers, and for D no enrolment at another school. `amount` is sessions.",
    "unregistered_provision": "Moves off site running in the period whose provider is recorded as not registered.",
    "year_11_exit_before_january_census": "Year 11 pupils whose roll ended early, from 1 September to the day before "
                                          "the third Thursday of January, however it is explained.",
    "suppression": "A school's own counts of pupils on roll and exits are exact. Groups of fewer than 10 pupils are "
                   "not shown, nor those in which it happened to one or two, nor the next smallest where they could "
                   "be had by subtraction. Pupils in groups are to the nearest 5. On the page, alerts and kinds of "
                   "move of one or two are said as such and never summed. The register names nobody.",
}  # fmt: skip

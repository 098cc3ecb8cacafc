"""The report's words: figures, decisions, and how every figure is made."""

FIGURES = {
    "all": "Days lost, all along the continuum", "school_led": "Days lost to suspension, internal exclusion, off-site",
    "absence_unauthorised": "Days lost to unauthorised absence",
    "absence_authorised": "Days lost to illness and other authorised absence",
    "part_time_timetable": "Days lost to part-time timetables", "moved_up": "Pupils who moved up a step",
    "came_down": "Pupils who came back down", "exits": "Exits from the roll",
    "unexplained_exits": "Of them unexplained", "unexplained_by_chance_at_most": "Unexplained by chance, at most",
}  # fmt: skip
DECISIONS = {
    "unexplained": "Ask, pupil by pupil, where those who left without explanation are now.",
    "school_led": "More days went to adults’ decisions than a year ago. Which of them could be made differently?",
    "affected": "Some groups are moved out of learning more than others. What is behind it, and who will look?",
    "rising": "More pupils rose than came back down. Whose needs are not yet known?",
    "support": "Which support will be kept, stopped or begun, and how will it be known whether it helps?",
}
DEFINITIONS = {
    "period": "The term up to `to`: from the first open day of the term at any school, or from the day "
              "asked for, as the "
              "records were known on `to`. A year ago is the same dates one year before.",
    "days_lost": "Sessions lost over 2, over pupils with a possible session, times 100: see lost-learning.",
    "moved": "Of pupils on roll for 120 open days: those whose highest step of either ladder in the last 60 "
             "is above, or "
             "below, that in the 60 before: see repeats.",
    "exits": "Pupils who left by permanent exclusion, managed move, home education, or unexplained: see movements.",
    "affected": "Groups that lost more to suspension, internal exclusion and off-site than all other pupils, where the "
                "whole interval, 19 times in 20, lies above “the same”: see lost-learning and practice.",
    "done": "Pupils with each kind of support that ran, or meeting held, in the term; work with families "
            "and the community "
            "is support. Came down and rose are counted as in moved. Support goes to those who struggle most: these "
            "counts do not show whether it helped: the report support asks that.",
    "suppression": "Pupils are to the nearest 5; counts of fewer than 10 are not shown, nor the next smallest where it "
                   "could be had by subtraction. Schools of fewer than 10 pupils are not shown. A school's own exits "
                   "are exact.",
}  # fmt: skip

"""The report's words: how every figure is made."""

STEPS = {
    "school_led": ("No step", "Sent out", "Internal exclusion", "Suspension", "Repeat suspension", "Off-site",
                   "Managed move", "Permanent exclusion"),
    "self_led": ("No step", "Repeated lateness", "Internal truancy", "Persistent absence", "Part-time timetable",
                 "Severe absence", "Home education", "Unexplained exit"),
}  # fmt: skip
LADDERS = {"school_led": "School-led", "self_led": "Self-led"}
DEFINITIONS = {
    "period": "Steps that began from `from` to `to`, as the records were known on `to`. Unless another first day is "
              "asked for, the period begins on 1 September.",
    "step": "An event on the ladder: sent out or detention, internal exclusion, suspension (first or "
            "repeated), off-site "
            "direction or alternative provision; repeated lateness, internal truancy, part-time timetable. Days of "
            "lateness, truancy or part-time no more than 20 open days apart are one step.",
    "again": "Another step at that level or above on the same ladder, at that school, on a later day. Time is the "
             "school's open days from the last day of the step.",
    "repeat_within_20": "The share of steps after which another came within 20 open days, by Kaplan and Meier: a pupil "
                        "who left, or whose 20 days are not over, counts for as long as known.",
    "repeat_within_60": "The same within 60 open days, about a term. `low` and `high` hold it 19 times in 20; a "
                        "pupil's steps count together, as one pupil.",
    "came_back_down": "The share with no step at that level or above in the 60 open days after.",
    "median_days": "The open days by which another had come after half of the steps; null where that was not seen.",
    "curve": "The share of steps after which none had come yet, by open days after.",
    "groups": "After suspensions. Groups are those recorded as in force on `to`.",
    "reintegration": "Suspensions that were over ten open days before `to`; recorded is a meeting of kind "
                     "reintegration "
                     "at that school from the first day to ten open days after the last. With or without a meeting "
                     "are different pupils: the difference is not what a meeting does.",
    "returns": "Off-site directions and alternative provision that began in the period: the share that had ended "
               "within 20 and 60 open days.",
    "flow": "Each pupil's highest step on one ladder in the last 60 open days, beside the 60 before, of those on roll "
            "throughout. Persistent and severe absence are shares of a year and no events: they are not in it. Pupils "
            "are to the nearest 5, bands of fewer than 10 are left out, and no total is given.",
    "suppression": "Steps and pupils are to the nearest 5. What fewer than 10 pupils had, or came again to only one or "
                   "two, is not shown, nor the next smallest where it could be had by subtraction.",
}  # fmt: skip

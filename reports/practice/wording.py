"""The report's words: how every figure is made."""

DEFINITIONS = {
    "incidents": "Recorded incidents from `from` to `to`, one for each pupil in them, as the records were "
                 "known on `to`. "
                 "Those with no severity recorded are left out.",
    "any_per_100": "Of every 100 such incidents, those with a sanction: detention, sent out, internal exclusion or "
                   "suspension, as the incident's action or by a record that names the incident.",
    "out_per_100": "Of every 100 such incidents, those after which the pupil was moved out of learning: "
                   "internal exclusion "
                   "or suspension.",
    "ratio": "How many times as many incidents led out of learning as of all others of the same recorded "
             "severity. Of a "
             "school: beside all other schools. Of a group, reason or time: beside all others of the same school. "
             "Observed over expected, expected being the share at that severity. `low` and `high` hold it 19 times in "
             "20, each pupil counted as one.",
    "groups": "A pupil's groups are those recorded as in force on `to`.",
    "times": "The hour in which the incident was recorded to have happened.",
    "suppression": "Incidents and pupils are to the nearest 5. What fewer than 10 pupils had, or led to "
                   "only one or two "
                   "being moved out of learning, is not shown, nor the next smallest where it could be had by "
                   "subtraction within the school or across the trust.",
}  # fmt: skip

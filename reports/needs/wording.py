"""The report's words: needs, what may lie behind a rise, and how every figure is made."""

from reports.needs.values import ANY, NO_NEED

NEEDS = {
    "SEMH": "Social, emotional and mental health", "SLCN": "Speech, language and communication", "ASD": "Autism",
    "SPLD": "Specific learning difficulty", "MLD": "Moderate learning difficulty", "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty", "HI": "Hearing impairment", "VI": "Vision impairment",
    "MSI": "Multi-sensory impairment", "PD": "Physical disability", "DS": "Down syndrome", "OTH": "Other need",
    "NSA": "Need not yet assessed", NO_NEED: "No special educational need recorded", "": "Kind of need not recorded",
    ANY: "Any need",
}  # fmt: skip
PATTERNS = {
    "school_led": "School-led steps only", "self_led": "Self-led steps only", "both": "Steps on both ladders",
}  # fmt: skip
WHAT_TO_ASK = {
    "school_led": "Language, attention, sensory needs, trauma: has anyone looked?",
    "self_led": "Anxiety, health, caring at home, bullying: has anyone asked?",
    "both": "All of these; who knows the pupil best?",
}
DEFINITIONS = {
    "period": "Learning lost from `from` to `to`, as the records were known on `to`. Unless another first day is asked "
              "for, the period begins on 1 September.",
    "need": "The kinds of special educational need (sen_type) recorded as in force on `to`; a pupil with two counts "
            "under both. None: no sen_type and no sen_provision in force.",
    "days_per_100_pupils": "Sessions lost, over 2, over pupils, times 100: the same ledger as the report "
                           "lost-learning.",
    "ratio": "Sessions lost over sessions possible, over the same of all other pupils of the school. `low` and `high` "
             "hold it 19 times in 20, each pupil counted as one.",
    "days_beyond": "Days lost by pupils with the need, less what they would have lost at everyone else's "
                   "rate. Where it "
                   "is large and few staff were trained, training may meet most need.",
    "staff_trained": "The sum of staff trained on topics about the need in the year up to `to` "
                     "(configs/training.yaml); "
                     "one person at two trainings counts twice.",
    "only_after": "Of pupils ever suspended or permanently excluded who have the need on record (`any`: a special "
                  "educational need of any kind): those whose first record of it began after their first suspension.",
    "rising": "Pupils on roll now and 60 open days before whose highest step on a ladder in the last 60 "
              "open days is level "
              "2 or above and higher than in the 60 before, with no special educational need, social worker or caring "
              "role on record. A question for assessment, not a finding.",
    "suppression": "Pupils are to the nearest 5. What fewer than 10 pupils had, or only one or two, is not "
                   "shown, nor the "
                   "next smallest where it could be had by subtraction within the school or across the trust. Days "
                   "beyond are to the nearest 5.",
}  # fmt: skip

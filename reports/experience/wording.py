"""The report's words: how every figure is made."""

SCALES = {"belonging": "Belonging", "safety": "Safety"}
DEFINITIONS = {
    "period": "Answers from `from` to `to`, as the records were known on `to`. Unless another first day is "
              "asked for, the "
              "period begins on 1 September.",
    "asked": "Pupils on roll in the period in a year group of a school in which anyone answered; one school for each.",
    "answered": "Those of them with an answer on the scale in the period.",
    "response": "Answers given over answers asked for, 0 to 1: each half term in which ten or more of a "
                "school answered counts once for "
                "each pupil asked there.",
    "mean": "The mean over pupils of each one's mean score in the period, from 0 to 1 (out of 10 on the "
            "page). `low` and "
            "`high` hold it 19 times in 20 (Student's t), were those who answered drawn by lot.",
    "gap": "The mean less that of all others of the school who answered; `gap_low` and `gap_high` hold it "
           "19 times in 20 "
           "(Welch).",
    "weighted_mean": "The mean were those who answered like all asked in absence and year group. Where it differs from "
                     "the mean, who answered makes a difference; what those who did not would have said is not known.",
    "absence": "The share of possible sessions missed in the period, but for code E.",
    "incidents": "Recorded incidents in the period.",
    "groups": "A pupil's groups are those recorded as in force on `to`.",
    "suppression": "Pupils are to the nearest 5, scores to 2 decimals. Groups of which fewer than 10 were asked or "
                   "answered are not shown, nor the next smallest where they could be had by subtraction within the "
                   "school or across the trust.",
}  # fmt: skip

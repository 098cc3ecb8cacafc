"""The report's words: outcomes, verdicts, and how every figure is made."""

OUTCOME_NAMES = {
    "incidents": "Recorded incidents a pupil", "sessions_lost": "Sessions lost a pupil",
    "suspension": "Suspended, of 100 pupils", "escalation": "Went up a step, of 100 pupils",
}  # fmt: skip
IN_WORDS = {"incidents": "recorded incidents", "sessions_lost": "sessions lost", "suspension": "suspension",
            "escalation": "stepping up", "absent": "absence", "appointments": "medical appointments",
            "together": "both together, in spreads"}  # fmt: skip
SAID = {
    "less": "Less than of like pupils",
    "no difference seen": "No difference seen",
    "cannot tell": "Cannot tell",
}
REASONS = {
    "few": "Too few started it with a term on record before and after.",
    "unlike": "Over one in ten who started it had nobody like them.",
    "unbalanced": "Those compared were not alike enough before the start.",
    "before": "Records before the start were on another course, or are too short to say.",
    "first_days": "More was recorded in the first fortnight than of like pupils: they may have been under a "
                  "strain that no record showed.",
    "shared": "Over all kinds together more was recorded in the first fortnight than of like pupils: adults seem to "
              "see a strain that records do not.",
    "placebo": "It seems to change what it cannot change.",
    "more": "More followed than of like pupils. Support is given when adults see a strain that records do not, "
            "so this cannot be told from harm.",
    "weak": "A slight hidden cause would be enough to explain it.",
    "wide": "The interval is too wide: both help and harm would fit.",
    "unsaid": "There is nothing to compare.",
}  # fmt: skip
CHECK_NAMES = {
    "pretend_date": "As if it had begun earlier", "first_days": "In the first ten school days",
    "placebo": "In what it cannot change",
}  # fmt: skip
DEFINITIONS = {
    "period": "Starts of support on record up to `to`, or from the day asked for, as known on `to`. Only first "
              "starts of a kind, by pupils 60 open days on roll, whose 60 open days after are on record.",
    "outcomes": "Over the 60 open days from the start: incidents recorded; sessions marked absent or suspended, or "
                "spent in internal exclusion; a suspension or above; a step up as the list means it. Negative is "
                "less.",
    "naive": "The supported less all pupils not supported, in the same weeks. It misleads: support goes to those "
             "who struggle most.",
    "adjusted": "The supported less pupils not yet supported in the same school and half term, weighted by their "
                "chance of being supported (logistic regression) so that they had the same records in the 5, 10, "
                "20, 30, 60 and 120 days before, the same year group, needs, other support and calibrated risk; "
                "then a regression weighted so on the same records. Those who began within the term do not count; "
                "those like them who did not count for them too. Intervals: 19 times in 20, clustered by pupil.",
    "pre_trend_p": "How often chance alone would set like pupils as far apart before the start, in changes that "
                   "were not matched: within days 31 to 60 and within days 61 to 120 before.",
    "checks": "Differences that support cannot have made: at pretend dates 45 and 90 open days before; in the first "
              "ten days, where more of it shows a strain no record did; and in medical appointments.",
    "fidelity": "Where sessions planned and held are on record: starts of which at least four fifths were held, and "
                "the others, each beside the same like pupils. Whoever comes to most sessions may be better off "
                "already, so no verdict is built on it.",
    "e_value": "How many times as likely a hidden cause would have to make both the support and the outcome, to "
               "explain the difference away (VanderWeele and Ding), and the same of the nearer end of the interval.",
    "verdict": "`less` where the whole interval lies below nothing, `no difference seen` where it lies about "
               "nothing and within a quarter of a spread, both only where every check holds; otherwise `cannot "
               "tell`.",
    "suppression": "Kinds started by fewer than ten pupils show no figure. Pupils by school are to the nearest 5; "
                   "fewer than ten are not shown, nor the next smallest where it could be had by subtraction.",
}  # fmt: skip

"""The report's words: how every figure is made."""

DEFINITIONS = {
    "referrals": "Referrals made from `from` to `to`, as the records were known on `to`, each at the school "
                 "the pupil was "
                 "then at. Unless another first day is asked for, the period begins on 1 September.",
    "waiting": "Those of them that had not begun by `to`.",
    "median_weeks": "The weeks by which half had begun, by Kaplan and Meier: a referral that has not begun "
                    "counts for as "
                    "long as it has waited. Null where half never had.",
    "begun_within": "The share begun within 4, 12 and 18 weeks. `low` and `high` hold the last 19 times in "
                    "20, each pupil "
                    "counted as one.",
    "rose_while_waiting": "The share of referrals while which, from the referral to the start or to `to`, "
                          "the pupil was on "
                          "a higher step of either ladder than in the 60 open days before.",
    "extract": "Shared outcomes for a partner agency are another file: `--extract --agreement ID`. Pseudonyms of that "
               "agreement, service, term, weeks waited, whether it began, attendance and suspension in the "
               "twelve weeks "
               "after. Services with fewer than 10 pupils are left out. Every extract is in the audit log.",
    "suppression": "Referrals and pupils are to the nearest 5. Services of which fewer than 10 pupils were "
                   "referred are "
                   "not shown, nor the next smallest where it could be had by subtraction within the school or across "
                   "the trust.",
}  # fmt: skip

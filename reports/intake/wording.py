"""The report's words: characteristics, groups, and how every figure is made."""

from reports.characteristics import NOT_RECORDED
from reports.lost_learning.wording import CHARACTERISTIC_NAMES, group_name

NAMES = {**CHARACTERISTIC_NAMES, "language": "First language", "prior_absence": "Absence the year before"}
GROUPS = {
    ("language", "English"): "English", ("language", "other"): "Other than English",
    ("prior_absence", "persistent"): "Persistent absence the year before",
    ("prior_absence", "not persistent"): "No persistent absence the year before",
}  # fmt: skip
OTHER_HALF = {("fsm", "no"), ("sen", "none"), ("social_care", "no"), ("language", "English"), ("sex", "M"),
              ("prior_absence", "not persistent")}  # fmt: skip
DEFINITIONS = {
    "pupils": "Pupils on the school's roll on `to`; subsidiary and guest registrations are not counted.",
    "share": "Those of them in the group, over those of whom it is recorded.",
    "community": "The share of the group in the community: the school's area in the communities table, or its "
                 "authority where the area has none. It is taken as known.",
    "difference": "Share less community. `low` and `high` hold it 19 times in 20: an exact (Clopper and Pearson) "
                  "interval of the school's share.",
    "limits": "The shares that chance alone would keep a school of that size within if its pupils were drawn from its "
              "community: exact binomial, with Bonferroni's correction. So many comparisons are made (`comparisons`) "
              "that one in twenty such reports would show any one of them outside by chance. Pupils are not drawn by "
              "lot: families choose, and so do schools. Outside is a question to ask.",
    "prior_absence": "Persistent: a tenth or more of possible sessions missed in the year before the period, of at "
                     "least 60, at any school held. Code E is not absence.",
    "joined": "Pupils whose first enrolment at the school began in the period from `from` to `to`.",
    "left": "Pupils whose time on roll ended in the period before the end of the year or of the last year group, "
            "however explained.",
    "change": "The group's share of the pupils on roll, less what it would be had those who left stayed.",
    "suppression": "Groups of fewer than 10 pupils are not shown, nor the next smallest where they could be had by "
                   "subtraction within the school or across all schools. Pupils in groups are to the nearest 5, "
                   "shares to 3 decimals.",
}  # fmt: skip


def named(characteristic: str, group: str) -> str:
    """A group for people."""
    if (characteristic, group) in GROUPS:
        return GROUPS[characteristic, group]
    if group == NOT_RECORDED:
        return f"{NAMES.get(characteristic, characteristic)} not recorded"
    return group_name(characteristic, group)

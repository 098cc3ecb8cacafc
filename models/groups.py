"""Groups for the fairness audit, and for nothing else: no feature and no score is made from them."""

from collections.abc import Mapping
from itertools import combinations

import ibis.expr.types as ir
import pandas as pd

PAIRED = ("sex", "ethnicity", "fsm", "sen")
MAJOR = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "C": "Chinese", "O": "Other"}
CODE = r"^[WMABCO][A-Z]{3}$"  # the school census' own codes; whatever else is recorded is taken as it is


def with_pairs(groups: pd.DataFrame) -> pd.DataFrame:
    """`audit_groups` with a column for each pair of characteristics: "sex and fsm" and so on. In pairs, ethnicity is
    its first letter's group, or nobody would be many enough to speak of. Blank where either is not recorded."""
    held = groups.copy()
    coded = held["ethnicity"].str.match(CODE, na=False)
    major = held["ethnicity"].mask(coded, held["ethnicity"].str[:1].map(MAJOR))
    pairs = {}
    for one, other in combinations(PAIRED, 2):
        left, right = (major if name == "ethnicity" else held[name] for name in (one, other))
        both = left + ", " + right
        pairs[f"{one} and {other}"] = both.mask((left == "") | (right == "") | both.isna(), "")
    return held.assign(**pairs)


def audit_groups(known: Mapping[str, ir.Table]) -> pd.DataFrame:
    """A row for each pupil: pupil_id, sex, ethnicity, fsm (yes/no), sen (none, SEN support, EHC plan), as recorded.

    `known` are the canonical tables as known on one date. Blank where nothing is recorded.
    """
    pupils = known["pupils"].select("pupil_id", "sex", "ethnicity").to_pandas().fillna("")
    needs = known["needs"]
    needs = needs.filter(needs.end_date.isnull()).select("pupil_id", "kind", "code").to_pandas()
    fsm = set(needs.loc[needs["kind"] == "fsm", "pupil_id"])
    sen = needs[needs["kind"] == "sen_provision"]
    support = set(sen.loc[sen["code"].isin(["K", "A", "P"]), "pupil_id"])
    plan = set(sen.loc[sen["code"].isin(["E", "S"]), "pupil_id"])
    groups: pd.DataFrame = pupils.assign(
        fsm=["yes" if pupil in fsm else "no" for pupil in pupils["pupil_id"]],
        sen=[
            "EHC plan" if pupil in plan else "SEN support" if pupil in support else "none"
            for pupil in pupils["pupil_id"]
        ],
    )
    return groups

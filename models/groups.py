"""Groups for the fairness audit, and for nothing else: no feature and no score is made from them."""

from collections.abc import Mapping

import ibis.expr.types as ir
import pandas as pd


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

"""The groups that learning lost is compared over: as recorded by the report's date, and used for nothing else."""

from collections.abc import Mapping

import ibis.expr.types as ir
import pandas as pd

from models.groups import audit_groups

CHARACTERISTICS = ("sex", "fsm", "sen", "social_care", "ethnicity")
NOT_RECORDED = "not recorded"


def characteristics(known: Mapping[str, ir.Table]) -> pd.DataFrame:
    """A row for each pupil: pupil_id, sex, fsm (yes/no), sen (none, SEN support, EHC plan), social_care (yes/no),
    ethnicity, in force at the date the tables are known on; "not recorded" where blank."""
    pupils = audit_groups(known)
    needs = known["needs"]
    care = needs.filter(needs.end_date.isnull(), needs.kind == "social_care").select("pupil_id").to_pandas()
    with_care = pupils["pupil_id"].isin(set(care["pupil_id"])).map({True: "yes", False: "no"})
    return pupils.assign(social_care=with_care)[["pupil_id", *CHARACTERISTICS]].replace("", NOT_RECORDED)

"""No real pupil is shown before somebody has named the data protection impact assessment: its reference is kept in the
store and in the audit log. The method's own part of what it must say is in the model's card.

A pretend trust needs none: its schools lie in an authority that England does not have.
"""

import json
from pathlib import Path

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.findings import no_store
from pipelines.moment import now
from sources.pretend.population import AUTHORITY
from sources.store import Store, replace_whole

RECORD = "dpia.json"
LONGEST = 200  # characters


def name_assessment(store: Path, reference: str, by: str) -> str:
    """Keeps the reference of the assessment and who named it; what to say. Refused (BadSettings) where either is empty,
    or there is no store."""
    if not store.is_dir():
        raise no_store(store)
    said = {"reference": reference.strip()[:LONGEST], "by": by.strip()[:LONGEST]}
    if not all(said.values()):
        raise BadSettings(
            "Give the reference of the assessment, and who stands for it: --by 'Ms P. Ito, DPO'."
        )
    audit.note(store, "assessment named", **said)
    replace_whole(store / RECORD, json.dumps({**said, "at": now().isoformat(timespec="seconds")}) + "\n")
    return f"Kept: assessment {said['reference']}, named by {said['by']}. The pages may show pupils."


def refuse_unassessed(store: Path) -> None:
    """Refused (BadSettings) where the store holds a school of an authority that there is, and nobody has named the
    assessment."""
    if not (store / RECORD).exists() and not is_pretend(Store(store)):
        raise BadSettings(
            "No data protection impact assessment is named, so no pupil is shown. Once yours is signed, name it: "
            "`handrail dpia REFERENCE --by NAME`. docs/governors.md says where the method's part of it is."
        )


def is_pretend(store: Store) -> bool:
    """Whether every school of the store is of an authority that England does not have."""
    codes = store.tables()["schools"].select("la_code").distinct().to_pandas()["la_code"]
    return set(codes) == {AUTHORITY}

"""A plan: what will be tried, on whom, and how it will be judged, in bytes that cannot change unseen."""

import hashlib
import json
from dataclasses import asdict, dataclass

TIED_BAND, STAGGERED, CUT = "tied-band", "staggered", "cut"
HOW = {
    TIED_BAND: "Among pupils whose chances lie so near the list's cut that the model cannot tell them apart, the order "
               "is drawn by lot, and those drawn first are listed. Everyone else is listed as always.",
    STAGGERED: "Every school begins the support, a term apart, in an order drawn by lot. Until its turn a school goes "
               "on as before.",
    CUT: "Nothing is drawn by lot. Pupils just above the list's cut are compared with pupils just below it, who differ "
         "in little but having been listed.",
}  # fmt: skip
ANALYSIS = {
    TIED_BAND: "The mean of the outcome over the 60 open days from the night of the draw, of pupils drawn to be listed "
               "less those drawn not to be, whatever followed (as drawn), within school and night, with the pupil's "
               "own past 60 open days held alike; interval 19 times in 20, clustered by pupil.",
    STAGGERED: "Stacked differences in differences: each school's change in the outcome over the term in which it "
               "began, less that of schools not yet begun; the order of schools drawn again 1,000 times gives the "
               "interval. Schools begun are never compared with one another.",
    CUT: "Regression discontinuity at the cut: the outcome over the 20 open days after coming on the list, of entries "
         "beside pupils no further below the cut than the list is long, at the same chance of escalation and the same "
         "past; Poisson regression, clustered by pupil.",
}  # fmt: skip
ETHICS = (
    "No pupil waits for help that an adult thinks they need: whoever an adult asks for is helped, lot or no lot, and "
    "is counted as drawn. The lot decides only between pupils whom nothing on record tells apart, where there is not "
    "room for all. Families are told in the privacy notice that support is being learned from. The head and the "
    "safeguarding lead agree before the start, in writing."
)
OPT_OUT = (
    "A pupil or parent may say no at any time, without a reason (an objection on the pupil's page): they are left out "
    "of the draw and of the analysis from that day, and support does not depend on it."
)
STOP_RULE = (
    "The harm watch runs each night. It stops the design for a school the moment it stops its list. Half-way, and only "
    "then, the difference is looked at: it stops early where chance would give so much harm less than once in 200."
)


@dataclass(frozen=True)
class Plan:
    """All that is decided beforehand. `smallest` is the smallest effect found four times in five, in the outcome's
    unit; `order` the schools in the order drawn, of a staggered design; `seed` draws every lot."""

    kind: str
    support: str
    outcome: str
    starts: str
    ends: str
    by: str
    per_arm: int
    smallest: float | None
    seed: str
    order: tuple[str, ...] = ()

    def as_bytes(self) -> bytes:
        """The plan with its method, analysis, ethics, opt-out and stop rule: the same plan, the same bytes."""
        words = {"how": HOW[self.kind], "analysis": ANALYSIS[self.kind], "ethics": ETHICS, "opt_out": OPT_OUT,
                 "stop_rule": STOP_RULE}  # fmt: skip
        return (
            json.dumps({**asdict(self), **words}, indent=1, sort_keys=True, ensure_ascii=False).encode()
            + b"\n"
        )

    @property
    def id(self) -> str:
        """The first of its hash: a plan changed is another plan."""
        return digest(self.as_bytes())[:12]


def digest(plan: bytes) -> str:
    """sha256 of a plan's bytes."""
    return hashlib.sha256(plan).hexdigest()


def drawn(seed: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names in an order drawn by lot: by the hash of seed and name, the same whenever it is drawn again."""
    return tuple(sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()))

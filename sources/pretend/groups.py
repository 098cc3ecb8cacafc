"""Groups of pupils: how common each is, and how official figures say levels differ (log scale, or shift)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ethnicity:
    """One ethnic group: share of pupils, shifts of school-led events and absence, share speaking English."""

    code: str
    share: float
    led: float
    absence: float
    english: float


# Shares: England, about January 2024; shifts: relative rates of 2015/16 (SFR35, national characteristics).
ETHNICITIES = (
    Ethnicity("WBRI", 0.610, 0.12, 0.05, 0.99),
    Ethnicity("WIRI", 0.003, 0.05, 0.05, 0.97),
    Ethnicity("WIRT", 0.001, 1.10, 1.10, 0.90),
    Ethnicity("WROM", 0.003, 1.20, 1.00, 0.10),
    Ethnicity("WOTH", 0.075, -0.35, 0.00, 0.25),
    Ethnicity("MWBC", 0.016, 0.60, 0.20, 0.96),
    Ethnicity("MWBA", 0.010, 0.15, 0.00, 0.85),
    Ethnicity("MWAS", 0.018, -0.30, 0.00, 0.85),
    Ethnicity("MOTH", 0.026, 0.10, 0.00, 0.80),
    Ethnicity("AIND", 0.038, -1.30, -0.45, 0.35),
    Ethnicity("APKN", 0.047, -0.60, 0.05, 0.35),
    Ethnicity("ABAN", 0.018, -0.90, -0.10, 0.25),
    Ethnicity("AOTH", 0.022, -0.90, -0.35, 0.30),
    Ethnicity("CHNE", 0.008, -1.90, -0.80, 0.35),
    Ethnicity("BCRB", 0.009, 0.60, 0.00, 0.96),
    Ethnicity("BAFR", 0.045, -0.05, -0.65, 0.45),
    Ethnicity("BOTH", 0.008, 0.25, -0.20, 0.65),
    Ethnicity("OOTH", 0.024, -0.25, -0.10, 0.25),
    Ethnicity("NOBT", 0.019, 0.30, 0.20, 0.80),
)
LANGUAGES = ("POL", "ROM", "URD", "BEN", "PNJ", "ARA", "SOM", "POR", "TUR", "GUJ")
EID_FAMILIES = ("APKN", "ABAN", "OOTH")
TRAVELLING = ("WIRT", "WROM")

# Need types of pupils with SEN support and with a plan, 2021/22 and after.
NEED_TYPES = ("SLCN", "SEMH", "MLD", "SPLD", "ASD", "PD", "HI", "VI", "NSA", "OTH", "SLD", "PMLD")
NEEDS_SUPPORT = (0.24, 0.20, 0.18, 0.14, 0.08, 0.02, 0.02, 0.01, 0.06, 0.05, 0.0, 0.0)
NEEDS_PLAN = (0.18, 0.16, 0.10, 0.04, 0.33, 0.04, 0.01, 0.01, 0.0, 0.02, 0.08, 0.03)
CARE = ("none", "CIN", "CP", "CLA")

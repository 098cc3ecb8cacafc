"""Rows about schools, calendars, communities, training and names."""

import numpy as np
import pandas as pd

from sources.pretend.conduct import Story, pick
from sources.pretend.groups import ETHNICITIES
from sources.pretend.population import AUTHORITY, UNLIKE, Schools
from sources.pretend.process import PHASES
from sources.pretend.roll import YEAR_NAMES
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS, Terms

PLACES = (
    "Ashgrove",
    "Brookvale",
    "Castle Hill",
    "Dale End",
    "Elmstead",
    "Fairwater",
    "Greenbank",
    "Hollin Lane",
    "Ivybridge Road",
    "Kingsmead",
    "Larkfield",
    "Millbeck",
    "Northgate",
    "Oakhurst",
    "Priory Park",
    "Quarry Bank",
)
KIND = ("Primary School", "School", "Special School")
FIRST = (
    "Aaliyah", "Adam", "Aisha", "Alex", "Amara", "Amelia", "Amir", "Anya", "Archie", "Ayaan", "Bella",
    "Ben", "Callum", "Chloe", "Daniel", "Dylan", "Eesa", "Ella", "Emily", "Ethan", "Eva", "Faith",
    "Fatima", "Finley", "Freya", "George", "Grace", "Hamza", "Hannah", "Harry", "Ibrahim", "Imogen",
    "Isaac", "Isla", "Jack", "Jaya", "Jude", "Kai", "Kofi", "Layla", "Leo", "Lily", "Logan", "Lucas",
    "Maisie", "Maryam", "Mason", "Maya", "Mia", "Mohammed", "Nathan", "Nia", "Noah", "Oliver", "Oscar",
    "Poppy", "Reece", "Rosie", "Ruby", "Ryan", "Sana", "Scarlett", "Simran", "Sofia", "Sophie", "Theo",
    "Thomas", "Tyler", "Yusuf", "Zara", "Zofia", "Zoe",
)  # fmt: skip
LAST = (
    "Adams", "Ahmed", "Ali", "Allen", "Baker", "Begum", "Bell", "Bennett", "Brown", "Campbell",
    "Carter", "Clarke", "Collins", "Cook", "Cooper", "Davies", "Edwards", "Evans", "Fisher", "Foster",
    "Grant", "Green", "Hall", "Harris", "Hughes", "Hussain", "Iqbal", "Jackson", "James", "Johnson",
    "Jones", "Kaur", "Kelly", "Khan", "King", "Kowalski", "Lee", "Lewis", "Mensah", "Miller", "Moore",
    "Morris", "Murphy", "Nowak", "Okafor", "Osei", "Parker", "Patel", "Phillips", "Popescu", "Price",
    "Rahman", "Reid", "Roberts", "Robinson", "Scott", "Shah", "Singh", "Smith", "Taylor", "Thomas",
    "Turner", "Walker", "Ward", "Watson", "White", "Williams", "Wilson", "Wood", "Wright", "Young",
)  # fmt: skip
SHARE_WITH_A_PROFILE = 0.4
PROFILES = {
    "own_words": (
        "I like it when people say good morning and don’t make a thing of it.",
        "I’m good with animals and at fixing bikes.",
        "I want to be asked before I am helped.",
        "I like maths when it is quiet.",
        "I look after my little brother before school.",
        "I’d rather show you than write it down.",
    ),
    "what_helps": (
        "A minute’s warning before a change.",
        "Sitting near a friend.",
        "Being told what went well first.",
        "A place to go at break.",
        "Short steps, one at a time.",
    ),
    "key_adult": ("Ms Iqbal", "Mr Dale", "Mr Pryce", "Mrs Adeyemi", "Miss Hart"),
}


def school_rows(schools: Schools) -> pd.DataFrame:
    """The trust's schools."""
    n = len(schools.phase)
    names = [f"{PLACES[i % len(PLACES)]} {KIND[p]}" for i, p in enumerate(schools.phase)]
    return pd.DataFrame(
        {
            "school_id": schools.ids,
            "name": names,
            "phase": [PHASES[p] for p in schools.phase],
            "la_code": AUTHORITY,
            "trust": "Lantern Trust",
            "area_code": [f"A{i + 1:03d}" for i in range(n)],
        }
    )


def calendar_rows(terms: Terms) -> pd.DataFrame:
    """Every day each school is open."""
    school, day = np.nonzero(terms.open)
    return pd.DataFrame({"school": school, "day": day})


def community_rows(schools: Schools, story: Story) -> pd.DataFrame:
    """The community around each school. It is what the school serves, but for the one that is unlike it."""
    rng = stream(story.seed, "communities")
    home = story.pupils.plan.max(axis=1)
    rows = []
    for school in range(len(schools.phase)):
        mine = home == school
        unlike = bool(schools.unlike_community[school])
        wobble = float(rng.normal(0, 0.01))
        fsm = float(np.clip(schools.fsm[school] / (UNLIKE if unlike else 1.0) + wobble, 0.02, 0.9))
        support, plan = (0.145, 0.052) if not unlike else (0.165, 0.060)
        groups = {
            "fsm": {"eligible": fsm, "not eligible": 1 - fsm},
            "sen": {"support": support, "plan": plan, "none": 1 - support - plan},
            "sex": {"F": 0.49, "M": 0.51},
        }
        seen = np.bincount(story.pupils.ethnicity[mine], minlength=len(ETHNICITIES)) / max(int(mine.sum()), 1)
        nation = np.array([e.share for e in ETHNICITIES])
        mix = (0.5 if unlike else 0.85) * seen + (0.5 if unlike else 0.15) * nation / nation.sum()
        groups["ethnicity"] = {e.code: float(m) for e, m in zip(ETHNICITIES, mix / mix.sum(), strict=True)}
        for characteristic, shares in groups.items():
            rows += [
                (f"A{school + 1:03d}", characteristic, group, round(share, 4))
                for group, share in shares.items()
            ]
    return pd.DataFrame(rows, columns=["area_code", "characteristic", "group", "share"])


def training_rows(story: Story) -> pd.DataFrame:
    """Staff training: a topic on a few days a year."""
    rng = stream(story.seed, "training")
    topics = ("trauma-informed practice", "autism", "de-escalation", "attendance conversations", "belonging")
    rows = []
    for school in range(len(story.world.schools.phase)):
        for first, last in story.world.terms.year_weeks:
            opened = np.flatnonzero(story.world.terms.open[school, first * DAYS : last * DAYS]) + first * DAYS
            for day in sorted(rng.choice(opened, min(4, len(opened)), replace=False)):
                rows.append((school, int(day), str(rng.choice(topics)), int(rng.integers(5, 70))))
    return pd.DataFrame(rows, columns=["school", "day", "topic", "staff_trained"])


def people_rows(story: Story, enrolments: pd.DataFrame) -> pd.DataFrame:
    """Made-up names and the latest tutor group, for the people database only."""
    rng = stream(story.seed, "names")
    n = len(story.pupils.cohort)
    first, last = rng.choice(FIRST, n), rng.choice(LAST, n)
    short = np.where(rng.random(n) < 0.08, [f[:3] for f in first], "")
    now = enrolments.drop_duplicates("pupil", keep="last")
    letter = pick(rng, np.full((len(now), 6), 1.0))
    tutor = [f"{YEAR_NAMES[y]}{'ABCDEF'[i]}" for y, i in zip(now.year_number, letter, strict=True)]
    pupil = now.pupil.to_numpy()
    return pd.DataFrame(
        {
            "pupil": pupil,
            "first_name": first[pupil],
            "last_name": last[pupil],
            "preferred_name": short[pupil],
            "tutor_group": tutor,
            **{name: said[pupil] for name, said in _profiles(story.seed, n).items()},
        }
    )


def _profiles(seed: int, pupils: int) -> dict[str, np.ndarray]:
    """What some pupils' one-page profiles say: their own words, what helps, and an adult they chose."""
    rng = stream(seed, "profiles")
    written = rng.random(pupils) < SHARE_WITH_A_PROFILE
    return {name: np.where(written, rng.choice(said, pupils), "") for name, said in PROFILES.items()}

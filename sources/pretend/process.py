"""The numbers of the pretend process, as frozen settings. `docs/pretend-trust.md` says what each means."""

from dataclasses import dataclass, field

PRIMARY, SECONDARY, SPECIAL = 0, 1, 2
PHASES = ("primary", "secondary", "special")
FIRST_YEAR, LAST_YEAR = (0, 7, 7), (6, 11, 11)  # national curriculum years taught, by phase; 0 is Reception
OUTCOMES = ("suspension", "severe_absence", "exit", "escalation")


@dataclass(frozen=True)
class Strain:
    """The slow latent strain: weekly AR(1) around the pupil's level, with rare upward shocks."""

    keep: float = 0.93  # week-to-week autocorrelation: half of a change has faded after about ten weeks
    sd: float = 1.0  # of the stationary weekly part
    shock_chance: float = 0.02  # a week
    shock_size: float = 0.9  # mean of an exponential
    tail: float = 5.0  # degrees of freedom of the pupil's level: a heavy tail


@dataclass(frozen=True)
class SchoolLed:
    """Intensity of school-led events (suspension and above), by open day."""

    on_level: float = 0.38
    on_conduct: float = 0.50
    on_strain: float = 0.62
    excite: float = 4.5  # the intensity rises by up to so many times after events: x (1 - exp(-excitement))
    again: float = 0.0210  # and by up to so many events an open day, whoever the pupil is
    excite_keep: float = 0.88  # a week
    boys: float = 0.22
    fsm: float = 1.50
    sen: tuple[float, float, float] = (0.0, 1.02, 1.28)  # none, SEN support, plan
    care: tuple[float, float, float, float] = (
        0.0,
        0.55,
        0.8,
        0.7,
    )  # none, in need, protection plan, looked after
    spread: tuple[float, float, float] = (2.2, 1.0, 1.3)  # of the pupil's own part, by phase
    school_sd: float = 0.45
    # expected events per 100 pupils a year before the latent parts; index is the curriculum year
    primary: tuple[float, ...] = (0.75, 1.5, 1.85, 2.3, 2.8, 3.4, 3.8)
    secondary: tuple[float, ...] = (14.2, 26.0, 32.2, 34.6, 23.5)
    special: float = 13.3
    scale: tuple[float, float, float] = (0.070, 0.139, 0.118)  # fitted, by phase
    placement: float = 0.020  # share of events that are off-site direction or alternative provision
    managed_move: float = 0.006
    permanent: float = 0.006
    excited_share: float = 0.5  # the three shares above grow by this for each unit of excitement


@dataclass(frozen=True)
class Absence:
    """Chance of a spell of absence: a heavy-tailed curve of the pupil's avoidance."""

    on_level: float = 0.45
    on_avoidance: float = 0.66
    on_strain: float = 0.42
    fsm: float = 0.55
    sen: tuple[float, float, float] = (0.0, 0.28, 0.33)
    care: tuple[float, float, float, float] = (0.0, 0.25, 0.35, 0.05)
    # shift by curriculum year, Reception to Year 11
    year: tuple[float, ...] = (0.2, 0.22, 0.07, 0.02, 0.04, 0.04, 0.05, -0.34, -0.13, -0.02, 0.02, 0.03)
    middle: tuple[float, float, float] = (-3.73, -3.36, -3.10)  # log-odds of absence of a middling pupil
    slope: tuple[float, float, float] = (0.78, 0.95, 1.0)
    bend: tuple[float, float, float] = (1.5, 4.4, 4.6)  # extra slope in the upper tail
    bend_from: float = 1.25
    stay: float = 0.52  # chance that a day of absence is followed by another, at least
    half_day: float = 0.10
    other_reason: tuple[float, float, float] = (-2.80, -1.55, -1.85)  # log-odds of O rather than I
    other_on_avoidance: float = 0.85
    authorised_other: tuple[float, float, float] = (0.088, 0.056, 0.165)  # share of spells coded C
    school_sd: float = 0.10


@dataclass(frozen=True)
class Support:
    """One kind of support: its true effect on strain while it lasts, and to whom it is given."""

    kind: str
    effect: float
    weekly: float
    on_records: float
    on_strain: float
    weeks: tuple[int, int]


SUPPORTS = (
    Support("mentoring", -0.70, 0.0009, 0.55, 0.0, (10, 20)),
    Support("check_in", -0.40, 0.0012, 0.55, 0.0, (6, 14)),
    Support("counselling", -0.80, 0.0004, 0.0, 0.75, (8, 14)),
    Support("lunchtime_club", 0.0, 0.0010, 0.45, 0.0, (6, 16)),
    Support("family_contact", -0.30, 0.0012, 0.45, 0.0, (4, 8)),
    Support("report_card", 0.0, 0.0010, 0.60, 0.0, (3, 6)),
)


@dataclass(frozen=True)
class Moves:
    """Yearly chances of leaving or of a part-time timetable, by phase, before the latent parts."""

    home_education: tuple[float, float, float] = (0.0035, 0.0060, 0.0040)
    unexplained: tuple[float, float, float] = (0.0010, 0.0030, 0.0015)
    ordinary: tuple[float, float, float] = (0.035, 0.028, 0.020)
    part_time: tuple[float, float, float] = (0.0165, 0.0306, 0.175)
    off_rolling: float = 9.0  # how many times the planted school's unexplained exits exceed the others'
    on_strain: float = 0.6
    on_level: float = 0.5
    within_trust: float = 0.3
    joiners: float = 0.03
    primary_to_trust: float = 0.45
    placement_weeks: tuple[int, int] = (4, 14)
    part_time_weeks: tuple[int, int] = (6, 16)


@dataclass(frozen=True)
class Conduct:
    """Incidents, removals, lessons and recognitions, a year."""

    incidents: tuple[float, float, float] = (0.9, 5.0, 5.0)
    on_led: float = 1.0  # of the school-led loading that incidents carry
    on_groups: float = 1.0
    on_strain: float = 0.62
    own_sd: float = 0.20
    school_sd: float = 0.30
    severity: tuple[float, float, float] = (0.72, 0.22, 0.06)
    removed: tuple[float, float, float] = (0.05, 0.28, 0.50)  # chance of a removal by severity, secondary
    truancy: tuple[float, float, float] = (0.0, 3.2, 0.8)
    late_lessons: tuple[float, float, float] = (0.0, 7.0, 2.0)
    recognitions: tuple[float, float, float] = (9.0, 8.0, 10.0)


@dataclass(frozen=True)
class Process:
    """All of it."""

    strain: Strain = field(default_factory=Strain)
    led: SchoolLed = field(default_factory=SchoolLed)
    absence: Absence = field(default_factory=Absence)
    moves: Moves = field(default_factory=Moves)
    conduct: Conduct = field(default_factory=Conduct)


PROCESS = Process()

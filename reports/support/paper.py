"""The report for people: what was tried, and what the records can say of it."""

from reports.paper.charts import Course, Mark
from reports.paper.saying import counted, said
from reports.paper.values import Figure, Paper, Section, Table
from reports.support.effect import Effect
from reports.support.json_form import LEAST
from reports.support.values import CANNOT_TELL, LESS, NO_DIFFERENCE, Fidelity, Finding, Kind, Support
from reports.support.verdict import CHANCES
from reports.support.wording import CHECK_NAMES, DEFINITIONS, IN_WORDS, OUTCOME_NAMES, REASONS, SAID
from watchlists.phrases import listed_in_words

HEADS = ("Support", "Outcome", "What can be said", "Difference", "At least", "At most", "Plain comparison")
CANNOT_SEE = (
    "A strain that nobody wrote down. Support begins when adults see one; the checks look for its traces, and where "
    "they find any the answer is that the records cannot tell.",
    "How well support was given: at most its days and how many sessions were planned and held are on record.",
    "What would have happened to one pupil. These are averages over all who started.",
)


def paper(report: Support) -> Paper:
    """The whole report as a paper."""
    return Paper(
        "support", "Did support help?", report.subject.name, report.period.start, report.period.end, _lead(report),
        _figures(report),
        (_all_together(report), *(_of_kind(kind) for kind in report.kinds if kind.course), _by_school(report)),
        CANNOT_SEE, DEFINITIONS,
    )  # fmt: skip


def words(kind: str) -> str:
    """A kind as it is read."""
    return kind.replace("_", " ").capitalize()


def _lead(report: Support) -> str:
    if not report.kinds:
        return "No support is recorded, so nothing can be said of it."
    helped = [
        words(kind.kind) for kind in report.kinds if any(each.verdict == LESS for each in kind.findings)
    ]
    if not helped:
        return "Of no kind of support can the records tell yet that it helped. That is not to say that it did not."
    return (
        f"After {listed_in_words([name.lower() for name in helped])}, less was recorded than of like pupils."
    )


def _figures(report: Support) -> tuple[Figure, ...]:
    findings = [each for kind in report.kinds for each in kind.findings]
    starts = sum(kind.n_supported for kind in report.kinds)
    return (
        Figure("Kinds of support", said(len(report.kinds)), "on record"),
        Figure("Starts compared", said(starts), f"{said(sum(kind.left_out for kind in report.kinds))} left out, "
               "without a term on record before and after"),
        Figure("Cannot tell", said(sum(each.verdict == CANNOT_TELL for each in findings)), f"of {said(len(findings))} "
               "answers"),
    )  # fmt: skip


def _all_together(report: Support) -> Section:
    rows = tuple(
        (words(kind.kind), OUTCOME_NAMES[each.outcome], SAID[each.verdict], *_scaled(each), _plain(each))
        for kind in report.kinds
        if kind.n_supported >= LEAST
        for each in kind.findings
    )
    text = (
        "Over the 60 school days after the start, beside like pupils who had not started. Below nothing is less of it. "
        "The plain comparison misleads: support goes to those who struggle most."
    )
    few = [words(kind.kind) for kind in report.kinds if kind.n_supported < LEAST]
    note = f"Too few pupils to show: {listed_in_words(few)}." if few else ""
    return Section(
        "What can be said", text, (Table("Difference over a term", HEADS, rows, words=3, places=2),), note
    )


def _scaled(each: Finding) -> tuple[float | None, ...]:
    return tuple(
        _times(end, each.outcome) for end in (each.adjusted.estimate, each.adjusted.low, each.adjusted.high)
    )


def _plain(each: Finding) -> float | None:
    return _times(each.naive.estimate, each.outcome)


def _times(number: float | None, outcome: str) -> float | None:
    return number * (100 if outcome in CHANCES else 1) if number is not None else None


def sentence(kind: Kind) -> str:
    """One plain sentence of a kind."""
    less = [IN_WORDS[each.outcome] for each in kind.findings if each.verdict == LESS]
    same = [IN_WORDS[each.outcome] for each in kind.findings if each.verdict == NO_DIFFERENCE]
    told = []
    if less:
        starts = counted(kind.n_supported, "start")
        told.append(f"After {starts} there was less than of like pupils: {listed_in_words(less)}.")
    if same:
        told.append(f"No difference was seen in {listed_in_words(same)}.")
    if not told:
        told.append(f"After {counted(kind.n_supported, 'start')} the records cannot tell whether it helped.")
    return " ".join([*told, *_why(kind)])


def _why(kind: Kind) -> list[str]:
    """What stood in the way, each once."""
    return [REASONS[key] for key in dict.fromkeys(key for each in kind.findings for key in each.why)]


def _of_kind(kind: Kind) -> Section:
    charts = tuple(
        Course(
            f"{words(kind.kind)}: {IN_WORDS[outcome]} a pupil in ten school days, less those of like pupils",
            "School days from the start", "Difference",
            tuple(Mark(point.day + 5, point.difference.estimate, point.difference.low, point.difference.high)
                  for point in points),
        )
        for outcome, points in (kind.course or {}).items()
    )  # fmt: skip
    return Section(words(kind.kind), sentence(kind), (*charts, *_tables(kind)), _note(kind))


def _note(kind: Kind) -> str:
    ran = (
        f" Half of those that ended had run {said(kind.open_days, 0)} days or more." if kind.open_days else ""
    )
    if kind.fidelity:
        ran += (
            f" Of {counted(kind.fidelity.starts, 'start')} half had {100 * kind.fidelity.held:.0f} % or more of the "
            "sessions planned."
        )
    pupils = counted(round(kind.alike), "equally weighted moment")
    return f"The others amount to {pupils}; {counted(kind.unlike, 'start')} had nobody like them and are left out.{ran}"


def _tables(kind: Kind) -> tuple[Table, ...]:
    checks = tuple(
        (CHECK_NAMES[each.what], IN_WORDS[each.outcome].capitalize(), *_ends(each.effect))
        for each in kind.checks
    )
    strength = tuple(
        (OUTCOME_NAMES[each.outcome], _times(each.usual, each.outcome), each.e_value, each.e_value_limit)
        for each in kind.findings
    )
    balance = tuple(
        (each.column.capitalize(), each.supported, each.others, each.alike, each.gap_before, each.gap_after)
        for each in kind.balance
    )
    name = words(kind.kind)
    return (
        *_as_given(name, kind.fidelity),
        Table(f"{name}: differences that it cannot have made", ("Check", "Of", "Difference", "At least", "At most"),
              checks, words=2, places=2, folded=True),
        Table(f"{name}: how strong a hidden cause would have to be", ("Outcome", "Of like pupils", "Times as likely",
              "For the interval"), strength, places=2, folded=True),
        Table(f"{name}: alike before the start", ("On record", "Supported", "All others", "Like pupils", "Gap before",
              "Gap after"), balance, places=2, only_in_workbook=True),
    )  # fmt: skip


def _as_given(name: str, given: Fidelity | None) -> tuple[Table, ...]:
    if given is None or not given.effects:
        return ()
    rows = tuple(
        (OUTCOME_NAMES[outcome], how, *(_times(end, outcome) for end in _ends(effect)))
        for outcome, both in given.effects.items()
        for how, effect in zip((f"{counted(given.most, 'start')}, four fifths or more held",
                                f"{counted(given.starts - given.most, 'start')}, fewer"), both, strict=True)
    )  # fmt: skip
    heads = ("Outcome", "Given", "Difference", "At least", "At most")
    return (Table(f"{name}: as it was given", heads, rows, words=2, places=2, folded=True),)


def _ends(effect: Effect) -> tuple[float | None, float | None, float | None]:
    return effect.estimate, effect.low, effect.high


def _by_school(report: Support) -> Section:
    rows = tuple(
        (school.name, words(kind), pupils if pupils is not None else "Too few")
        for school in report.schools
        for kind, pupils in school.started.items()
    )
    table = Table("Pupils who ever started each kind", ("School", "Support", "Pupils"), rows, words=2)
    text = "One school is too small to say what helped; all are reckoned together."
    return Section("School by school", text, (table,))

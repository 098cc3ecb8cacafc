"""What every page of a school shows around its content: tabs, freshness, what is stale or missing."""

from typing import Any

from watchlists.access.roles import ROLES, Account, may_see_names, may_see_totals
from watchlists.opaque import Opaque
from watchlists.web.runs import Run
from watchlists.web.views import freshness, missing_feeds, stale
from watchlists.web.visitor import Visitor


def around(visitor: Visitor, run: Run, school_id: str, opaque: Opaque, tab: str) -> dict[str, Any]:
    """The names that `base.html` asks for on a school's page."""
    link = opaque.of("school", school_id)
    return {
        "visitor": visitor,
        "tab": tab,
        "tabs": _tabs(visitor, school_id, link),
        "school": run.school_name(school_id),
        "school_link": link,
        "fresh": freshness(run, school_id),
        "stale": stale(run, school_id),
        "missing_feeds": missing_feeds(run, school_id),
        "may_see_names": may_see_names(visitor.account, school_id),
        "facts_only": run.by_facts_only,
    }


def _tabs(visitor: Visitor, school_id: str, link: str) -> list[tuple[str, str, str]]:
    """The pages this visitor may open: key, address, words."""
    here, account = f"/school/{link}", visitor.account
    names = [("week", here, "This week"), ("pupils", f"{here}/pupils", words_for_own(account))]
    totals = [("totals", f"{here}/totals", "Totals"), ("reports", f"{here}/reports", "Reports")]
    return [
        *(names if may_see_names(account, school_id) else []),
        *(totals if may_see_totals(account, school_id) else []),
        ("about", f"{here}/about", "About this list"),
    ]


def words_for_own(account: Account) -> str:
    """What one's own pupils are called: "My year", "My tutor group", "All pupils"."""
    if ROLES[account.role].whole_school:
        return "All pupils"
    kinds = ("My year", "My years") if account.years else ("My tutor group", "My tutor groups")
    both = account.years and account.tutor_groups
    return "My pupils" if both else kinds[len(account.years or account.tutor_groups) > 1]

"""What every page of a school shows around its content: tabs, freshness, what is stale or missing."""

from typing import Any

from watchlists.access.roles import ROLES, Account, may_see_names, may_see_totals
from watchlists.language import said, said_of
from watchlists.opaque import Opaque
from watchlists.web.dates import next_update
from watchlists.web.runs import Run
from watchlists.web.views import freshness, kept, missing_feeds, stale, withdrawn
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
        "next_update": next_update(run.facts.get("updated_at", ""), visitor.at),
        "stale": stale(run, school_id),
        "kept": kept(run, school_id),
        "too_old": withdrawn(run, school_id),
        "missing_feeds": missing_feeds(run, school_id),
        "may_see_names": may_see_names(visitor.account, school_id),
        "facts_only": run.by_facts_only,
        "log_broken": run.facts.get("log_broken_at") is not None,
    }


def _tabs(visitor: Visitor, school_id: str, link: str) -> list[tuple[str, str, str]]:
    """The pages this visitor may open: key, address, words."""
    here, account = f"/school/{link}", visitor.account
    names = [("week", here, said("This week")), ("pupils", f"{here}/pupils", words_for_own(account))]
    totals = [("totals", f"{here}/totals", said("Totals")), ("reports", f"{here}/reports", said("Reports"))]
    return [
        *(names if may_see_names(account, school_id) else []),
        *(totals if may_see_totals(account, school_id) else []),
        ("about", f"{here}/about", said("About this list")),
    ]


def words_for_own(account: Account) -> str:
    """What one's own pupils are called: "My year", "My tutor group", "All pupils"."""
    if ROLES[account.role].whole_school:
        return said("All pupils")
    if account.years and account.tutor_groups:
        return said("My pupils")
    if account.years:
        return said_of(len(account.years), "My year", "My years")
    return said_of(len(account.tutor_groups), "My tutor group", "My tutor groups")

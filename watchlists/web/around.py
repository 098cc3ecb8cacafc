"""What every page of a school shows around its content: tabs, freshness, what is stale or missing."""

from typing import Any

from watchlists.access.roles import may_see_names, may_see_totals
from watchlists.opaque import Opaque
from watchlists.web.runs import Run
from watchlists.web.views import freshness, stale
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
        "facts_only": run.by_facts_only,
        "gate_words": run.facts.get("gate_words", ""),
    }


def _tabs(visitor: Visitor, school_id: str, link: str) -> list[tuple[str, str, str]]:
    """The pages this visitor may open: key, address, words."""
    here, account = f"/school/{link}", visitor.account
    names = [("week", here, "This week")]
    totals: list[tuple[str, str, str]] = []
    return [
        *(names if may_see_names(account, school_id) else []),
        *(totals if may_see_totals(account, school_id) else []),
        ("about", f"{here}/about", "About this list"),
    ]

"""The report harm as a recipe."""

from reports.harm.json_form import as_json
from reports.harm.paper import paper
from reports.harm.reckon import harm
from reports.harm.values import Harm
from reports.recipe import Recipe, on_paper

RECIPE = Recipe(Harm, harm, on_paper(as_json, paper))

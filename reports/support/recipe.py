"""The report support as a recipe."""

from reports.recipe import Recipe, on_paper
from reports.support.json_form import as_json
from reports.support.paper import paper
from reports.support.reckon import support
from reports.support.values import Support

RECIPE = Recipe(Support, support, on_paper(as_json, paper))

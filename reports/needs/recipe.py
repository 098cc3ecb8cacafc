"""The report needs as a recipe."""

from reports.needs.json_form import as_json
from reports.needs.paper import paper
from reports.needs.reckon import needs
from reports.needs.values import Needs
from reports.recipe import Recipe, on_paper

RECIPE = Recipe(Needs, needs, on_paper(as_json, paper))

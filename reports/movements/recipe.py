"""The report movements as a recipe."""

from reports.movements.json_form import as_json
from reports.movements.paper import paper
from reports.movements.reckon import movements
from reports.movements.values import Movements
from reports.recipe import Recipe, on_paper

RECIPE = Recipe(Movements, movements, on_paper(as_json, paper))

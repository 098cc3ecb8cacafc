"""The report services as a recipe."""

from reports.recipe import Recipe, on_paper
from reports.services.json_form import as_json
from reports.services.paper import paper
from reports.services.reckon import services
from reports.services.values import Services

RECIPE = Recipe(Services, services, on_paper(as_json, paper))

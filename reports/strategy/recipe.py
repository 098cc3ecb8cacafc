"""The report strategy as a recipe."""

from reports.recipe import Recipe, on_paper
from reports.strategy.json_form import as_json
from reports.strategy.paper import paper
from reports.strategy.reckon import strategy
from reports.strategy.values import Strategy

RECIPE = Recipe(Strategy, strategy, on_paper(as_json, paper))

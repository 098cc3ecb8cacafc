"""`python -m pipelines` is the `handrail` command."""

from pipelines.cli import main

main()

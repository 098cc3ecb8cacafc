"""`docs/faults.md` says which tests hold each of the 72 faults: every fault has one, and every one is there."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
LIST = (TESTS.parent / "docs" / "faults.md").read_text(encoding="utf-8")
FAULTS = range(1, 73)


def held_by() -> dict[int, list[str]]:
    """The tests named under each fault."""
    parts = re.split(r"^(\d+)\. \*\*", LIST, flags=re.MULTILINE)[1:]
    return {
        int(number): re.findall(r"^ +- `([^`]+)`$", text, flags=re.MULTILINE)
        for number, text in zip(parts[::2], parts[1::2], strict=True)
    }


@cache
def run_in(file: str) -> set[str]:
    """The tests of a file that are run: those a decorator skips for good are none."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    found = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return {
        node.name for node in found if not any("skip(" in ast.unparse(one) for one in node.decorator_list)
    }


def test_every_fault_is_listed_in_order_and_has_a_test() -> None:
    assert list(held_by()) == list(FAULTS)
    assert [number for number, tests in held_by().items() if not tests] == []


def test_each_test_named_is_there() -> None:
    named = {test for tests in held_by().values() for test in tests}
    assert [
        test for test in sorted(named) if test.partition("::")[2] not in run_in(test.partition("::")[0])
    ] == []

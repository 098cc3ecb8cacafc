"""Files made to take a machine, and what a command took to answer them."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

HEADINGS = ["UPN", "Name", "Date", "Session", "Mark"]
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
CELL, ROW = b"<c t='n'><v>1</v></c>", b"<row><c t='n'><v>1</v></c></row>"
TEXT = b"<si><t>x</t></si>"


@dataclass(frozen=True)
class Took:
    """How a command ended, what it said, and its greatest memory in MB."""

    returncode: int
    said: str
    megabytes: int


# A new process takes over the greatest memory of whoever starts it, and these tests may hold more than a load: so a
# small one starts the command, and says what it took.
SMALL = (
    "import resource, subprocess, sys; end = subprocess.call(sys.argv[2:]);"
    "open(sys.argv[1], 'w').write(f'{end} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}')"
)


def took(*arguments: str | Path, at: Path, seconds: int = 60) -> Took:
    """Runs `handrail` in a process of its own; where it takes longer than so many seconds it is ended, and that is how
    it ended."""
    limited = ("timeout", "-s", "KILL", str(seconds), sys.executable, "-m", "pipelines", *map(str, arguments))
    with (at / "said").open("w+b") as said:
        subprocess.run(
            [sys.executable, "-c", SMALL, at / "took", *limited], stdout=said, stderr=said, check=True
        )
        said.seek(0)
        end, kilobytes = map(int, (at / "took").read_text().split())
        return Took(end, said.read().decode("utf-8", "replace"), kilobytes // 1024)


def workbook(path: Path, part: str = "", pieces: Iterable[bytes] = (), far: str = "") -> Path:
    """A small workbook of marks: with the pieces, however many, for one of its parts, or a blank in a cell far away."""
    book, held = openpyxl.Workbook(), io.BytesIO()
    book.active.append(HEADINGS)
    if far:
        book.active[far] = " "
    book.save(held)
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            if one.filename != part:
                new.writestr(one.filename, old.read(one))
        if part:
            with new.open(part, "w", force_zip64=True) as written:
                for piece in pieces:
                    written.write(piece)
    return path

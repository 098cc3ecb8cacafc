"""A disk of its own for a store: small, read-only or with room again, as the steps of a test ask. It needs Linux's
`unshare`, and no rights; nobody else sees the disk."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ALONE = ("unshare", "--map-root-user", "--mount")


def _allowed() -> bool:
    tried = "mount -t tmpfs tmpfs /mnt"
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run([*ALONE, "sh", "-c", tried], check=False).returncode
    )


needs_a_disk = pytest.mark.skipif(not _allowed(), reason="no disk can be mounted here")


def on_a_disk(store: Path, at: Path, *steps: dict[str, Any]) -> list[dict[str, Any]]:
    """Takes the steps with the store copied to a disk, where it is called "store": `{"room": KB}`, `{"mount": "ro"}` or
    `{"run": [...]}`, a command. Gives of each the exit code, what was said, and what was current after it; leaves the
    store as it then is at `at`."""
    words = [sys.executable, __file__, str(store), str(at), json.dumps(steps)]
    done = subprocess.run([*ALONE, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def _taken(step: dict[str, Any], disk: Path) -> dict[str, Any]:
    code, said = 0, ""
    if "run" in step:
        command = [sys.executable, "-m", "pipelines", *step["run"], "--store", str(disk / "store")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        code, said = done.returncode, done.stderr
    elif "room" in step:
        held = os.statvfs(disk)
        used = (held.f_blocks - held.f_bfree) * held.f_frsize // 1024
        _mount(disk, f"remount,size={used + step['room']}k")
    else:
        _mount(disk, f"remount,{step['mount']}")
    current = disk / "store" / "current.json"
    return {
        "code": code,
        "said": said,
        "current": json.loads(current.read_text())["run"] if current.exists() else None,
    }


def _mount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)


def _main(store: str, at: str, steps: str) -> None:
    disk = Path(at).with_name("disk")
    disk.mkdir()
    _mount(disk, "size=1g")
    shutil.copytree(store, disk / "store")
    print(json.dumps([_taken(step, disk) for step in json.loads(steps)]))  # noqa: T201 - to whoever called
    shutil.copytree(disk / "store", at)


if __name__ == "__main__":
    _main(*sys.argv[1:])

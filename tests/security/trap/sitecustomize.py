"""Read by every Python that is started with this folder on PYTHONPATH: writes down, and stops, whatever would speak to
another machine or listen to one. HANDRAIL_TRAP is the file to write to; a line for each process first."""

import ipaddress
import os
import sys

HERE = {None, "", b"", "localhost", b"localhost"}
SPEAKING = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}
ASKING = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


def stays_here(address: object) -> bool:
    """Whether an address is this machine's own: a path, a loopback address, or none at all."""
    if not isinstance(address, tuple):
        return True
    return is_here(address[0])


def is_here(host: object) -> bool:
    """Whether a host is this machine by name or by a loopback address."""
    if host in HERE:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def tell(what: str) -> None:
    """A line in the file, whole however many processes write."""
    with open(os.environ["HANDRAIL_TRAP"], "a", encoding="utf-8") as told:
        told.write(f"{os.getpid()} {what}\n")


def hook(event: str, arguments: tuple[object, ...]) -> None:
    """What Python calls before it does anything that is audited."""
    if event in SPEAKING and arguments[0].family.name.startswith("AF_INET"):  # type: ignore[attr-defined]
        listens_everywhere = event == "socket.bind" and arguments[1][0] == ""  # type: ignore[index]
        if stays_here(arguments[1]) and not listens_everywhere:
            return
    elif event not in ASKING or is_here(arguments[0]):
        return
    tell(f"{event} {arguments[1:] if event in SPEAKING else arguments[0]}")
    raise ConnectionRefusedError(f"trapped: {event}")


tell(f"began {' '.join(sys.orig_argv)[:300]!r}")
sys.addaudithook(hook)

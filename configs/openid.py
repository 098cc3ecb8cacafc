"""The school's own sign-in (OpenID Connect): which provider, and what it knows Handrail as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from configs.refusals import BadSettings, nearest
from configs.settings import read_yaml

SECRET = "HANDRAIL_OPENID_SECRET"  # noqa: S105 - the name of the variable
KEYS = ("name", "issuer", "client_id", "client_secret_file")
ANYBODY = ("common", "organizations", "consumers")  # Microsoft's issuers for whoever has any account at all
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Provider:
    """One provider of sign-ins: its name for people, its issuer, and Handrail's client id and secret there."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


def provider_from(path: Path, environment: Mapping[str, str]) -> Provider:
    """The provider that a YAML file names. Refused (BadSettings): an unknown or missing key, a secret written in the
    file, an address without TLS, an issuer that vouches for anybody."""
    raw = read_yaml(path)
    if "client_secret" in raw:
        raise BadSettings(
            f"{path}: a secret does not belong in a settings file. Put it into a file of its own and name that with "
            f"client_secret_file, or into the environment as {SECRET}."
        )
    for key in raw:
        if key not in KEYS:
            raise BadSettings(f"{path}: unknown setting '{key}'{nearest(str(key), KEYS)}.")
    for key in KEYS[:3]:
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise BadSettings(f"{path}: '{key}' is missing. Copy configs/openid.yaml and fill it in.")
    name, issuer, client_id = (raw[key].strip() for key in KEYS[:3])
    if not private(issuer):
        raise BadSettings(f"{path}: issuer is '{issuer}'; it must begin with https://.")
    if set(urlsplit(issuer).path.split("/")) & set(ANYBODY):
        raise BadSettings(f"{path}: the issuer '{issuer}' vouches for anybody. Give your own tenant's id.")
    return Provider(name, issuer, client_id, _secret(path, raw.get("client_secret_file"), environment))


def private(address: str) -> bool:
    """Whether nobody on the way can read what goes to that address: TLS, or this machine itself."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _secret(path: Path, file: object, environment: Mapping[str, str]) -> str:
    if environment.get(SECRET):
        return environment[SECRET]
    if not isinstance(file, str):
        raise BadSettings(
            f"{path}: give the secret as client_secret_file, or in the environment as {SECRET}."
        )
    try:
        held = (path.parent / file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(
            f"{path}: the secret's file {file} cannot be read. Check its name and owner."
        ) from error
    if not held:
        raise BadSettings(f"{path}: the secret's file {file} is empty.")
    return held

"""A provider of sign-ins as Microsoft and Google are: discovery, keys, authorization and tokens, over HTTP, signed.

It is honest unless a test tells it to lie: `claims` are laid over those it would sign, `header` over the token's.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "handrail", "not/for:anybody"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
ANOTHER = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})  # says it is the same, and is not


@dataclass
class Pretender:
    """The provider's state: who sits at the browser, what to lie about, and the codes it has given out."""

    address: str = ""
    issuer: str = ""
    user: dict[str, Any] = field(default_factory=lambda: {"sub": "248289761001"})
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: KEY)
    keys: Any = field(default_factory=lambda: KEY)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.user,
        }
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        header = {"alg": "RS256", "kid": "k1", **self.header}
        if header["alg"] == "none":
            return ".".join([*(_b64(json.dumps(part).encode()) for part in (header, claims)), ""])
        key = OctKey.import_key(KEY.as_pem(private=False)) if header["alg"] == "HS256" else self.key
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])


class Handler(BaseHTTPRequestHandler):
    """The four addresses of a provider."""

    server: Any

    def do_GET(self) -> None:
        held, path = self.server.pretender, urlsplit(self.path)
        if path.path == "/.well-known/openid-configuration":
            self._json({
                "issuer": held.issuer, "jwks_uri": f"{held.address}/keys",
                "authorization_endpoint": f"{held.address}/authorize", "token_endpoint": f"{held.address}/token",
            })  # fmt: skip
        elif path.path == "/keys":
            self._json(KeySet([held.keys]).as_dict(private=False))
        elif path.path == "/authorize":
            asked = dict(parse_qsl(path.query))
            assert asked["response_type"] == "code"
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe(16)
            held.codes[code] = asked
            back = urlencode({"code": code, "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        held = self.server.pretender
        form = {name: values[0] for name, values in parse_qs(
            self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}  # fmt: skip
        asked = held.codes.pop(form["code"], None)
        given = base64.b64decode(self.headers.get("Authorization", "Basic ").partition(" ")[2]).decode()
        known = [unquote(part) for part in given.split(":")] == [CLIENT, SECRET]
        proof = _b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        same = asked and (asked["redirect_uri"], asked["code_challenge"]) == (form["redirect_uri"], proof)
        if asked is None or not known or not same:
            self.send_error(400)
        else:
            self._json({"access_token": "x", "token_type": "Bearer", "id_token": held.token(asked["nonce"])})

    def _json(self, held: dict[str, Any]) -> None:
        body = json.dumps(held).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        del format, arguments


@contextmanager
def provider() -> Iterator[Pretender]:
    """A provider that listens on this machine until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        server.pretender = Pretender(address, address)  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.pretender  # type: ignore[attr-defined]
        server.shutdown()


def _b64(held: bytes) -> str:
    return base64.urlsafe_b64encode(held).decode().rstrip("=")

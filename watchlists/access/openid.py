"""OpenID Connect, the code flow with PKCE: on to the school's provider, and who it says has come back.

Only what the provider has signed is believed: for this client, by this issuer, now, in answer to this journey.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from configs.openid import Provider, private
from watchlists.access.elsewhere import Journey

DISCOVERY = "/.well-known/openid-configuration"
SIGNATURES = ("RS256", "PS256", "ES256")  # by a key the provider alone holds: no "none", no shared secret
LEEWAY = 60  # seconds that two clocks may differ
PATIENCE = 10  # seconds to wait for the provider
SCOPE = "openid email"


class NotVouchedFor(Exception):
    """The provider did not answer, or its answer does not hold. The words are for the audit log: they name nobody."""


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for: the subject, and the e-mail address where it has verified that."""

    subject: str
    email: str | None


class OpenId:
    """One provider, asked over HTTP; its addresses and keys are kept while they serve."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._known: dict[str, Any] = {}
        self._keys: KeySet | None = None

    def way_out(self, journey: Journey, back: str) -> str:
        """The provider's address to send the browser to, or NotVouchedFor."""
        digest = hashlib.sha256(journey.verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": self.provider.client_id, "redirect_uri": back, "scope": SCOPE,
            "state": journey.state, "nonce": journey.nonce, "code_challenge_method": "S256",
            "prompt": "select_account",  # a shared machine may still know whoever sat there before
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        }  # fmt: skip
        address = self._address("authorization_endpoint")
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def came_back(self, journey: Journey, code: str, back: str, now: datetime) -> Vouched:
        """Whom the provider vouches for in exchange for the code, or NotVouchedFor."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back,
                "code_verifier": journey.verifier}  # fmt: skip
        token = self._exchange(form).get("id_token")
        if not isinstance(token, str):
            raise NotVouchedFor("no id token")
        return _vouched(self._checked(token, journey.nonce, now))

    def _exchange(self, form: dict[str, str]) -> dict[str, Any]:
        """The token endpoint's answer, with the secret where the provider wants it."""
        address, known = self._address("token_endpoint"), self._configuration()
        client, secret = self.provider.client_id, self.provider.client_secret
        ways = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in ways:
            return _asked("POST", address, data=form, auth=httpx.BasicAuth(_quoted(client), _quoted(secret)))
        return _asked("POST", address, data={**form, "client_id": client, "client_secret": secret})

    def _checked(self, token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        client = self.provider.client_id
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()), leeway=LEEWAY,
            iss={"essential": True, "value": self.provider.issuer}, aud={"essential": True, "value": client},
            sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )  # fmt: skip
        try:
            claims = self._signed(token)
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise NotVouchedFor(getattr(error, "error", "") or "bad token") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client:
            raise NotVouchedFor("token for somebody else")
        return claims

    def _signed(self, token: str) -> dict[str, Any]:
        """The token's claims, its signature checked; with a key that is not known the keys are fetched once more."""
        try:
            return jwt.decode(token, self._key_set(), algorithms=SIGNATURES).claims
        except InvalidKeyIdError:
            self._keys = None
            return jwt.decode(token, self._key_set(), algorithms=SIGNATURES).claims

    def _key_set(self) -> KeySet:
        if self._keys is None:
            held: Any = _asked("GET", self._address("jwks_uri"))
            try:
                self._keys = KeySet.import_key_set(held)
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise NotVouchedFor("no keys that can be read") from error
        return self._keys

    def _address(self, name: str) -> str:
        address = str(self._configuration().get(name, ""))
        if not private(address):
            raise NotVouchedFor(f"no private {name}")
        return address

    def _configuration(self) -> dict[str, Any]:
        """What the provider says of itself; refused where it calls itself by another name."""
        if not self._known:
            known = _asked("GET", self.provider.issuer.rstrip("/") + DISCOVERY)
            if known.get("issuer") != self.provider.issuer:
                raise NotVouchedFor("another issuer")
            self._known = known
        return self._known


def _asked(method: str, address: str, **more: Any) -> dict[str, Any]:
    """The provider's answer as JSON, or NotVouchedFor. No redirect is followed."""
    try:
        answer = httpx.request(method, address, timeout=PATIENCE, **more)
        answer.raise_for_status()
        held = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NotVouchedFor("no answer" if isinstance(error, httpx.TransportError) else "refused") from error
    if not isinstance(held, dict):
        raise NotVouchedFor("no answer that can be read")
    return held


def _vouched(claims: Mapping[str, Any]) -> Vouched:
    """Google says email_verified; Microsoft, where the school asks for it, xms_edov. Without either an address is only
    what somebody typed."""
    verified = claims.get("email_verified") is True or claims.get("xms_edov") in (True, 1, "1", "true")
    email = claims.get("email")
    return Vouched(str(claims["sub"]), email if verified and isinstance(email, str) else None)


def _quoted(text: str) -> str:
    """A client id or secret as the basic scheme wants it (RFC 6749, 2.3.1)."""
    return urlencode({"": text})[1:]

"""Signatures, and the secrets under them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from openai import InvalidWebhookSignatureError, OpenAI
from standardwebhooks import Webhook, WebhookVerificationError

from matinee.core.ids import AccountId, EndpointId
from matinee.net.signing import SigningSecrets, hint_of, signed_headers

SECRETS = SigningSecrets(b"pepper")
ENDPOINT = EndpointId("01kw0000000000000000000001")
BODY = '{"id":"evt_1","object":"event","data":{"id":"video_ü"}}'.encode()


def verify(body: bytes, headers: dict[str, str], secret: str) -> None:
    """As both verifiers that receivers use would: each raises if something is wrong."""
    Webhook(secret).verify(body, headers)
    with OpenAI(api_key="x") as client:
        client.webhooks.verify_signature(body, headers, secret=secret)


def test_both_usual_verifiers_accept_what_is_signed() -> None:
    secret = SECRETS.of_endpoint(ENDPOINT, 1)
    verify(BODY, signed_headers("wh_1", datetime.now(UTC), BODY, [secret]), secret)


def test_during_a_rotation_either_secret_is_enough() -> None:
    both = [SECRETS.of_endpoint(ENDPOINT, number) for number in (2, 1)]
    headers = signed_headers("wh_1", datetime.now(UTC), BODY, both)
    for secret in both:
        verify(BODY, headers, secret)


def test_a_changed_body_or_another_secret_is_noticed() -> None:
    secret, other = (SECRETS.of_endpoint(ENDPOINT, number) for number in (1, 2))
    headers = signed_headers("wh_1", datetime.now(UTC), BODY, [secret])
    with pytest.raises(WebhookVerificationError):
        verify(BODY + b" ", headers, secret)
    with pytest.raises(WebhookVerificationError):
        verify(BODY, headers, other)
    with OpenAI(api_key="x") as client, pytest.raises(InvalidWebhookSignatureError):
        client.webhooks.verify_signature(BODY, headers, secret=other)


def test_every_secret_is_its_own_and_always_the_same() -> None:
    secrets = [
        SECRETS.of_endpoint(ENDPOINT, 1),
        SECRETS.of_endpoint(ENDPOINT, 2),
        SECRETS.of_endpoint(EndpointId("01kw0000000000000000000002"), 1),
        SECRETS.of_callbacks(AccountId("local")),
        SigningSecrets(b"salt").of_endpoint(ENDPOINT, 1),
    ]
    assert len(set(secrets)) == 5
    assert secrets[0] == SigningSecrets(b"pepper").of_endpoint(ENDPOINT, 1)
    for secret in secrets:
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_a_hint_gives_nothing_away() -> None:
    secret = SECRETS.of_endpoint(ENDPOINT, 1)
    hint = hint_of(secret)
    assert hint.startswith("whsec_…")
    assert len(hint) == 11
    assert secret.rstrip("=").endswith(hint[-4:])

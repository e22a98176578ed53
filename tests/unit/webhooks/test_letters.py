"""What a delivery says."""

from __future__ import annotations

from datetime import timedelta

from matinee.core.webhook import Callback, EventType, FormerSecret
from matinee.net.signing import SigningSecrets, signed_headers
from matinee.webhooks.letters import Letters
from tests.samples import ALICE, NOW, a_delivery, a_video, an_endpoint

SECRETS = SigningSecrets(b"pepper")
LETTERS = Letters(SECRETS, lambda delivery, video, base: f"{base} {video is None}".encode())
CALLBACK = Callback(url="https://hooks.example.org/one", link_base="https://films.example.org")


def test_the_event_is_the_guide_s_to_the_letter() -> None:
    delivery = a_delivery(event_type=EventType.VIDEO_FAILED)
    letter = LETTERS.to_endpoint(an_endpoint(), delivery, NOW)
    assert letter.url == an_endpoint().url
    assert letter.body == (
        b'{"id":"evt_%s","object":"event","created_at":1795253400,"type":"video.failed",'
        b'"data":{"id":"video_%s"}}' % ((delivery.video_id.encode(),) * 2)
    )


def test_former_secrets_sign_until_their_time_is_over() -> None:
    former = (FormerSecret(secret_number=1, until=NOW + timedelta(hours=1)),)
    endpoint = an_endpoint(secret_number=2, former_secrets=former)
    during = LETTERS.to_endpoint(endpoint, a_delivery(), NOW)
    after = LETTERS.to_endpoint(endpoint, a_delivery(), NOW + timedelta(hours=1))
    assert len(during.headers["webhook-signature"].split(" ")) == 2
    assert len(after.headers["webhook-signature"].split(" ")) == 1


def test_a_callback_is_rendered_and_signed_with_the_account_s_secret() -> None:
    delivery = a_delivery(endpoint_id=None, callback=CALLBACK)
    letter = LETTERS.to_callback(CALLBACK, delivery, a_video(), NOW)
    secret = SECRETS.of_callbacks(ALICE)
    signed = signed_headers(f"wh_{delivery.id}", NOW, letter.body, [secret])
    assert letter.body == b"https://films.example.org False"
    assert letter.headers == {"Content-Type": "application/json", **signed}

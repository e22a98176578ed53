"""What a delivery says, and the signature under it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from matinee.core.ids import spell_delivery_id
from matinee.core.video import Video
from matinee.core.webhook import Callback, Delivery, WebhookEndpoint
from matinee.net.signing import SigningSecrets, signed_headers
from matinee.ports.webhooks import Letter

RenderCallback = Callable[[Delivery, Video | None, str], bytes]
"""What a callback says, in JSON: the video as it is, or None if it was deleted after its end.

Links in it begin with the given text.
"""

_encoder = msgspec.json.Encoder()


class Letters:
    """Writes and signs what is sent in each attempt."""

    def __init__(self, secrets: SigningSecrets, render_callback: RenderCallback) -> None:
        self._secrets = secrets
        self._render_callback = render_callback

    def to_endpoint(self, endpoint: WebhookEndpoint, delivery: Delivery, now: datetime) -> Letter:
        """The event as the guide of the official API shows it, signed by every valid secret."""
        event = {
            # A video ends once, so its own id names that end, in every endpoint's delivery.
            "id": f"evt_{delivery.video_id}",
            "object": "event",
            "created_at": int(delivery.happened_at.timestamp()),
            "type": delivery.event_type.value,
            "data": {"id": f"video_{delivery.video_id}"},
        }
        secrets = [
            self._secrets.of_endpoint(endpoint.id, number)
            for number in endpoint.secret_numbers(now)
        ]
        return _letter(endpoint.url, delivery, _encoder.encode(event), secrets, now)

    def to_callback(
        self, callback: Callback, delivery: Delivery, video: Video | None, now: datetime
    ) -> Letter:
        """The video as it is now; if it was deleted meanwhile, only how it had ended."""
        body = self._render_callback(delivery, video, callback.link_base)
        secret = self._secrets.of_callbacks(delivery.receiver.account_id)
        return _letter(callback.url, delivery, body, [secret], now)


def _letter(url: str, delivery: Delivery, body: bytes, secrets: list[str], now: datetime) -> Letter:
    headers = signed_headers(spell_delivery_id(delivery.id), now, body, secrets)
    return Letter(url=url, headers={"Content-Type": "application/json", **headers}, body=body)

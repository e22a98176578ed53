"""Drives `standardwebhooks` for Python: `python -m tests.clients.standard_webhooks`."""

from __future__ import annotations

from standardwebhooks import Webhook, WebhookVerificationError

from tests.clients.stage import SetUp, drive, expect, expect_that


def verify(set_up: SetUp) -> None:
    """A webhook that arrived is verified and read; a changed one is refused."""
    delivery = set_up.delivery
    expect_that(delivery, "no webhook was delivered")
    webhook = Webhook(delivery["secret"])
    event = webhook.verify(delivery["body"], delivery["headers"])
    expect((event["type"], event["data"]["id"]), ("video.completed", delivery["video_id"]), "event")
    try:
        webhook.verify(delivery["body"] + " ", delivery["headers"])
    except WebhookVerificationError:
        return
    raise AssertionError("a changed body was taken")


def keep(set_up: SetUp) -> SetUp:
    """The set-up is all that is needed."""
    return set_up


if __name__ == "__main__":
    drive({"verify": verify}, keep)

// Drives `standardwebhooks` for Node.

import { drive, expect, expectThat, load, setUp, thrown } from "./stage.mjs";

const { Webhook, WebhookVerificationError } = await load("standardwebhooks");

async function verify() {
  const { body, headers, secret, video_id: videoId } = setUp.delivery;
  expectThat(body, "no webhook was delivered");
  const webhook = new Webhook(secret);
  const event = webhook.verify(body, headers);
  expect([event.type, event.data.id], ["video.completed", videoId], "the event");
  await thrown(WebhookVerificationError, () => webhook.verify(`${body} `, headers));
}

await drive({ verify });

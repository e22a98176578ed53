// Drives whichever OpenAI SDK for Node stands in the row's environment.

import { createReadStream, readFileSync } from "node:fs";
import { basename } from "node:path";

import { videoChecks } from "./openai_videos.mjs";
import {
  NotInThisClient, PROMPT, WISH, drive, expect, expectThat, has, load, setUp, thrown,
} from "./stage.mjs";

const sdk = await load("openai");
const client = new sdk.OpenAI({ baseURL: `${setUp.url}/v1`, apiKey: setUp.key, maxRetries: 0 });
const keyed = { apiKey: setUp.good_key, maxRetries: 0 };
const chatWish = {
  model: setUp.model,
  messages: [{ role: "user", content: PROMPT }],
  seconds: WISH.seconds,
  size: WISH.size,
};

async function unwrap() {
  has(client.webhooks, "unwrap");
  const { body, headers, secret, video_id: videoId } = setUp.delivery;
  expectThat(body, "no webhook was delivered");
  const event = await client.webhooks.unwrap(body, headers, secret);
  expect([event.type, event.data.id], ["video.completed", videoId], "the event");
  const changed = () => client.webhooks.unwrap(`${body} `, headers, secret);
  await thrown(sdk.InvalidWebhookSignatureError, changed);
}

async function webhookEndpoints() {
  const { webhooks } = client;
  if (typeof webhooks?.rotateSecret !== "function") throw new NotInThisClient("webhooks.create");
  const types = ["video.completed", "video.failed"];
  const wish = { event_types: types, name: "The matrix", url: setUp.receiver_url };
  const made = await webhooks.create(wish);
  expect([made.object, made.name], ["webhook_endpoint", "The matrix"], "the endpoint");
  expectThat(made.signing_secret.startsWith("whsec_"), "the secret");
  const listed = [];
  for await (const each of webhooks.list()) listed.push(each.id);
  expectThat(listed.includes(made.id), "not in the list");
  expect((await webhooks.retrieve(made.id)).event_types, types, "event types");
  expect((await webhooks.update(made.id, { name: "Renamed" })).name, "Renamed", "after a change");
  const tried = await webhooks.test(made.id, { event_type: "video.completed" });
  expect([tried.success, tried.status_code], [true, 200], "the test");
  const keep = { keep_old_secret_active_for_24_hours: true };
  const rotated = await webhooks.rotateSecret(made.id, keep);
  expectThat(rotated.signing_secret !== made.signing_secret, "the old secret again");
  expect((await webhooks.delete(made.id)).deleted, true, "deleted");
}

async function chat() {
  const reply = await client.chat.completions.create(chatWish);
  expect(reply.choices[0].finish_reason, "stop", "the choice");
  expectThat(reply.choices[0].message.content.includes(".mp4"), reply.choices[0].message.content);
}

async function chatStreamed() {
  const options = { stream: true, stream_options: { include_usage: true } };
  let [text, usage] = ["", null];
  for await (const chunk of await client.chat.completions.create({ ...chatWish, ...options })) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  expectThat(text.includes(".mp4") && text.includes("ID: `task_"), text);
  expectThat(usage.total_tokens > 0, "no usage");
}

async function models() {
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  expectThat(listed.includes("sora-2") && listed.includes("sora-2-pro"), listed.join());
  expect((await client.models.retrieve("sora-2")).object, "model", "the model");
}

async function files() {
  const wanted = readFileSync(setUp.picture);
  const stream = createReadStream(setUp.picture);
  const file = await client.files.create({ file: stream, purpose: "vision" });
  expect([file.object, file.bytes], ["file", wanted.length], "the file");
  expect((await client.files.retrieve(file.id)).filename, basename(setUp.picture), "its name");
  const listed = [];
  for await (const each of client.files.list()) listed.push(each.id);
  expectThat(listed.includes(file.id), "not in the list");
  const content = await client.files.content(file.id);
  expectThat(wanted.equals(Buffer.from(await content.arrayBuffer())), "other bytes");
  expect((await client.files.delete(file.id)).deleted, true, "deleted");
}

async function azure() {
  for (const apiVersion of ["preview", "2025-04-01-preview"]) {
    const options = { endpoint: setUp.keyed_url, apiVersion, ...keyed };
    const { videos } = new sdk.AzureOpenAI(options);
    const video = await videos.create({ model: setUp.model, ...WISH });
    expect((await videos.retrieve(video.id)).id, video.id, "the video");
    expect((await videos.delete(video.id)).deleted, true, "deleted");
  }
}

async function azureV1() {
  const baseURL = `${setUp.keyed_url}/openai/v1/`;
  const { videos } = new sdk.OpenAI({ baseURL, ...keyed });
  const video = await videos.create({ model: setUp.model, ...WISH });
  expect((await videos.delete(video.id)).deleted, true, "deleted");
}

async function keys() {
  const baseURL = `${setUp.keyed_url}/v1`;
  const good = new sdk.OpenAI({ baseURL, ...keyed });
  expectThat((await good.models.list()).data.length > 0, "no models for a good key");
  const bad = new sdk.OpenAI({ baseURL, apiKey: "mat_wrong", maxRetries: 0 });
  const error = await thrown(sdk.AuthenticationError, () => bad.videos.list());
  expectThat(error.code, "a 401 without a code");
}

// The webhook comes first: what was delivered may not be older than five minutes.
await drive({
  "webhooks.unwrap": unwrap,
  "webhook endpoints": webhookEndpoints,
  ...videoChecks(sdk, client),
  "chat": chat,
  "chat, streamed": chatStreamed,
  "models": models,
  "files": files,
  "AzureOpenAI": azure,
  "Azure's v1 base URL": azureV1,
  "keys": keys,
});

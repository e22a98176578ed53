// Drives the Vercel AI SDK with its OpenRouter provider, on `/api/v1/videos`.

import { readFileSync } from "node:fs";

import { WISH, drive, expect, expectThat, load, setUp } from "./stage.mjs";

const ai = await load("ai");
const { createOpenRouter } = await load("@openrouter/ai-sdk-provider");
const generateVideo = ai.generateVideo ?? ai.experimental_generateVideo;
const router = createOpenRouter({ baseURL: `${setUp.url}/api/v1`, apiKey: setUp.key });

function model(name = setUp.model) {
  return router.videoModel(name, { pollIntervalMs: 300, maxPollTimeMs: 120_000 });
}

async function generate(wish) {
  const prompt = { model: model(), prompt: WISH.prompt, maxRetries: 0, ...wish };
  return generateVideo({ ...prompt, download: fetched });
}

async function fetched({ url }) {
  const response = await fetch(url);
  expect(response.status, 200, "status of the film's URL without a key");
  const data = new Uint8Array(await response.arrayBuffer());
  return { data, mediaType: response.headers.get("content-type") };
}

function check(result) {
  expect(result.videos.length, 1, "films");
  expect(result.video.mediaType, "video/mp4", "type of the film");
  expect(Buffer.from(result.video.uint8Array.slice(4, 8)).toString(), "ftyp", "the film");
}

async function fromText() {
  check(await generate({ resolution: "720x1280", duration: 4, seed: 7 }));
}

async function byAspectRatio() {
  check(await generate({ aspectRatio: "9:16", duration: 4 }));
}

async function fromImage() {
  const image = readFileSync(setUp.picture);
  check(await generate({ prompt: { text: WISH.prompt, image }, resolution: "720x1280", duration: 4 }));
}

async function withProviderOptions() {
  const providerOptions = { openrouter: { generate_audio: true } };
  check(await generate({ resolution: "720x1280", duration: 4, providerOptions }));
}

async function errors() {
  for (const [wish, status, word] of [
    [{ model: model("nothing-like-it") }, 404, "nothing-like-it"],
    [{ model: model("sora-2"), prompt: "" }, 400, "prompt"],
  ]) {
    let met;
    try {
      await generate(wish);
    } catch (error) {
      met = error;
    }
    expect(met?.statusCode, status, "status");
    expectThat(met.message.includes(word), `message: ${met.message}`);
    expect(met.isRetryable, false, "retried");
  }
}

async function chat() {
  const extraBody = { seconds: "4", size: "720x1280" };
  const plain = createOpenRouter({ baseURL: `${setUp.url}/v1`, apiKey: setUp.key, extraBody });
  const met = [];
  const { textStream } = ai.streamText({
    model: plain.chat(setUp.model),
    prompt: WISH.prompt,
    maxRetries: 0,
    onError: ({ error }) => met.push(error),
  });
  let text = "";
  for await (const piece of textStream) text += piece;
  expect(met.map((error) => error.message), [], "errors");
  expectThat(text.includes(".mp4"), text);
}

await drive({
  "generateVideo: text": fromText,
  "generateVideo: aspect ratio": byAspectRatio,
  "generateVideo: image": fromImage,
  "generateVideo: provider options": withProviderOptions,
  "generateVideo: errors": errors,
  "streamText": chat,
});

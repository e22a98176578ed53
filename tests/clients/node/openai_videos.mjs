// The videos resource of the OpenAI SDK for Node: what each version can do must work.

import { createReadStream, readFileSync } from "node:fs";

import { PROMPT, WISH, expect, expectThat, has, setUp, thrown } from "./stage.mjs";

const FIELDS = [
  "id", "object", "created_at", "status", "completed_at", "error", "expires_at", "model",
  "progress", "prompt", "remixed_from_video_id", "seconds", "size",
];

/** The checks of `client`, made by the SDK module `sdk`. */
export function videoChecks(sdk, client) {
  const { videos } = client;
  const wish = { model: setUp.model, ...WISH };
  const picture = () => sdk.toFile(readFileSync(setUp.picture), "first.png", { type: "image/png" });
  let film;

  async function finished(video) {
    while (["queued", "in_progress"].includes(video.status)) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      video = await videos.retrieve(video.id);
    }
    expect([video.status, video.error], ["completed", null], "the end");
    return video;
  }

  async function theFilm() {
    film ??= await finished(await videos.create(wish));
    return film;
  }

  async function filmFile() {
    const bytes = await (await videos.downloadContent((await theFilm()).id)).arrayBuffer();
    return sdk.toFile(Buffer.from(bytes), "film.mp4", { type: "video/mp4" });
  }

  async function drop(...made) {
    for (const video of made) await videos.delete(video.id);
  }

  async function create() {
    const video = await videos.create(wish);
    expect(FIELDS.filter((name) => !(name in video)), [], "missing fields");
    const found = [video.object, video.model, video.seconds, video.size];
    expect(found, ["video", setUp.model, "4", "720x1280"], "the video");
    expectThat(Number.isInteger(video.progress), `progress is ${video.progress}`);
    expectThat(video._request_id, "no x-request-id");
    await drop(video);
  }

  async function createWithWholeSeconds() {
    await drop(await videos.create({ ...wish, seconds: 4 }));
  }

  async function createWithFile() {
    await drop(await videos.create({ ...wish, input_reference: await picture() }));
  }

  async function createWithStream() {
    const stream = createReadStream(setUp.picture);
    await drop(await videos.create({ ...wish, input_reference: stream }));
  }

  async function createWithImageUrl() {
    const reference = { image_url: setUp.picture_url };
    await drop(await videos.create({ ...wish, input_reference: reference }));
  }

  async function createWithDataUri() {
    const encoded = readFileSync(setUp.picture).toString("base64");
    const reference = { image_url: `data:image/png;base64,${encoded}` };
    await drop(await videos.create({ ...wish, input_reference: reference }));
  }

  async function createWithFileId() {
    const file = await client.files.create({ file: await picture(), purpose: "vision" });
    await drop(await videos.create({ ...wish, input_reference: { file_id: file.id } }));
    await client.files.delete(file.id);
  }

  async function retrieve() {
    const found = await videos.retrieve((await theFilm()).id);
    expect([found.status, found.progress], ["completed", 100], "the video");
  }

  async function listAllPages() {
    const made = [];
    for (let index = 0; index < 7; index += 1) made.push((await videos.create(wish)).id);
    const listed = [];
    for await (const video of videos.list({ limit: 2, order: "asc" })) listed.push(video.id);
    expect(listed.slice(-7), made, "the last of the oldest first");
    const page = await videos.list({ limit: 3 });
    expect(page.data.map((video) => video.id), made.slice(-3).reverse(), "the newest");
    expectThat(page.hasNextPage(), "no next page");
    const next = await page.getNextPage();
    expect(next.data[0].id, made[3], "the first of the next page");
    for (const id of made) await videos.delete(id);
  }

  async function remove() {
    const { id } = await videos.create(wish);
    expect(await videos.delete(id), { id, object: "video.deleted", deleted: true }, "the answer");
    await thrown(sdk.NotFoundError, () => videos.retrieve(id));
  }

  async function download() {
    const { id } = await theFilm();
    const starts = {};
    for (const variant of ["video", "thumbnail", "spritesheet"]) {
      const response = await videos.downloadContent(id, { variant });
      const bytes = Buffer.from(await response.arrayBuffer());
      starts[variant] = [response.headers.get("content-type"), bytes.subarray(0, 12)];
    }
    expect(starts.video[0], "video/mp4", "type of the film");
    expect(starts.video[1].toString("latin1", 4, 8), "ftyp", "the film");
    expect(starts.thumbnail[1].toString("latin1", 8, 12), "WEBP", "the thumbnail");
    expect(starts.spritesheet[1].toString("hex", 0, 3), "ffd8ff", "the spritesheet");
  }

  async function remix() {
    const { id } = await theFilm();
    const video = await videos.remix(id, { prompt: "The same boat, at night." });
    expect(video.remixed_from_video_id, id, "the source");
    await drop(await finished(video));
  }

  async function editById() {
    has(videos, "edit");
    const source = { id: (await theFilm()).id };
    const video = await videos.edit({ prompt: "Make the light golden.", video: source });
    await drop(await finished(video));
  }

  async function editByFile() {
    has(videos, "edit");
    const body = { prompt: "Make it golden.", video: await filmFile(), model: setUp.model };
    await drop(await finished(await videos.edit(body)));
  }

  async function extendById() {
    has(videos, "extend");
    const source = { id: (await theFilm()).id };
    const wish = { prompt: "It passes under a grate.", seconds: "4", video: source };
    const video = await finished(await videos.extend(wish));
    expect(video.seconds, "8", "the stitched total");
    await drop(video);
  }

  async function characters() {
    has(videos, "createCharacter");
    const made = await videos.createCharacter({ name: "Mossy", video: await filmFile() });
    const read = await videos.getCharacter(made.id);
    expect([read.id, read.name], [made.id, "Mossy"], "the character");
    const prompt = "Mossy crosses a bridge.";
    await drop(await videos.create({ ...wish, prompt, characters: [{ id: made.id }] }));
  }

  async function errors() {
    for (const [param, value] of Object.entries({ seconds: "5000", size: "1080x1080", prompt: "" })) {
      const call = () => videos.create({ ...wish, model: "sora-2", [param]: value });
      const error = await thrown(sdk.BadRequestError, call);
      expect(error.param, param, "param");
      expectThat(error.code && error.type && error.requestID, `empty: ${error}`);
    }
    for (const call of [
      () => videos.retrieve("video_unknown"),
      () => videos.delete("video_unknown"),
      () => videos.downloadContent("video_unknown"),
      () => videos.remix("video_unknown", { prompt: PROMPT }),
      () => videos.create({ prompt: PROMPT, model: "nothing-like-it" }),
    ]) {
      expectThat((await thrown(sdk.NotFoundError, call)).code, "a 404 without a code");
    }
  }

  async function notReady() {
    const video = await videos.create({ ...wish, model: "sora-2" });
    const error = await thrown(sdk.NotFoundError, () => videos.downloadContent(video.id));
    expectThat(/not ready/.test(error.message), error.message);
    await drop(video);
  }

  return {
    "create": create,
    "create: seconds a number": createWithWholeSeconds,
    "create: labelled file": createWithFile,
    "create: stream": createWithStream,
    "create: image URL": createWithImageUrl,
    "create: data URI": createWithDataUri,
    "create: file id": createWithFileId,
    "retrieve": retrieve,
    "list, all pages": listAllPages,
    "delete": remove,
    "download, three variants": download,
    "remix": remix,
    "edit by id": editById,
    "edit by file": editByFile,
    "extend by id": extendById,
    "characters": characters,
    "errors": errors,
    "content not ready": notReady,
  };
}

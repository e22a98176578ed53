// Renders a real chat reply with the Markdown stacks of three chat programs and looks for a player.
//
// Sources of the rules: Open WebUI 0.12.4 (HTMLToken: the film's URL stands between the tags);
// Cherry Studio 1.x (Markdown.tsx: raw HTML only if one of a list of tags occurs) and 2.x
// (streamdown with its sanitiser, which drops every `<video>`); LobeHub (its own component).

import { PROMPT, drive, expect, expectThat, load, setUp } from "../node/stage.mjs";

const { createElement } = await load("react");
const { renderToStaticMarkup } = await load("react-dom/server");
const { JSDOM } = await load("jsdom");
const CHERRY_TAGS =
  /<(style|p|div|span|b|i|strong|em|ul|ol|li|table|tr|td|th|thead|tbody|h[1-6]|blockquote|pre|code|br|hr|svg|path|circle|rect|line|polyline|polygon|text|g|defs|title|desc|tspan|sub|sup|details|summary)/i;

const replies = {};

async function reply(stream) {
  replies[stream] ??= await (stream ? streamed() : whole());
  return replies[stream];
}

async function ask(stream) {
  const response = await fetch(`${setUp.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${setUp.key}` },
    body: JSON.stringify({
      model: setUp.model,
      messages: [{ role: "user", content: PROMPT }],
      stream,
      seconds: "4",
      size: "720x1280",
    }),
  });
  expect(response.status, 200, "status of the chat");
  return response;
}

async function whole() {
  return (await (await ask(false)).json()).choices[0].message.content;
}

async function streamed() {
  const lines = (await (await ask(true)).text()).split("\n");
  const events = lines.filter((line) => line.startsWith("data: {"));
  return events.map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? "").join("");
}

/** The film's URL, from the link that every program shows. */
function linked(text) {
  const url = /\]\((\S+\.mp4)\)/.exec(text)?.[1];
  expectThat(url, `no link in: ${text}`);
  return url;
}

/** The one player in `html`, which must show the film and have controls. */
function checkPlayer(html, url) {
  const { document } = new JSDOM(html).window;
  const players = [...document.querySelectorAll("video")];
  expect(players.length, 1, `players in ${html}`);
  const source = players[0].getAttribute("src") ?? players[0].querySelector("source")?.src;
  expect(source, url, "the source");
  expectThat(players[0].hasAttribute("controls"), `no controls: ${html}`);
  expectThat(!/&lt;(video|br|div)/.test(html), `a tag is shown as text: ${html}`);
}

async function openWebUI(text) {
  const { marked } = await load("marked");
  const purify = (await load("dompurify")).default(new JSDOM("").window);
  const players = [];
  marked.walkTokens(marked.lexer(text), (token) => {
    if (token.type !== "html") return;
    const html = purify.sanitize(token.text);
    if (!html.includes("<video")) return;
    const source = /<video[^>]*>([\s\S]*?)<\/video>/.exec(html)?.[1];
    expectThat(source, `nothing between the tags: ${html}`);
    // A browser drops blanks and line ends around a URL.
    players.push(`<video src="${source.trim()}" controls></video>`);
  });
  checkPlayer(players.join(""), linked(text));
}

async function cherryStudio(text) {
  const { default: Markdown } = await load("react-markdown");
  const { default: gfm } = await load("remark-gfm");
  const { default: raw } = await load("rehype-raw");
  const options = {
    remarkPlugins: [[gfm, { singleTilde: false }]],
    rehypePlugins: CHERRY_TAGS.test(text) ? [raw] : [],
    disallowedElements: ["iframe", "script"],
  };
  checkPlayer(renderToStaticMarkup(createElement(Markdown, options, text)), linked(text));
}

async function cherryStudio2(text) {
  const { Streamdown, defaultRehypePlugins } = await load("streamdown");
  const { raw, sanitize, harden } = defaultRehypePlugins;
  const options = { rehypePlugins: [raw, sanitize, harden], normalizeHtmlIndentation: true };
  const html = renderToStaticMarkup(createElement(Streamdown, options, text));
  expectThat(/点击这里|click here/.test(html), `no link: ${html}`);
  expectThat(!/&lt;(video|br|div)/.test(html), `a tag is shown as text: ${html}`);
}

async function lobeHub(text, animated) {
  // The package's index imports icons and fonts that only an application has.
  const { default: Markdown } = await load("./node_modules/@lobehub/ui/es/Markdown/Markdown.mjs");
  const options = { variant: "chat", animated };
  checkPlayer(renderToStaticMarkup(createElement(Markdown, options, text)), linked(text));
}

const programs = {
  "Open WebUI 0.12": openWebUI,
  "Cherry Studio 1": cherryStudio,
  "Cherry Studio 2: the link": cherryStudio2,
  "LobeHub": (text) => lobeHub(text, false),
  "LobeHub, as it streams": (text) => lobeHub(text, true),
};

const checks = {};
for (const [name, program] of Object.entries(programs)) {
  checks[name] = async () => {
    await program(await reply(false));
    await program(await reply(true));
  };
}
await drive(checks);

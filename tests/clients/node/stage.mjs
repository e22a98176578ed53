// What every Node client is driven with: a set-up on standard input, one line of JSON per outcome.
// Runs in the environment of the client: its module is found by the folder that the set-up names.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const PROMPT = "A paper boat drifts down a rain gutter, low camera, overcast light.";
export const WISH = { prompt: PROMPT, seconds: "4", size: "720x1280" };

/** This version of the client can't do what a check asks for. */
export class NotInThisClient extends Error {}

export const setUp = JSON.parse(readFileSync(0, "utf8"));

/** The client's module, from its own environment. */
export const { load } = await import(pathToFileURL(join(setUp.environment, "load.mjs")).href);

export function expect(found, wanted, what) {
  const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${what}: wanted ${right}, found ${left}`);
}

export function expectThat(holds, what) {
  if (!holds) throw new Error(what);
}

export function has(thing, name) {
  if (thing === undefined || typeof thing[name] !== "function") throw new NotInThisClient(name);
}

/** What `call` throws, which must be a `kind`. */
export async function thrown(kind, call) {
  try {
    await call();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error(`no ${kind.name}`);
}

/** Run the checks in their order and print each outcome. */
export async function drive(checks) {
  for (const [name, check] of Object.entries(checks)) {
    const started = performance.now();
    let [state, detail] = ["pass", ""];
    try {
      await check();
    } catch (error) {
      state = error instanceof NotInThisClient ? "absent" : "fail";
      const cause = error.cause ? ` (${error.cause.message ?? error.cause})` : "";
      detail = `${error.constructor.name}: ${error.message}${cause}`.slice(0, 600);
    }
    const seconds = Math.round(performance.now() - started) / 1000;
    console.log(JSON.stringify({ check: name, state, detail, seconds }));
  }
}

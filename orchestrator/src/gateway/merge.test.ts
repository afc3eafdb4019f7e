// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { quiet } from "../test/manual-clock.ts";
import { merge } from "./merge.ts";

async function* from<Item>(...items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function* failing(): AsyncGenerator<string> {
  yield "last";
  throw new Error("broken");
}

/** Gives nothing until it is aborted, and then fails. */
async function* waiting(signal: AbortSignal): AsyncGenerator<string> {
  yield await new Promise<string>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
}

async function all<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe("merging", () => {
  it("gives every item of every source, each source in its order", async () => {
    const items = await all(merge([from("a1", "a2", "a3"), from("b1"), from<string>()]));
    expect(items.filter((item) => item.startsWith("a"))).to.deep.equal(["a1", "a2", "a3"]);
    expect([...items].sort()).to.deep.equal(["a1", "a2", "a3", "b1"]);
    expect(await all(merge([]))).to.deep.equal([]);
  });

  it("does not wait for a quiet source while another speaks", async () => {
    const stop = new AbortController();
    const merged = merge([waiting(stop.signal), from("heard")]);
    expect((await merged.next()).value).to.equal("heard");
    stop.abort();
    expect(await merged.next().catch((error: unknown) => String(error))).to.equal("Error: aborted");
  });

  it("fails as one source fails, and hears nothing of what the others come to", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on("unhandledRejection", hear);
    const stop = new AbortController();
    const failure = await all(merge([waiting(stop.signal), failing()])).catch((error: unknown) =>
      String(error),
    );
    expect(failure).to.equal("Error: broken");
    stop.abort();
    await quiet();
    process.off("unhandledRejection", hear);
    expect(unheard).to.deep.equal([]);
  });
});

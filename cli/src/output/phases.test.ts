// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import type { Progress } from "../flows/phases.ts";
import { createPhaseRunner } from "../flows/phases.ts";
import { createOutput } from "./output.ts";
import { createPhaseView } from "./phases.ts";

type Phase = "one" | "two";

describe("phases", () => {
  const script: readonly Progress<Phase>[] = [
    { phase: "one", event: "started", text: "begins" },
    { phase: "one", event: "note", text: "goes on", facts: { amount: 5n } },
    { phase: "one", event: "done", text: "is done" },
  ];

  async function show(json: boolean): Promise<readonly [string, string]> {
    const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
    const view = createPhaseView<Phase>(["one", "two"], createOutput(streams, json, {}), () => new Date(0));
    script.forEach(view.progress);
    await view.finish();
    streams.stdout.end();
    streams.stderr.end();
    return Promise.all([text(streams.stdout), text(streams.stderr)]);
  }

  it("are lines of JSON for programs, each with step and time", async () => {
    const [out, err] = await show(true);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(err).to.equal("");
    expect(lines[1]).to.deep.equal({
      step: "one",
      at: "1970-01-01T00:00:00.000Z",
      event: "note",
      text: "goes on",
      amount: "5",
    });
    expect(lines).to.have.length(3);
  });

  it("are plain lines beside the data where nothing can be animated", async () => {
    const [out, err] = await show(false);
    expect(out).to.equal("");
    expect(err).to.equal("one: begins\none: goes on\none: is done\n");
  });

  it("are told in order and measured, and a failure leaves its phase without an end", async () => {
    const told: string[] = [];
    let time = 0;
    const phases = createPhaseRunner<Phase>(
      ({ phase, event }) => told.push(`${phase} ${event}`),
      () => (time += 10),
    );
    expect(await phases.run("one", "", async () => ({ value: 7, text: "" }))).to.equal(7);
    const failure = await phases
      .run("two", "", () => Promise.reject(new Error("no")))
      .catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(told).to.deep.equal(["one started", "one done", "two started"]);
    expect(phases.durations()).to.deep.equal({ one: 10 });
  });
});

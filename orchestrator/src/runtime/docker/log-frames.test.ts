// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import type { LogLine } from "../../domain/observed.ts";
import { logLines } from "./log-frames.ts";

const STAMPS = [
  "2026-11-22T19:50:47.350304883Z",
  "2026-11-22T19:50:47.350464581Z",
  "2026-11-22T19:50:48.000000001Z",
];

function frame(stream: LogLine["stream"], payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream === "stdout" ? 1 : 2, 0);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

async function linesOf(bytes: Buffer, cuts: readonly number[] = []): Promise<readonly LogLine[]> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  async function* chunks(): AsyncIterable<Buffer> {
    for (const [index, place] of places.slice(1).entries()) yield bytes.subarray(places[index], place);
  }
  const lines: LogLine[] = [];
  for await (const line of logLines(chunks(), "web")) lines.push(line);
  return lines;
}

describe("log lines", () => {
  it("each line has its stream, its time and its text, empty lines too", async () => {
    const bytes = Buffer.concat([
      frame("stdout", `${STAMPS[0]} hello\n`),
      frame("stderr", `${STAMPS[1]} \n`),
      frame("stdout", `${STAMPS[2]} 2026-11-22 is no stamp of ours\r\n`),
    ]);
    expect(await linesOf(bytes)).to.deep.equal([
      { service: "web", stream: "stdout", at: STAMPS[0], text: "hello" },
      { service: "web", stream: "stderr", at: STAMPS[1], text: "" },
      { service: "web", stream: "stdout", at: STAMPS[2], text: "2026-11-22 is no stamp of ours\r" },
    ]);
  });

  it("parts of one stamp are one line, cut inside a character or not, and the other stream's between them its own", async () => {
    const ship = Buffer.from("⛵");
    const bytes = Buffer.concat([
      frame("stdout", Buffer.concat([Buffer.from(`${STAMPS[0]} a `), ship.subarray(0, 1)])),
      frame("stderr", `${STAMPS[1]} aside\n`),
      frame(
        "stdout",
        Buffer.concat([Buffer.from(`${STAMPS[0]} `), ship.subarray(1), Buffer.from(" at berth\n")]),
      ),
    ]);
    const texts = (await linesOf(bytes)).map(({ text }) => text);
    expect(texts).to.deep.equal(["aside", "a ⛵ at berth"]);
  });

  it("a new stamp begins a new line where the newline was forgotten", async () => {
    const bytes = Buffer.concat([
      frame("stdout", `${STAMPS[0]} long `),
      frame("stdout", `${STAMPS[0]} line`),
      frame("stdout", `${STAMPS[1]} next`),
    ]);
    const lines = (await linesOf(bytes)).map(({ at, text }) => ({ at, text }));
    expect(lines).to.deep.equal([
      { at: STAMPS[0], text: "long line" },
      { at: STAMPS[1], text: "next" },
    ]);
  });

  it("a line without end is cut, and nothing of it is lost", async () => {
    const part = "x".repeat(16_384);
    const bytes = Buffer.concat(Array.from({ length: 10 }, () => frame("stdout", `${STAMPS[0]} ${part}`)));
    const lines = await linesOf(bytes);
    expect(lines.map(({ text }) => text).join("")).to.equal(part.repeat(10));
    expect(lines.every(({ text, at }) => text.length <= 65_536 && at === STAMPS[0])).to.equal(true);
    expect(lines.length).to.equal(3);
  });

  it("an empty answer has no lines", async () => {
    expect(await linesOf(Buffer.alloc(0))).to.deep.equal([]);
  });

  it("the lines are the same however the bytes are cut", async () => {
    const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\n", " "));
    const line = fc.record({ stream: fc.constantFrom("stdout" as const, "stderr" as const), text });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(), { maxLength: 40 }), async (lines, cuts) => {
        const bytes = Buffer.concat(
          lines.map(({ stream, text: said }) => frame(stream, `${STAMPS[0]} ${said}\n`)),
        );
        const seen = await linesOf(bytes, cuts);
        const wanted = lines.map(({ stream, text: said }) => ({
          stream,
          text: Buffer.from(said).toString("utf8"),
        }));
        expect(seen.map(({ stream, text: said }) => ({ stream, text: said }))).to.deep.equal(wanted);
      }),
    );
  });
});

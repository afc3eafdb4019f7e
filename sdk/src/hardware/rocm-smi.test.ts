// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { parseRocmSmi } from "./rocm-smi.ts";

/**
 * Not seen on a machine of ours: github.com/marimo-team/marimo/issues/9237 shows this answer of a Radeon RX 7900 XT, without the id, which
 * is of the form that github.com/ROCm/container-toolkit/issues/116 shows.
 */
const RADEON = {
  "GPU use (%)": "0",
  "Unique ID": "0xDA20E05348498592",
  "VRAM Total Memory (B)": "21458059264",
  "VRAM Total Used Memory (B)": "27856896",
  "Card Series": "Radeon RX 7900 XT",
  "Card Model": "0x744c",
  "Card Vendor": "Advanced Micro Devices, Inc. [AMD/ATI]",
  "Card SKU": "D70401XT",
  "GFX Version": "gfx1100",
};
/** Processor's graphics and a card beside them: github.com/mudler/LocalAI/pull/7761, whose id is blanked there and zero here. */
const NAVI = {
  "Unique ID": "0x9246000000000000",
  "VRAM Total Memory (B)": "17163091968",
  "Card Series": "Navi 21 [Radeon RX 6800/6800 XT / 6900 XT]",
};
const RAPHAEL = { "Unique ID": "N/A", "VRAM Total Memory (B)": "67108864", "Card Series": "Raphael" };
/** The older spelling of a key: github.com/easybuilders/easybuild-framework/pull/3978; memory as AMD's data sheet has it. */
const ARCTURUS = {
  "Unique ID": "0x00000000000000aa",
  "VRAM Total Memory (B)": "34342961152",
  "Card series": "Arcturus GL-XL [AMD Instinct MI100]",
};
const SYSTEM = { "Driver version": "4.18.0-348.12.2.el8_5.x86_64" };

const read = (answer: unknown) => parseRocmSmi(JSON.stringify(answer));

describe("parseRocmSmi", () => {
  it("reads a card with model, memory, driver and id", () => {
    expect(read({ card0: RADEON, system: SYSTEM })).to.deep.equal([
      {
        vendor: "amd",
        uuid: "0xda20e05348498592",
        model: "amd-rx7900xt-20gb",
        memoryMiB: 20_464,
        driver: SYSTEM["Driver version"],
        fault: null,
      },
    ]);
  });

  it("reads both spellings of a key, the name in brackets, and words before the JSON", () => {
    const [card] = parseRocmSmi(`WARNING: no permission\n${JSON.stringify({ card3: ARCTURUS })}`);
    expect(card).to.include({ model: "amd-mi100", memoryMiB: 32_752, driver: "unknown" });
    expect(read({ card0: NAVI })[0]?.model).to.equal("amd-rx68006800xt6900xt-16gb");
  });

  it("leaves out a processor's own graphics, and nothing else", () => {
    expect(read({ card0: NAVI, card1: RAPHAEL }).map(({ uuid }) => uuid)).to.deep.equal([
      "0x9246000000000000",
    ]);
    expect(read({})).to.deep.equal([]);
  });

  const BROKEN: Readonly<Record<string, string>> = {
    "no JSON": "ERROR: ROCm is not there",
    nothing: "",
    "a list": "[]",
    "a card without an id": JSON.stringify({ card0: { ...RADEON, "Unique ID": "N/A" } }),
    "a card without memory": JSON.stringify({ card0: { ...RADEON, "VRAM Total Memory (B)": "N/A" } }),
    "one id for two cards": JSON.stringify({ card0: RADEON, card1: RADEON }),
  };
  for (const [name, answer] of Object.entries(BROKEN)) {
    it(`never takes ${name} for there being none`, () => {
      expect(() => parseRocmSmi(answer))
        .to.throw()
        .with.property("code", "E_GPUS_UNREADABLE");
    });
  }
});

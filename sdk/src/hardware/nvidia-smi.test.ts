// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { BerthError } from "../errors.ts";
import { SMI_SAMPLES } from "./nvidia-smi.fixture.ts";
import { NVIDIA_SMI_ARGUMENTS, parseNvidiaSmi } from "./nvidia-smi.ts";

const LINE = SMI_SAMPLES[0]?.line ?? "";
const changed = (from: string, to: string): string => {
  expect(LINE).to.contain(from);
  return LINE.replace(from, to);
};
const faultOf = (line: string): string | null | undefined => parseNvidiaSmi(line)[0]?.fault;

describe("parseNvidiaSmi", () => {
  it("asks for what it reads, without header and units", () => {
    expect(NVIDIA_SMI_ARGUMENTS).to.deep.equal([
      "--query-gpu=uuid,name,memory.total,driver_version,mig.mode.current,ecc.errors.uncorrected.volatile.total",
      "--format=csv,noheader,nounits",
    ]);
  });

  for (const { line, model, memoryMiB } of SMI_SAMPLES) {
    it(`reads a ${model}`, () => {
      const [uuid, , , driver] = line.split(", ");
      expect(parseNvidiaSmi(`${line}\n`)).to.deep.equal([
        { vendor: "nvidia", uuid, model, memoryMiB, driver, fault: null },
      ]);
    });
  }

  it("reads every GPU of a machine, in its order", () => {
    const gpus = parseNvidiaSmi(SMI_SAMPLES.map(({ line }) => `${line}\r\n`).join(""));
    expect(gpus.map(({ model }) => model)).to.deep.equal(SMI_SAMPLES.map(({ model }) => model));
  });

  it("finds none where the tool says so, and where it says nothing", () => {
    expect(parseNvidiaSmi("No devices were found\n")).to.deep.equal([]);
    expect(parseNvidiaSmi("")).to.deep.equal([]);
  });

  it("holds a divided GPU, memory errors and what is not told against a GPU, and does not leave it out", () => {
    expect(faultOf(changed("Disabled", "Enabled"))).to.match(/divided \(MIG\)/);
    expect(faultOf(changed("Disabled, [N/A]", "Disabled, 3"))).to.match(/3 memory errors/);
    expect(faultOf(changed("Disabled, [N/A]", "Disabled, 0"))).to.equal(null);
    expect(faultOf(changed("Disabled, [N/A]", "Disabled, many"))).to.match(/errors are not told/);
    expect(faultOf(changed("Disabled, [N/A]", "Disabled, [GPU is lost]"))).to.match(/errors are not told/);
    expect(faultOf(changed("81920", "[N/A]"))).to.match(/memory is not told/);
  });

  const BROKEN: Readonly<Record<string, string>> = {
    "a lost GPU":
      "Unable to determine the device handle for GPU 0000:82:00.0: GPU is lost.  Reboot the system to recover this GPU",
    "a driver that does not fit": "Failed to initialize NVML: Driver/library version mismatch",
    "a driver that does not answer":
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    "an id of another kind": changed("GPU-a75cda02", "MIG-a75cda02"),
    "too few figures": "GPU-a75cda02-62ce-2c30-9150-555ef08935e2, NVIDIA A100-SXM4-80GB, 81920",
    "a GPU that is there twice": `${LINE}\n${LINE}`,
    "one good line and one bad": `${LINE}\nGPU is lost`,
  };
  for (const [name, answer] of Object.entries(BROKEN)) {
    it(`never takes ${name} for there being none`, () => {
      expect(() => parseNvidiaSmi(answer))
        .to.throw(BerthError)
        .with.property("code", "E_GPUS_UNREADABLE");
    });
  }

  it("throws nothing but that, whatever the answer", () => {
    const piece = fc.constantFrom(...SMI_SAMPLES.map(({ line }) => line), ", ", "\n", "[N/A]", "GPU-", "0");
    const answers = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
    );
    let read = 0;
    fc.assert(
      fc.property(answers, (answer) => {
        try {
          parseNvidiaSmi(answer);
          read += 1;
        } catch (error) {
          expect(error).to.have.property("code", "E_GPUS_UNREADABLE");
        }
      }),
    );
    expect(read).to.be.above(0);
  });
});

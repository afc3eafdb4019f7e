// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { lookAtGpus, lookAtMachine, runTool, type RunTool } from "./look-at-machine.ts";
import { SMI_SAMPLES } from "./nvidia-smi.fixture.ts";

const never = new AbortController().signal;
const nothing: RunTool = async () => null;

describe("a look at the machine", () => {
  it("tells cores, memory and storage, and no GPU where no vendor's tool is", async () => {
    const { cpuMillis, memoryMiB, storageMiB, gpus } = await lookAtMachine(tmpdir(), never, nothing);
    expect(cpuMillis % 1_000).to.equal(0);
    for (const figure of [cpuMillis, memoryMiB, storageMiB]) expect(figure).to.be.above(0);
    expect(gpus).to.deep.equal([]);
  });

  it("asks both vendors' tools, and tells of both", async () => {
    const radeon = {
      "Unique ID": "0x1",
      "VRAM Total Memory (B)": "21458059264",
      "Card Series": "Radeon RX 7900 XT",
    };
    const answers: Readonly<Record<string, string>> = {
      "nvidia-smi": SMI_SAMPLES[0]?.line ?? "",
      "rocm-smi": JSON.stringify({ card0: radeon }),
    };
    const gpus = await lookAtGpus(async (tool) => answers[tool] ?? null, never);
    expect(gpus.map(({ vendor }) => vendor)).to.deep.equal(["nvidia", "amd"]);
  });
});

describe("a vendor's tool", () => {
  let folder: string;
  const { PATH } = process.env;
  const tool = (lines: string): void => {
    const path = join(folder, "nvidia-smi");
    writeFileSync(path, `#!/bin/sh\n${lines}\n`);
    chmodSync(path, 0o755);
  };
  const failureOf = (): Promise<unknown> =>
    runTool("nvidia-smi", [], never).then(String, (error: unknown) => error);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-smi-"));
    process.env["PATH"] = `${folder}${delimiter}${PATH ?? ""}`;
  });
  afterEach(() => {
    process.env["PATH"] = PATH;
    rmSync(folder, { recursive: true });
  });

  it("that is not installed is no error: there is no such GPU", async () => {
    expect(await runTool("berth-no-such-tool", [], never)).to.equal(null);
  });

  it("answers what it writes, and none where it finds no device", async () => {
    tool("echo hello");
    expect(await runTool("nvidia-smi", [], never)).to.equal("hello\n");
    tool("echo 'No devices were found'; exit 6");
    expect(await runTool("nvidia-smi", [], never)).to.equal("");
  });

  it("that fails says why, and is never taken for there being no GPU", async () => {
    tool("echo 'Failed to initialize NVML: Driver/library version mismatch' >&2; exit 18");
    const failure = await failureOf();
    expect(failure).to.include({ code: "E_GPUS_UNREADABLE", retryable: true });
    expect(String(failure)).to.contain("Driver/library version mismatch");
  });
});

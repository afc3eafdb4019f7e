// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import type { Step } from "../domain/step.ts";
import { hashOf, service } from "../test/builders.ts";
import { Daemon, publishing } from "../test/daemon.ts";
import { createStepRunner, type StepRunner } from "./execute.ts";
import { endInterrupted } from "./own-stops.ts";

const leaseId = 7n;
const never = new AbortController().signal;
const web = service("web", { image: "hello:1", environment: { TOKEN: "hush" } });
const [start, stop, remove] = (["startContainer", "stopContainer", "removeContainer"] as const).map(
  (action): Step => ({ action, leaseId, service: "web" }),
) as [Step, Step, Step];
const bringUp: readonly Step[] = [
  { action: "ensureImage", leaseId, image: "hello:1" },
  { action: "createNetwork", leaseId },
  { action: "createVolume", leaseId, volume: "data", sizeMiB: 64 },
  { action: "createContainer", leaseId, manifestHash: hashOf("a"), tier: "runc", service: web },
  start,
];

function runner(daemon: Daemon): StepRunner {
  const { runtime, market: actions, journal, clock, log, pulls } = daemon;
  return createStepRunner({ runtime, actions, journal, clock, log, publishing, pulls });
}

async function taken(steps: readonly Step[]): Promise<Daemon> {
  const daemon = new Daemon();
  daemon.open(leaseId);
  const take = runner(daemon);
  for (const step of steps) await take(step, never);
  return daemon;
}

function openActions(daemon: Daemon): readonly string[] {
  return daemon.journal.openIntents().map(({ action, detail }) => `${action} ${detail}`);
}

describe("taking steps", () => {
  it("does what each step says, and nothing else", async () => {
    const freeze: Step = { action: "freezeContainer", leaseId, service: "web" };
    const thaw: Step = { action: "thawContainer", leaseId, service: "web" };
    const clear: readonly Step[] = [
      stop,
      remove,
      { action: "removeNetwork", leaseId },
      { action: "removeVolume", leaseId, volume: "data" },
    ];
    const steps = [...bringUp, freeze, thaw, ...clear];
    const daemon = await taken(steps);
    expect(daemon.changes()).to.deep.equal(steps.map(({ action }) => action));
    expect(await daemon.runtime.observe(never)).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal([]);
  });

  it("tells the chain what each step says", async () => {
    const daemon = await taken([
      { action: "startLease", leaseId },
      { action: "pauseLease", leaseId },
      { action: "resumeLease", leaseId },
      { action: "completeLease", leaseId, exitCode: 3 },
      { action: "closeLease", leaseId, cause: "drain" },
    ]);
    expect(daemon.market.told).to.deep.equal([
      "start 7",
      "pause 7",
      "resume 7",
      "complete 7 3",
      "close 7 drain",
    ]);
    expect(daemon.changes()).to.deep.equal([]);
  });

  it("writes a step down before it is taken, and settles it afterwards, well or not", async () => {
    const daemon = new Daemon();
    const during: string[] = [];
    daemon.engine.images.add("x:1");
    daemon.runtime.ensureImage = async (pin) => {
      during.push(...openActions(daemon));
      if (pin.includes("/x@"))
        throw new RetryableError("E_AWAY", "away", { atRisk: "nothing", next: "wait" });
    };
    const take = runner(daemon);
    await take({ action: "ensureImage", leaseId, image: "hello:1" }, never);
    const failure = await take({ action: "ensureImage", leaseId, image: "x:1" }, never).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(RetryableError);
    expect(during).to.deep.equal(["ensureImage hello:1", "ensureImage x:1"]);
    expect(openActions(daemon)).to.deep.equal([]);
    const lines = daemon.log.said.map(({ message, fields }) => [message, fields["step"], fields["code"]]);
    expect(lines).to.deep.equal([
      ["step begins", "ensureImage", undefined],
      ["step done", "ensureImage", undefined],
      ["step begins", "ensureImage", undefined],
      ["step failed", "ensureImage", "E_AWAY"],
    ]);
  });

  it("remembers a stop until the service is started again or removed", async () => {
    const stopped = await taken([...bringUp, stop]);
    expect(openActions(stopped)).to.deep.equal(["stopContainer web"]);
    expect(openActions(await taken([...bringUp, stop, stop, start]))).to.deep.equal([]);
    expect(openActions(await taken([...bringUp, stop, remove]))).to.deep.equal([]);
  });

  it("remembers a stop whose reply was lost", async () => {
    const daemon = await taken(bringUp);
    daemon.runtime.dropReplyAfterCommit("stopContainer");
    await runner(daemon)(stop, never).catch(() => undefined);
    expect(openActions(daemon)).to.deep.equal(["stopContainer web"]);
  });

  it("writes off what a dead daemon was in the middle of, except its stops", async () => {
    const { journal, log } = await taken([...bringUp, stop]);
    journal.beginIntent(leaseId, "createContainer", "web");
    endInterrupted({ journal, log });
    const said = log.said.filter(({ message }) => message === "step was interrupted");
    expect(said.map(({ fields }) => fields["step"])).to.deep.equal(["createContainer"]);
    expect(journal.openIntents().map(({ action }) => action)).to.deep.equal(["stopContainer"]);
  });
});

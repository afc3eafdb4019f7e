// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { failureOf } from "../domain/failure.ts";
import { createStepRunner } from "../reconcile/execute.ts";
import { Reconciler } from "../reconcile/loop.ts";
import { provider } from "../test/builders.ts";
import { Daemon, publishing } from "../test/daemon.ts";
import { GatewayWorld, lease } from "../test/gateway.ts";
import { documentOf, webCompose } from "../test/manifests.ts";
import { errorLine } from "./error-line.ts";
import { createLog } from "./logger.ts";
import { redactText } from "./redact.ts";

const never = new AbortController().signal;
/** Each is planted in a run once, in a place of its own. */
const PLANTED = {
  environment: "not for the log",
  rpcKey: "a1b2c3rpckey",
  password: "hunter2-password",
  query: "q-u-e-r-y-token",
  bearer: "eyJhbGciOi.bearer-token",
  key: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
} as const;
const RPC = `https://someone:${PLANTED.password}@rpc.example:8443/v3/${PLANTED.rpcKey}?token=${PLANTED.query}`;

/** A log at its most talkative, and what it wrote. */
function writing() {
  const stream = new PassThrough({ encoding: "utf8" });
  const log = createLog("debug", stream);
  return { log, text: (): string => (stream.read() as string | null) ?? "" };
}

function expectNone(text: string): void {
  for (const [place, secret] of Object.entries(PLANTED)) expect(text, place).not.to.contain(secret);
}

/** A reconciler that speaks into this log, beside the daemon's own. */
function speaking(daemon: Daemon, log: ReturnType<typeof createLog>): Reconciler {
  const { market, runtime, journal, clock, pulls } = daemon;
  const runStep = createStepRunner({ runtime, actions: market, journal, clock, log, publishing, pulls });
  const { acceptance } = daemon;
  const parts = { provider, acceptance, chain: market, runtime, journal, runStep, clock, log } as const;
  return new Reconciler({
    ...parts,
    random: () => 0.5,
    resyncInterval: 5_000,
    overtaken: new AbortController().signal,
    obstacle: () => null,
    hardware: { capacity: () => daemon.capacity },
    healthGrace: 60_000,
    hostRefusal: () => null,
  });
}

describe("a run with planted secrets", () => {
  it("writes of each lease its number, and of none what its manifest's environment holds", async () => {
    const daemon = new Daemon();
    const { log, text } = writing();
    const reconciler = speaking(daemon, log);
    daemon.open(7n, {}, documentOf(webCompose()));
    daemon.open(8n, {}, documentOf(webCompose("not-there:1")));
    daemon.market.nextFailure = new Error(
      `HTTP request failed. URL: ${RPC} Authorization: Bearer ${PLANTED.bearer}`,
    );
    for (let round = 0; round < 6; round += 1) {
      await reconciler.pass(never);
      await reconciler.settled();
    }
    const written = text();
    expectNone(written);
    expect(written).to.contain("https://rpc.example:8443");
    const steps = written.split("\n").filter((line) => line.includes('"step"'));
    expect(steps.length).to.be.greaterThan(8);
    for (const line of steps) expect(line).to.match(/"leaseId":"[78]"/);
  });

  it("writes nothing of what a tenant sends to the gateway, refused or taken, but the lease's number", async () => {
    const { log, text } = writing();
    const world = new GatewayWorld({ log });
    const document = documentOf(webCompose());
    world.open(document);
    const headers = { authorization: `Bearer ${PLANTED.bearer}`, "x-berth-signature": "0x" };
    expect(await world.put(document, { headers })).to.include({ status: 401 });
    expect(await world.put(documentOf(webCompose("hello:2")))).to.include({ status: 409 });
    expect((await world.put(document)).status).to.be.lessThan(300);
    const written = text();
    expectNone(written);
    const lines = written.split("\n").filter(Boolean);
    expect(lines).to.have.length(3);
    for (const line of lines) expect(line).to.contain(`"leaseId":"${lease}"`);
  });

  it("writes no secret by its name, and none by its form, wherever they turn up", () => {
    const { log, text } = writing();
    log.info({ privateKey: PLANTED.key, at: { password: PLANTED.password } }, "by name");
    log.warn({ ...failureOf(new Error(`no answer from ${RPC}`)), url: RPC }, `asked ${RPC}`);
    log.debug({ said: `authorization: Basic ${PLANTED.bearer}` }, `Bearer ${PLANTED.bearer}`);
    log.info(
      { headers: { authorization: PLANTED.bearer }, socket: `wss://${PLANTED.password}@node/` },
      "headers",
    );
    const written = text();
    expectNone(written);
    expect(
      written
        .split("\n")
        .filter(Boolean)
        .map((line): unknown => JSON.parse(line)),
    ).to.have.length(4);
  });

  it("ends with last words that hold none", () => {
    const details = { atRisk: "nothing", next: `See ${RPC}.`, facts: { url: RPC } };
    const line = errorLine(new UserError("E_RPC", `no answer from ${RPC}`, details));
    expectNone(line);
    expect(JSON.parse(line)).to.include({
      code: "E_RPC",
      message: "no answer from https://rpc.example:8443",
    });
  });
});

describe("a text without secrets", () => {
  it("is the same text where it held none", () => {
    for (const text of [
      "http://127.0.0.1:8545",
      "registry.example/app@sha256:ab",
      "lease 7 of basic size",
      "",
    ])
      expect(redactText(text)).to.equal(text);
  });

  it("keeps scheme, host and port of a URL, and hides one that cannot be read", () => {
    expect(redactText(`"${RPC}", and`)).to.equal('"https://rpc.example:8443", and');
    expect(redactText("at http://user:pass@:x/y")).to.equal("at [hidden URL]");
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { type ProviderSummary, RetryableError } from "@berth/sdk";
import type { ProviderMoney, ProviderOffer } from "../flows/provider-overview.ts";
import { doctorText } from "../output/doctor-text.ts";
import type { Finding } from "./finding.ts";
import { judged, ok } from "./finding.ts";
import { judgeClock, judgeHead } from "./judge-chain.ts";
import { judgeEndpoints, servingUrl } from "./judge-endpoints.ts";
import { judgeEndpoint, judgeEngine, judgeFolder, judgeGateway, judgeStrays } from "./judge-machine.ts";
import {
  judgeGas,
  judgeOffers,
  judgeOperator,
  judgeRegistration,
  judgeReport,
  judgeStake,
} from "./judge-provider.ts";
import type { EndpointAnswer, EndpointFact } from "./probe-endpoints.ts";

const OWNER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const OPERATOR = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const TOKEN = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";
const DAY = 86_400n;

function summary(changes: Partial<ProviderSummary> = {}): ProviderSummary {
  const clock = { lastReportAt: 10_000n, clock: 0n, clockNow: 0n, silent: false, lapsed: false };
  return { operator: OPERATOR, reportPeriod: 3_600n, instance: 1n, sequence: 0n, ...clock, ...changes };
}

function offer(changes: Partial<ProviderOffer> = {}): ProviderOffer {
  return {
    offerId: 1n,
    provider: OWNER,
    capacity: 2n,
    taken: 0n,
    closed: false,
    resources: { cpuMillis: 1, memoryMiB: 1, storageMiB: 1, gpuCount: 0, gpuModel: "" },
    terms: {
      token: TOKEN,
      milliRatePerSecond: 1n,
      collateral: 5_000_000n,
      arbitrator: OWNER,
      minPeriod: 0n,
      startPeriod: 0n,
      retentionPeriod: 0n,
    },
    ...changes,
  };
}

function money(staked: bigint, locked: bigint): ProviderMoney {
  return { token: { address: TOKEN, symbol: "mUSD", decimals: 6 }, staked, locked, free: 0n, accrued: 0n };
}

/** State and fix: what is well has no fix, what is not has one. */
function expectState(finding: Finding, state: Finding["state"], fix = ""): void {
  expect(finding.state, finding.says).to.equal(state);
  expect(finding.fix === null, finding.says).to.equal(state === "ok" || state === "unknown");
  expect(finding.fix ?? "").to.contain(fix);
}

describe("the doctor's judgement of the chain", () => {
  const head = (age: bigint, chainId = 1) => ({
    number: 7n,
    timestamp: 10_000n,
    now: 10_000n + age,
    chainId,
  });

  it("an old head is a warning, on a chain that makes blocks by itself", () => {
    expectState(judgeHead(head(180n)), "ok");
    expectState(judgeHead(head(181n)), "warning", "BERTH_RPC_URL");
    expectState(judgeHead(head(9_999n, 31_337)), "ok");
  });

  it("a block from the future proves the clock slow, an old one proves nothing", () => {
    expectState(judgeClock(head(-61n)), "failing", "timedatectl");
    expectState(judgeClock(head(-60n)), "ok");
    expectState(judgeClock(head(61n)), "unknown");
  });
});

describe("the doctor's judgement of the endpoints", () => {
  const at = (place: number, changes: Partial<EndpointAnswer> = {}): EndpointFact => ({
    place,
    url: `https://user:secret@rpc-${place}.example/v3/secret-key`,
    answer: { value: { chainId: 1, number: 100n, timestamp: 10_000n, ...changes } },
  });
  const dark = (place: number): EndpointFact => ({
    ...at(place),
    answer: { error: new RetryableError("E_RPC_UNREACHABLE", "no", { atRisk: "", next: "" }) },
  });
  const statesOf = (facts: readonly EndpointFact[], chainId = 1) =>
    judgeEndpoints(facts, chainId).map(({ check, state }) => `${check} ${state}`);

  it("one endpoint alone is a warning with the fix, but for a local chain", () => {
    expect(statesOf([at(1)])).to.deep.equal(["endpoint 1 ok", "endpoints warning"]);
    expectState(judgeEndpoints([at(1)], 1)[1] as Finding, "warning", "export BERTH_RPC_URLS=");
    expect(statesOf([at(1, { chainId: 31_337 })], 31_337)).to.deep.equal(["endpoint 1 ok"]);
    expect(statesOf([at(1), at(2)])).to.deep.equal(["endpoint 1 ok", "endpoint 2 ok"]);
  });

  it("one that does not answer is a warning while another does, and fails where none does", () => {
    expect(statesOf([dark(1), at(2)])).to.deep.equal(["endpoint 1 warning", "endpoint 2 ok"]);
    expect(statesOf([dark(1), dark(2)])).to.deep.equal(["endpoint 1 failing", "endpoint 2 failing"]);
    expect(statesOf([dark(1), at(2, { chainId: 5 })])).to.deep.equal([
      "endpoint 1 failing",
      "endpoint 2 failing",
    ]);
  });

  it("another chain fails, a head behind another one's by more than a minute is a warning, and no key is shown", () => {
    const findings = judgeEndpoints(
      [
        at(1, { chainId: 5 }),
        at(2, { number: 90n, timestamp: 9_939n }),
        at(3),
        at(4, { number: 95n, timestamp: 9_940n }),
      ],
      1,
    );
    expect(findings.map(({ state }) => state)).to.deep.equal(["failing", "warning", "ok", "ok"]);
    expect(findings[0]?.says).to.contain("https://rpc-1.example serves chain 5, not chain 1");
    expect(findings[1]?.says).to.equal("https://rpc-2.example is at block 90, another one at 100");
    expect(JSON.stringify(findings)).not.to.contain("secret");
  });

  it("goes on with the preferred endpoint that serves the chain", () => {
    expect(servingUrl([dark(1), at(2, { chainId: 5 }), at(3)], 1)).to.contain("rpc-3");
    expect(servingUrl([dark(1)], 1)).to.equal(null);
  });
});

describe("the doctor's judgement of the provider", () => {
  it("one who never registered is told how", () => {
    expectState(
      judgeRegistration(OWNER, summary({ reportPeriod: 0n })),
      "failing",
      "berth provider register",
    );
    expectState(judgeRegistration(OWNER, summary()), "ok");
  });

  it("a key that is not the operator's fails; the owner's own is a warning, because stake hangs on it", () => {
    expectState(judgeOperator(MARKET, OWNER, OPERATOR, summary()), "ok");
    expectState(judgeOperator(MARKET, OWNER, TOKEN, summary()), "failing", `setOperator(address)' ${TOKEN}`);
    expectState(judgeOperator(MARKET, OWNER, OWNER, summary({ operator: OWNER })), "warning", "setOperator");
  });

  it("pay runs for one report period: its last quarter is a warning, its end a failure", () => {
    expectState(judgeReport(summary(), 12_700n), "ok");
    expectState(judgeReport(summary(), 12_701n), "warning", "berth provider run");
    expectState(judgeReport(summary(), 13_600n), "failing", "berth provider run");
    expectState(judgeReport(summary({ lapsed: true }), 10_000n), "failing");
    expect(judgeReport(summary(), 10_600n).says).to.equal("last report 10m ago, pay stops in 50m");
  });

  it("gas money warns under seven days and fails under two", () => {
    const gas = (days: bigint) =>
      judgeGas({ operator: OPERATOR, balance: days * 48n, costOfReport: 1n, interval: 1_800n });
    expectState(gas(7n), "ok");
    expectState(gas(6n), "warning", OPERATOR);
    expectState(gas(2n), "warning");
    expectState(gas(1n), "failing", OPERATOR);
    expectState(judgeGas({ operator: OPERATOR, balance: 0n, costOfReport: 0n, interval: 1n }), "ok");
    expect(gas(7n).says).to.equal(`pays for reports for ${7n * DAY === 604_800n ? "7d" : ""}`);
  });

  it("no open offer, or none with room, is a warning", () => {
    expectState(judgeOffers([]), "warning", "berth provider offer");
    expectState(judgeOffers([offer({ closed: true })]), "warning");
    expectState(judgeOffers([offer({ taken: 2n })]), "warning");
    expectState(judgeOffers([offer({ taken: 1n })]), "ok");
  });

  it("a free stake that covers no further lease is a warning with the amount that is missing", () => {
    expectState(judgeStake(money(10_000_000n, 5_000_000n), [offer()]), "ok");
    expectState(
      judgeStake(money(10_000_000n, 7_500_000n), [offer()]),
      "warning",
      `stake 2.5 --token ${TOKEN}`,
    );
    expectState(judgeStake(money(0n, 0n), [offer({ closed: true })]), "ok");
  });
});

describe("the doctor's judgement of the machine", () => {
  it("an engine must speak the API that the daemon speaks", () => {
    expectState(judgeEngine({ version: "20.10.24", apiVersion: "1.41" }), "ok");
    expectState(judgeEngine({ version: "28.5.2", apiVersion: "1.51" }), "ok");
    expectState(judgeEngine({ version: "19.03", apiVersion: "1.40" }), "failing", "install Docker");
  });

  it("a container's process that the engine does not know is a warning, and is ended by a person alone", () => {
    expectState(judgeStrays([]), "ok");
    const strays = [
      { pid: 10, containerId: "1".repeat(64) },
      { pid: 11, containerId: "2".repeat(64) },
    ];
    expectState(judgeStrays(strays), "warning", "ps -o pid,lstart,args -p 10,11");
    expect(judgeStrays(strays).says).to.contain("10 (container 111111111111), 11 (container 222222222222)");
    expect(judgeStrays(strays).fix).not.to.contain("kill");
  });

  it("the data folder must be writable and have room", () => {
    const folder = { path: "/data", isWritable: true, freeBytes: 5 * 1024 ** 3 };
    expectState(judgeFolder(folder), "ok");
    expectState(judgeFolder({ ...folder, freeBytes: folder.freeBytes - 1 }), "warning", "docker image prune");
    expectState(judgeFolder({ ...folder, freeBytes: 1 }), "failing");
    expectState(judgeFolder({ ...folder, isWritable: false }), "failing", "chown");
  });

  it("a gateway is the daemon's, nobody's or a stranger's, and the daemon has its own word", () => {
    const gateway = { address: "127.0.0.1:8700", listener: "daemon", complaints: [] } as const;
    expectState(judgeGateway(gateway), "ok");
    expectState(judgeGateway({ ...gateway, listener: "nobody" }), "warning", "berth provider run");
    expectState(judgeGateway({ ...gateway, listener: "stranger" }), "failing", "sport = :8700");
    expectState(judgeGateway({ ...gateway, listener: "stalled" }), "failing");
    expectState(judgeGateway({ ...gateway, complaints: ["The disk is full."] }), "failing", "/readyz");
  });

  it("an endpoint must be the one on chain, and reach the daemon while there is one", () => {
    const endpoint = {
      configured: "https://a.example",
      onChain: "https://a.example/",
      listener: "daemon",
    } as const;
    expectState(judgeEndpoint(MARKET, endpoint, true), "ok");
    expectState(
      judgeEndpoint(MARKET, { ...endpoint, onChain: "https://b.example" }, true),
      "failing",
      "setEndpoint",
    );
    expectState(judgeEndpoint(MARKET, { ...endpoint, listener: "nobody" }, true), "failing", "curl");
    expectState(judgeEndpoint(MARKET, { ...endpoint, listener: "nobody" }, false), "unknown");
  });
});

describe("the doctor's report", () => {
  it("never calls well or ill what it could not find out", () => {
    expectState(
      judged("report", null, () => ok("report", "fine")),
      "unknown",
    );
  });

  it("is aligned, has the fix under what it mends, and sums up in words", () => {
    const broken = { check: "gas money", state: "failing", says: "pays for 1h", fix: "send coin" } as const;
    expect(doctorText([ok("engine", "Docker Engine 28"), broken])).to.equal(
      [
        "ok       engine     Docker Engine 28",
        "failing  gas money  pays for 1h",
        "                    fix: send coin",
        "",
        "1 failing, 1 ok",
      ].join("\n"),
    );
  });
});

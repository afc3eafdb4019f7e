// SPDX-License-Identifier: Apache-2.0
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { marketCalls, UserError } from "@berth/sdk";
import { expect } from "chai";
import { succeed } from "../../test/helpers/viem-market.ts";
import type { GatewayStub } from "./testing/gateway-stub.ts";
import { NASTY_LINE } from "./testing/gateway-stub.ts";
import type { ActorName, MarketWorld } from "./testing/market-world.ts";
import { openMarket, type OpenMarket } from "./testing/open-market.ts";
import type { JsonError } from "./testing/run-berth.ts";
import { jsonErrorOf, jsonLines, jsonOf, runInside } from "./testing/run-berth.ts";

const SIX_HOURS = 21_600;
const NOWHERE = "http://127.0.0.1:9";

function compose(extra: string): string {
  return `name: hello\nservices:\n  web:\n    image: example.org/hello:1\n    ports: ["8080"]\n${extra}`;
}

describe("what cannot be done, said before it costs anything", function () {
  this.timeout(60_000);
  let market: OpenMarket;
  let world: MarketWorld;
  let gateway: GatewayStub;
  let snapshot: `0x${string}`;
  const refusal = async (actor: ActorName, ...args: readonly string[]): Promise<JsonError> =>
    jsonErrorOf(await world.berth(actor, ...args));
  const deploy = (actor: ActorName, ...flags: readonly string[]): Promise<JsonError> =>
    refusal(actor, "deploy", "compose.yaml", "--deposit", "10", ...flags);
  const offer = (collateral: string, ...flags: readonly string[]) =>
    world.berth(
      "owner",
      ...[
        "provider",
        "offer",
        "--token",
        world.token,
        "--rate",
        "1.00/h",
        "--cpu",
        "0.5",
        "--memory",
        "256M",
      ],
      ...["--storage", "1G", "--collateral", collateral, "--min-period", "1h", ...flags],
    );
  const documents = (): readonly string[] => readdirSync(join(world.folder, "data", "leases"));

  before(async () => {
    market = await openMarket();
    ({ world, gateway } = market);
    writeFileSync(join(world.folder, "compose.yaml"), compose(""));
    jsonOf(
      await world.berth(
        "owner",
        "provider",
        "register",
        "--public-endpoint",
        gateway.url,
        "--report-period",
        "6h",
      ),
    );
    jsonOf(await world.berth("owner", "provider", "stake", "20", "--token", world.token));
    jsonOf(await offer("5"));
  });
  after(async () => {
    await market?.close();
  });
  beforeEach(async () => {
    snapshot = await world.client.snapshot();
  });
  afterEach(async () => {
    gateway.behave("start");
    await world.client.revert({ id: snapshot });
  });

  it("refuses a deposit that the wallet does not hold, and says how much is missing", async () => {
    const error = await deploy("pauper");
    expect(error).to.include({ code: "E_BALANCE_INSUFFICIENT", exitCode: 4 });
    expect(error.message).to.contain("holds 0 mUSD; this needs 10 mUSD");
    expect(error.next).to.contain("Put 10 mUSD more");
  });

  it("refuses a deposit below the offer's minimum", async () => {
    const error = await refusal("tenant", "deploy", "compose.yaml", "--deposit", "0.5");
    expect(error).to.include({ code: "E_DEPOSIT_TOO_SMALL", exitCode: 4 });
    expect(error.message).to.contain("1.000001 mUSD");
  });

  it("refuses to guess a deposit, and names the flag and the price", async () => {
    const error = await refusal("tenant", "deploy", "compose.yaml");
    expect(error).to.include({ code: "E_DEPOSIT_MISSING", exitCode: 2 });
    expect(error.next).to.contain("--deposit").and.to.contain("/h in mUSD");
  });

  it("gives exactly the allowance that is missing, and says so", async () => {
    const ran = await world.berth("tenant", "deploy", "compose.yaml", "--deposit", "10");
    expect(ran.code, ran.stdout).to.equal(0);
    const notes = jsonLines<{ step: string; text: string }>(ran).filter(({ step }) => step === "funding");
    expect(notes.map(({ text }) => text)).to.include("allowed the market to take 10 mUSD, no more");
    expect(await world.allowance(world.actors.tenant.address)).to.equal(0n);
  });

  it("refuses an offer whose provider has too little stake for the collateral", async () => {
    const made = await offer("30");
    const { offerId } = jsonOf<{ offerId: string }>(made);
    expect(made.stderr).to.contain(
      "warning: room for 1 lease needs 30 mUSD of free stake, and there is 20 mUSD",
    );
    const error = await deploy("tenant", "--offer", offerId);
    expect(error).to.include({ code: "E_STAKE_INSUFFICIENT", exitCode: 4 });
  });

  it("refuses a named offer of a silent provider, and finds none without a name", async () => {
    await world.pass(SIX_HOURS + 1);
    expect(await deploy("tenant", "--offer", "1")).to.include({ code: "E_PROVIDER_SILENT", exitCode: 4 });
    const error = await deploy("tenant");
    expect(error).to.include({ code: "E_OFFER_NONE_FITS", exitCode: 3 });
    expect(error.facts).to.deep.equal({ silent: "1" });
  });

  it("refuses what is too large, too dear or not there", async () => {
    const large = `    deploy: { resources: { limits: { cpus: "2", memory: 1G } } }\n`;
    writeFileSync(join(world.folder, "large.yaml"), compose(large));
    const tooLarge = await refusal("tenant", "deploy", "large.yaml", "--offer", "1", "--deposit", "10");
    expect(tooLarge).to.include({ code: "E_RESOURCES_ABOVE_OFFER", exitCode: 2 });
    const tooDear = await deploy("tenant", "--max-rate", "0.50/h", "--offer", "1");
    expect(tooDear).to.include({ code: "E_OFFER_RATE_ABOVE_LIMIT", exitCode: 4 });
    expect(await deploy("tenant", "--offer", "7")).to.include({ code: "E_OFFER_UNKNOWN", exitCode: 3 });
  });

  it("takes the cheapest offer that fits", async () => {
    const cheaper = jsonOf<{ offerId: string }>(
      await world.berth(
        "owner",
        ...[
          "provider",
          "offer",
          "--token",
          world.token,
          "--rate",
          "0.50/h",
          "--cpu",
          "0.5",
          "--memory",
          "256M",
        ],
        ...["--storage", "1G"],
      ),
    );
    const ran = await world.berth("tenant", "deploy", "compose.yaml", "--deposit", "10");
    const matched = jsonLines<{ step: string; event: string; offerId: string }>(ran).find(
      ({ step, event }) => step === "matching" && event === "done",
    );
    expect(matched?.offerId).to.equal(cheaper.offerId);
  });

  it("refuses every wrong key of a Compose file at once, with its place", async () => {
    writeFileSync(join(world.folder, "bad.yaml"), compose("    privileged: true\n    network_mode: host\n"));
    const ran = await world.berth("tenant", "deploy", "bad.yaml", "--deposit", "10");
    const error = jsonErrorOf(ran) as JsonError & { refusals: { path: string; at: string }[] };
    expect(error.exitCode).to.equal(2);
    expect(error.refusals.map(({ path }) => path)).to.have.members([
      "services.web.privileged",
      "services.web.network_mode",
    ]);
  });

  it("keeps private key and passwords out of the reach of a Compose file", async () => {
    const { folder, environment } = world.placeOf("tenant");
    const passwords = { BERTH_PASSWORD: "swordfish", BERTH_OPERATOR_PASSWORD: "swordfish" };
    for (const name of ["BERTH_PRIVATE_KEY", ...Object.keys(passwords)]) {
      writeFileSync(join(world.folder, "thief.yaml"), compose(`    command: ["\${${name}}"]\n`));
      const place = { folder, environment: { ...environment, ...passwords } };
      const ran = await runInside(["deploy", "thief.yaml", "--deposit", "10", "--json"], place);
      expect(jsonErrorOf(ran), name).to.include({ code: "E_MANIFEST_VARIABLE", exitCode: 2 });
    }
  });

  it("keeps money and document when the upload fails, and goes on with --resume", async () => {
    gateway.behave("break");
    const error = await deploy("tenant", "--timeout", "1s");
    expect(error).to.include({ code: "E_UPLOAD_FAILED", exitCode: 7 });
    expect(error.next).to.match(/berth deploy --resume 1.* after .* UTC .*berth close 1/);
    expect(documents()).to.include(`31337-${world.market.slice(2, 10).toLowerCase()}-1.json`);
    gateway.behave("start");
    const ran = await world.berth("tenant", "deploy", "--resume", "1");
    expect(ran.code, ran.stdout).to.equal(0);
    expect(jsonLines<object>(ran).at(-1)).to.deep.include({
      step: "deployed",
      leaseId: "1",
      status: "active",
    });
  });

  it("says that a lease is open when it is interrupted after opening one", async () => {
    gateway.behave("break");
    const reason = new UserError("E_INTERRUPTED", "Interrupted.", { atRisk: "nothing", next: "Nothing." });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 1_500);
    const flags = ["deploy", "compose.yaml", "--deposit", "10", "--json"];
    const error = jsonErrorOf(await runInside(flags, world.placeOf("tenant"), controller.signal));
    expect(error).to.include({ code: "E_INTERRUPTED", exitCode: 130 });
    expect(error.message).to.contain("Lease 1 is open");
  });

  it("says why the gateway refused a manifest", async () => {
    gateway.behave("refuse");
    const error = await deploy("tenant");
    expect(error).to.include({ code: "E_UPLOAD_REFUSED", exitCode: 4 });
    expect(error.facts).to.include({ refusal: "E_MANIFEST_HASH", leaseId: "1" });
  });

  it("says why a provider declined, and where the refund is", async () => {
    gateway.behave({ decline: "image" });
    const error = await deploy("tenant");
    expect(error).to.include({ code: "E_LEASE_DECLINED", exitCode: 4 });
    expect(error.message).to.contain("an image could not be had or run");
    expect(error.facts).to.include({ cause: "image", refund: "10000000" });
    expect(error.next).to.contain("berth withdraw");
    const { withdrawals } = jsonOf<{ withdrawals: object[] }>(await world.berth("tenant", "withdraw"));
    expect(withdrawals[0]).to.deep.include({ amount: "10000000" });
  });

  it("does not close a lease whose provider still has time to start it", async () => {
    gateway.behave("break");
    await deploy("tenant", "--timeout", "1s");
    const error = await refusal("tenant", "close", "1", "--yes");
    expect(error).to.include({ code: "E_LEASE_START_PENDING", exitCode: 6 });
  });

  it("asks before it closes, and where nobody can be asked wants --yes", async () => {
    await world.berth("tenant", "deploy", "compose.yaml", "--deposit", "10");
    const error = await refusal("tenant", "close", "1");
    expect(error).to.include({ code: "E_INPUT_MISSING", exitCode: 2 });
    expect(error.facts).to.deep.equal({ flag: "--yes" });
  });

  it("strips what could steer a terminal from logs, unless asked for it raw", async () => {
    await world.berth("tenant", "deploy", "compose.yaml", "--deposit", "10");
    const plain = await runInside(["logs", "1"], world.placeOf("tenant"));
    expect(plain.stdout).to.equal("web | hello\nweb | red  gnp\n");
    const raw = await runInside(["logs", "1", "--raw"], world.placeOf("tenant"));
    expect(raw.stdout).to.equal(`web | hello\nweb | ${NASTY_LINE}\n`);
    const json = jsonLines<{ text: string }>(await world.berth("tenant", "logs", "1"));
    expect(json.map(({ text }) => text)).to.deep.equal(["hello", NASTY_LINE]);
  });

  it("follows logs until it is interrupted", async () => {
    await world.berth("tenant", "deploy", "compose.yaml", "--deposit", "10");
    const reason = new UserError("E_INTERRUPTED", "Interrupted.", { atRisk: "nothing", next: "Nothing." });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 1_000);
    const ran = await runInside(["logs", "1", "-f", "--json"], world.placeOf("tenant"), controller.signal);
    expect(jsonLines(ran)).to.have.length(3);
    expect(jsonErrorOf(ran)).to.include({ code: "E_INTERRUPTED", exitCode: 130 });
  });

  it("leases from no provider whose gateway is not on the web", async () => {
    const endpoint = "ftp://provider.example";
    const call = marketCalls(world.market).setEndpoint(endpoint);
    await succeed(
      world.client,
      await world.client.writeContract({ ...call, account: world.actors.owner.address }),
    );
    expect((await deploy("tenant")).facts).to.deep.equal({ "without gateway": "1" });
    expect(await deploy("tenant", "--offer", "1")).to.include({
      code: "E_GATEWAY_ENDPOINT_INVALID",
      exitCode: 2,
    });
  });

  it("knows no lease that is not there, in every command", async () => {
    const commands = [
      ["status", "9"],
      ["logs", "9"],
      ["topup", "9", "1"],
      ["close", "9", "--yes"],
    ];
    for (const command of commands) {
      expect(await refusal("tenant", ...command), command.join(" ")).to.include({
        code: "E_LEASE_UNKNOWN",
        exitCode: 3,
      });
    }
    expect(await refusal("tenant", "deploy", "--resume", "9")).to.include({
      code: "E_LEASE_UNKNOWN",
      exitCode: 3,
    });
  });

  it("refuses a wrong chain, an address without a contract, a contract that is no market", async () => {
    const others = [
      ["--chain-id", "1", "E_WRONG_CHAIN"],
      ["--market", world.actors.pauper.address, "E_NO_CONTRACT"],
      ["--market", world.token, "E_WRONG_CONTRACT"],
    ] as const;
    for (const [flag, value, code] of others) {
      expect(await refusal("tenant", "ps", flag, value)).to.include({ code, exitCode: 2 });
    }
  });

  it("says that the RPC does not answer", async () => {
    const error = await refusal("tenant", "ps", "--rpc-url", NOWHERE);
    expect(error).to.include({ code: "E_RPC_UNREACHABLE", exitCode: 7 });
  });

  it("gives a depleted lease only enough to revive it, before any allowance", async () => {
    await world.berth("tenant", "deploy", "compose.yaml", "--deposit", "2");
    await world.pass(SIX_HOURS - 60);
    const error = await refusal("tenant", "topup", "1", "1");
    expect(error).to.include({ code: "E_LEASE_AMOUNT_TOO_SMALL", exitCode: 4 });
    expect(await world.allowance(world.actors.tenant.address)).to.equal(0n);
    expect(jsonOf(await world.berth("tenant", "topup", "1", "6.01"))).to.deep.include({ revived: true });
  });

  it("warns of a silent provider, and pays the collateral out once he has lapsed", async () => {
    await world.berth("tenant", "deploy", "compose.yaml", "--deposit", "50");
    await world.pass(SIX_HOURS + 1);
    const silent = jsonOf<{ warnings: string[] }>(await world.berth("tenant", "status", "1"));
    expect(silent.warnings.join()).to.contain("silent");
    await world.pass(3 * 86_400);
    const closed = jsonOf(await world.berth("tenant", "close", "1", "--yes"));
    expect(closed).to.deep.include({ reason: "lapsed", forfeited: "5000000" });
  });

  it("refuses a provider's commands to anybody else", async () => {
    const stake = await refusal("tenant", "provider", "stake", "1", "--token", world.token);
    expect(stake).to.include({ code: "E_PROVIDER_UNKNOWN", exitCode: 3 });
    expect(await world.allowance(world.actors.tenant.address)).to.equal(0n);
    const owner = world.actors.owner.address;
    const claim = await refusal("tenant", "provider", "claim", "--provider", owner);
    expect(claim).to.include({ code: "E_KEY_NOT_OWNER", exitCode: 2 });
    expect(await refusal("owner", "provider", "claim")).to.include({
      code: "E_NOTHING_TO_CLAIM",
      exitCode: 3,
    });
    expect(await refusal("owner", "provider", "register", "--public-endpoint", NOWHERE)).to.include({
      code: "E_PROVIDER_ALREADY_REGISTERED",
      exitCode: 6,
    });
  });
});

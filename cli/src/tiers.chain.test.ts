// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectMarket, marketCalls, readOfferMetadata } from "@berth/sdk";
import { expect } from "chai";
import { FakeDockerEngine } from "../../test/fake-engine/fake-engine.ts";
import { succeed } from "../../test/helpers/viem-market.ts";
import type { GatewayStub } from "./testing/gateway-stub.ts";
import type { ActorName, MarketWorld } from "./testing/market-world.ts";
import { openMarket, type OpenMarket } from "./testing/open-market.ts";
import { jsonErrorOf, jsonOf, runBinary } from "./testing/run-berth.ts";

describe("isolation tiers at the command line", function () {
  this.timeout(60_000);
  let open: OpenMarket;
  let world: MarketWorld;
  let gateway: GatewayStub;
  let engine: FakeDockerEngine;

  before(async () => {
    open = await openMarket();
    ({ world, gateway } = open);
    engine = await FakeDockerEngine.start();
    jsonOf(await world.berth("owner", "provider", "register", "--public-endpoint", gateway.url));
    jsonOf(await world.berth("owner", "provider", "stake", "20", "--token", world.token));
  });
  after(async () => {
    await engine?.close();
    await open?.close();
  });

  /** On a machine whose engine is this one, or on one without. */
  const on = (socket: string, actor: ActorName, ...args: readonly string[]) => {
    const { folder, environment } = world.placeOf(actor);
    const place = { folder, environment: { ...environment, BERTH_DOCKER_SOCKET: socket } };
    return runBinary([...args, "--json"], place);
  };
  const terms = [
    "--rate",
    "1.00/h",
    "--cpu",
    "0.5",
    "--memory",
    "256M",
    "--storage",
    "1G",
    "--collateral",
    "1",
  ];
  const offer = (socket: string, ...flags: readonly string[]) =>
    on(socket, "owner", "provider", "offer", "--token", world.token, ...terms, ...flags);
  const nowhere = () => join(world.folder, "no-engine.sock");
  const market = () => connectMarket({ address: world.market, client: world.client, chainId: 31_337 });
  const metadataOf = async (offerId: bigint) =>
    readOfferMetadata((await (await market()).offerCreation(offerId)).metadataURI);

  it("an offer that claims nothing is made without a look at the machine, and says so in itself", async () => {
    const { offerId, tier } = jsonOf<{ offerId: string; tier: string }>(
      await offer(nowhere(), "--described-at", "https://provider.example/small"),
    );
    expect(tier).to.equal("runc");
    expect(await metadataOf(BigInt(offerId))).to.deep.equal({
      version: 1,
      tier: "runc",
      describedAt: "https://provider.example/small",
    });
  });

  it("an offer that claims what the machine does not prove is not made", async () => {
    for (const tier of ["userns", "gvisor"]) {
      const error = jsonErrorOf(await offer(engine.socketPath, "--tier", tier));
      expect(error).to.include({ code: "E_TIER_NOT_PROVEN" });
      expect(error.message).to.match(tier === "gvisor" ? /runsc is not known/ : /maps no users/);
    }
  });

  it("an offer that claims anything is not made where nothing can be measured", async () => {
    expect(jsonErrorOf(await offer(nowhere(), "--tier", "gvisor"))).to.include({
      code: "E_HOST_NOT_MEASURED",
    });
    expect(jsonErrorOf(await offer(nowhere(), "--tier", "vault")).exitCode).to.equal(2);
  });

  it("the doctor tells what the machine proves, with what mends the rest", async () => {
    const ran = await on(engine.socketPath, "owner", "provider", "doctor", "--public-endpoint", gateway.url);
    const { findings } = JSON.parse(ran.stdout) as {
      readonly findings: readonly {
        readonly check: string;
        readonly state: string;
        readonly fix: string | null;
      }[];
    };
    const byCheck = new Map(findings.map((finding) => [finding.check, finding]));
    expect(byCheck.get("isolation tiers")).to.deep.include({ state: "ok", says: "proven here: runc" });
    expect(byCheck.get("tier gvisor")?.fix).to.match(/install runsc/);
    expect(byCheck.get("engine's age")).to.include({ state: "warning" });
  });

  it("a manifest that needs more than an offer claims is not deployed on it", async () => {
    const compose =
      "name: hello\nservices:\n  web:\n    image: example.org/hello:1\nx-berth: { tier: gvisor }\n";
    writeFileSync(join(world.folder, "compose.yaml"), compose);
    const deploy = (...flags: readonly string[]) =>
      world.berth("tenant", "deploy", "compose.yaml", "--deposit", "10", ...flags);
    const named = jsonErrorOf(await deploy("--offer", "1"));
    expect(named).to.include({ code: "E_TIER_BELOW_MANIFEST" });
    expect(named.message).to.contain("needs the isolation tier gvisor; the offer claims runc");
    const any = jsonErrorOf(await deploy());
    expect(any).to.include({ code: "E_OFFER_NONE_FITS" });
    expect(any.message).to.contain("1 isolated too little");
  });

  it("an offer whose claim cannot be read is nobody's", async () => {
    const { owner } = world.actors;
    const { resources, terms: stated } = await (await market()).offerCreation(1n);
    const call = marketCalls(world.market).createOffer({
      ...{ terms: stated, resources, capacity: 1n },
      metadataURI: 'data:application/json,{"version":2,"tier":"vault"}',
    });
    await succeed(world.client, await world.client.writeContract({ ...call, account: owner.address }));
    writeFileSync(
      join(world.folder, "compose.yaml"),
      "name: hello\nservices:\n  web:\n    image: example.org/hello:1\n",
    );
    const error = jsonErrorOf(
      await world.berth("tenant", "deploy", "compose.yaml", "--deposit", "10", "--offer", "2"),
    );
    expect(error).to.include({ code: "E_OFFER_METADATA" });
  });
});

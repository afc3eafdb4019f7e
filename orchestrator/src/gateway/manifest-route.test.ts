// SPDX-License-Identifier: Apache-2.0
import { manifestHash, manifestUploadText, MAX_MANIFEST_BYTES, type MarketEvent } from "@berth/sdk";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { provider, tenant } from "../test/builders.ts";
import { GatewayWorld, lease } from "../test/gateway.ts";
import { documentOf, keptOf, webCompose } from "../test/manifests.ts";

const document = documentOf(webCompose());
const another = documentOf(webCompose(), "a5");

function opened(): GatewayWorld {
  const world = new GatewayWorld();
  world.open(document);
  return world;
}

/** The event that a lease was opened, or given another manifest, in the market's newest block. */
function named(world: GatewayWorld, name: "LeaseOpened" | "LeaseManifestChanged"): MarketEvent {
  const position = { blockHash: "0xaa", logIndex: 0, transactionHash: "0xbb" } as const;
  const args = { leaseId: lease, provider, manifestHash: manifestHash(document), sequence: 1n } as const;
  const blockNumber = world.daemon.market.number;
  if (name === "LeaseManifestChanged") return { name, args, blockNumber, ...position };
  const money = { offerId: 1n, milliRatePerSecond: 1n, balance: 1n, collateral: 0n, startBy: 1n };
  return { name, args: { ...args, ...money, tenant, payer: tenant }, blockNumber, ...position };
}

describe("manifest intake", () => {
  it("takes the manifest that the lease names from its tenant, and wakes the reconciler", async () => {
    const world = opened();
    expect(await world.put(document)).to.include({ status: 204, text: "" });
    expect(world.daemon.journal.manifest(lease)).to.deep.equal(keptOf(document));
    expect(world.woken).to.deep.equal(["woken"]);
    expect(await world.put(document)).to.include({ status: 204 });
  });

  it("logs the manifest's hash and nothing else of it", async () => {
    const world = opened();
    await world.put(document);
    await world.put(another);
    expect(JSON.stringify(world.daemon.log.said))
      .to.include(manifestHash(document))
      .and.not.to.include("TOKEN");
  });

  it("takes the manifest of a lease that the follower has not read yet, and notes it", async () => {
    for (const name of ["LeaseOpened", "LeaseManifestChanged"] as const) {
      const world = new GatewayWorld();
      if (name === "LeaseManifestChanged") world.open(another);
      const cursor = { blockNumber: world.daemon.market.number, blockHash: "0xaa", sequence: 0n } as const;
      world.daemon.journal.advance(cursor, []);
      world.daemon.market.set(lease, { tenant: world.tenant.address, provider, status: "pending" });
      world.daemon.market.pastEvents.push(named(world, name));
      expect(await world.put(document)).to.include({ status: 204 });
      expect(world.daemon.journal.leaseNotes()).to.deep.equal([
        { leaseId: lease, manifestHash: manifestHash(document) },
      ]);
      expect(world.daemon.journal.cursor()).to.deep.equal(cursor);
    }
  });

  it("waits a moment for a lease that no block shows yet, then asks to try again", async () => {
    const world = new GatewayWorld();
    const cursor = { blockNumber: world.daemon.market.number, blockHash: "0xaa", sequence: 0n } as const;
    world.daemon.journal.advance(cursor, []);
    const early = world.put(document);
    await world.daemon.clock.advance(200);
    world.open(document);
    await world.daemon.clock.advance(200);
    expect(await early).to.include({ status: 204 });
    world.daemon.market.leasesById.clear();
    const vain = world.put(document);
    for (let second = 0; second < 20; second += 1) await world.daemon.clock.advance(200);
    expect(await vain).to.include({ status: 404, code: "E_LEASE_UNKNOWN" });
  });

  it("keeps the private part of the last upload beside the manifest, and tells nobody of it", async () => {
    const world = opened();
    const login = { username: "ada", password: "correct horse" };
    const secrets = { registries: { "docker.io": login } };
    expect(await world.put(document, { body: manifestUploadText(document, secrets) })).to.include({
      status: 204,
    });
    expect(world.daemon.journal.manifest(lease)).to.deep.equal(keptOf(document));
    expect(JSON.parse(world.daemon.journal.manifestSecrets(lease) ?? "")).to.deep.equal(secrets);
    const odd = { registries: { "docker.io": { ...login, more: login.password } } };
    const unused = { registries: { "other.example": login } };
    const bodies = [odd, unused].map((each) =>
      JSON.stringify({ document: keptOf(document).text, secrets: each }),
    );
    const answers = [];
    for (const body of bodies) answers.push(await world.put(document, { body }));
    expect(answers.map(({ code }) => code)).to.deep.equal(["E_SECRETS_INVALID", "E_SECRETS_UNUSED"]);
    expect(answers.map(({ status }) => status)).to.deep.equal([400, 400]);
    await world.daemon.settle();
    const status = await world.ask({});
    const told = JSON.stringify([world.daemon.log.said, answers, status.text]);
    expect(told).to.contain("manifest kept").and.not.to.contain(login.password);
    await world.put(document);
    expect(world.daemon.journal.manifestSecrets(lease)).to.equal(null);
  });

  it("refuses a manifest whose hash is not the lease's", async () => {
    const world = opened();
    expect(await world.put(another)).to.include({ status: 409, code: "E_MANIFEST_HASH" });
    expect(world.daemon.journal.manifest(lease)).to.equal(null);
    expect(world.woken).to.deep.equal([]);
  });

  it("refuses a manifest that asks for more than the offer holds", async () => {
    const world = opened();
    world.daemon.market.resources = { ...world.daemon.market.resources, memoryMiB: 8 };
    expect(await world.put(document)).to.include({ status: 400, code: "E_RESOURCES_ABOVE_OFFER" });
    expect(world.daemon.journal.manifest(lease)).to.equal(null);
  });

  it("refuses memory-backed folders that take all of a service's memory", async () => {
    const compose = `${webCompose()}    tmpfs: ["/cache:size=64m"]\n`;
    const full = documentOf(compose);
    const world = new GatewayWorld();
    world.open(full);
    for (const memoryMiB of [64, 65]) {
      world.daemon.market.resources = { ...world.daemon.market.resources, memoryMiB };
      expect(await world.put(full)).to.include({ status: 400, code: "E_RESOURCES_ABOVE_OFFER" });
    }
    expect(world.daemon.journal.manifest(lease)).to.equal(null);
    world.daemon.market.resources = { ...world.daemon.market.resources, memoryMiB: 66 };
    expect(await world.put(full)).to.include({ status: 204 });
  });

  it("refuses more than 64 KiB, unread", async () => {
    const body = "x".repeat(MAX_MANIFEST_BYTES + 1);
    expect(await opened().put(document, { body })).to.include({ status: 413, code: "E_MANIFEST_TOO_LARGE" });
    const fits = "x".repeat(MAX_MANIFEST_BYTES);
    expect(await opened().put(document, { body: fits })).to.include({
      status: 400,
      code: "E_MANIFEST_SYNTAX",
    });
  });

  it("refuses what is no canonical manifest", async () => {
    for (const body of ["", "{}", "nonsense", ` ${keptOf(document).text}`]) {
      const { status, code } = await opened().put(document, { body });
      expect(status).to.equal(400);
      expect(code).to.match(/^E_MANIFEST_/);
    }
  });

  it("refuses the manifest of a closed lease", async () => {
    const world = opened();
    world.daemon.market.set(lease, { status: "closed" });
    expect(await world.put(document)).to.include({ status: 409, code: "E_LEASE_CLOSED" });
  });

  it("says that it cannot tell while the chain is dark", async () => {
    const world = opened();
    world.daemon.market.isDark = true;
    const answer = await world.put(document);
    expect(answer).to.include({ status: 503, code: "E_CHAIN_DARK" });
    expect(answer.headers).to.include({ "retry-after": "30" });
    expect(world.daemon.journal.manifest(lease)).to.equal(null);
  });

  it("refuses the manifest of a tenant who is not served, or has as many leases as he may, and says what to do", async () => {
    const denied: `0x${string}`[] = [];
    const world = new GatewayWorld({}, { deniedTenants: denied });
    denied.push(world.tenant.address);
    world.open(document);
    const refused = await world.put(document);
    expect(refused).to.include({ status: 403, code: "E_TENANT_NOT_SERVED" });
    expect(refused.text).to.contain("another provider").and.to.contain("all of its money");
    expect([world.daemon.journal.manifest(lease), world.woken]).to.deep.equal([null, []]);

    const full = new GatewayWorld({}, { leasesPerTenant: 1 });
    full.daemon.open(3n, { tenant: full.tenant.address, status: "active" });
    full.open(document);
    const tooMany = await full.put(document);
    expect(tooMany).to.include({ status: 409, code: "E_TENANT_LEASES_TOO_MANY" });
    expect(tooMany.text).to.contain("Close one of your leases");
    expect(full.daemon.journal.manifest(lease)).to.equal(null);
    full.daemon.market.set(3n, { status: "closed" });
    expect(await full.put(document)).to.include({ status: 204 });
  });

  it("takes a manifest of a lease that was started, whatever the rules say by now", async () => {
    const denied: `0x${string}`[] = [];
    const world = new GatewayWorld({}, { deniedTenants: denied });
    denied.push(world.tenant.address);
    world.open(document);
    world.daemon.market.set(lease, { status: "active" });
    expect(await world.put(document)).to.include({ status: 204 });
  });
});

describe("gateway signatures", () => {
  const stranger = privateKeyToAccount(generatePrivateKey());
  const refusals: readonly (readonly [string, Parameters<GatewayWorld["put"]>[1], number, string])[] = [
    ["by somebody else", { signer: stranger }, 403, "E_NOT_TENANT"],
    ["for another lease", { signed: { leaseId: 8n } }, 403, "E_NOT_TENANT"],
    ["for another chain", { signed: { chainId: 1 } }, 403, "E_NOT_TENANT"],
    ["for another market", { signed: { market: provider } }, 403, "E_NOT_TENANT"],
    ["for another method", { signed: { method: "GET" } }, 403, "E_NOT_TENANT"],
    ["for another path", { signed: { path: "/v1/leases/7/status" } }, 403, "E_NOT_TENANT"],
    ["for another body", { signed: { bodyHash: manifestHash(another) } }, 403, "E_NOT_TENANT"],
    ["that has expired", { signed: { expiresAt: 999_999n } }, 401, "E_SIGNATURE_EXPIRED"],
    ["that lives too long", { signed: { expiresAt: 1_000_301n } }, 401, "E_SIGNATURE_EXPIRED"],
    ["that is not there", { headers: { "x-berth-signature": "" } }, 401, "E_SIGNATURE_MISSING"],
    ["that is no hexadecimal", { headers: { "x-berth-signature": "0xzz" } }, 401, "E_SIGNATURE_MISSING"],
    ["whose expiry is no number", { headers: { "x-berth-expires": "soon" } }, 401, "E_SIGNATURE_MISSING"],
  ];
  for (const [what, asking, status, code] of refusals) {
    it(`refuses a signature ${what}`, async () => {
      const world = opened();
      expect(await world.put(document, asking)).to.include({ status, code });
      expect(world.daemon.journal.manifest(lease)).to.equal(null);
    });
  }

  it("takes one that lives as long as it may", async () => {
    expect(await opened().put(document, { signed: { expiresAt: 1_000_300n } })).to.include({ status: 204 });
  });
});

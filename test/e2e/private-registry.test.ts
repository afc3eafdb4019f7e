// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BerthError, createGatewayClient, parseCompose, type ManifestSecrets } from "@berth/sdk";
import { expect } from "chai";
import { bytesToHex } from "viem";
import { createDocumentStore } from "../../cli/src/documents/store.ts";
import { deploy } from "../../cli/src/flows/deploy.ts";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { localAccounts } from "../../scripts/demonstration/accounts.ts";
import { awaitNothingLeft } from "../../scripts/demonstration/leftovers.ts";
import { startOrchestrator } from "../../scripts/demonstration/orchestrator.ts";
import { mintMockUsd } from "../../scripts/demonstration/provider.ts";
import { closeLease } from "../../scripts/demonstration/tenant.ts";
import { standStage, type StandingStage } from "../helpers/stage.ts";
import { versionImage } from "../registry/built-image.ts";
import { basic, LOGIN, RealRegistry, requireRegistry } from "../registry/registry.ts";

const DEPOSIT = 500_000n;
const GUESS = "a-wrong-guess-at-the-password";

describe("an image of a private registry", function () {
  this.timeout(240_000);
  const { signal } = new AbortController();
  const { docker } = connectEngine({});
  /** All that anybody was told, by where. */
  const told: Record<string, string> = {};
  let standing: StandingStage;
  let registry: RealRegistry;
  let digest: string;

  before(async function () {
    requireRegistry(this);
    registry = await RealRegistry.start(LOGIN);
    digest = await registry.push("berth-test/hidden", "1", versionImage(randomBytes(8).toString("hex")));
    standing = await standStage(this);
    const { stage } = standing;
    await stage.orchestrator.stop();
    const environment = { BERTH_LOCAL_REGISTRIES: registry.origin, BERTH_LOG_LEVEL: "trace" };
    stage.orchestrator = await startOrchestrator({ ...stage.daemon, environment });
    const { client, contracts, walletOf } = stage.local;
    const wallet = walletOf(localAccounts.tenant);
    await mintMockUsd(wallet, client, contracts.token, wallet.account.address, 4n * DEPOSIT);
  });
  after(async () => {
    await standing?.takeDown();
    const image = docker.getImage(
      `${registry?.host}/berth-test/hidden:berth.${digest?.slice("sha256:".length)}`,
    );
    await image.remove().catch(() => undefined);
    registry?.close();
  });

  const session = () => {
    const { market, walletOf } = standing.stage.local;
    return { market, wallet: walletOf(localAccounts.tenant), startBlock: 0n };
  };
  const lease = (secrets: ManifestSecrets | null) => {
    const { market, contracts } = standing.stage.local;
    const service = `{ image: "${registry.host}/berth-test/hidden:1", deploy: { resources: { limits: { memory: "64M" } } } }`;
    const request = {
      manifest: parseCompose(`name: hidden\nservices:\n  web: ${service}\nx-berth: { deposit: "0.5" }\n`, {
        environment: {},
      }),
      salt: bytesToHex(randomBytes(32)),
      offerId: standing.stage.offerId,
      token: contracts.token,
      maxRatePerHour: null,
      deposit: null,
    };
    const place = { chainId: market.chainId, market: market.address };
    const store = createDocumentStore(join(standing.stage.folder, "tenant"), place);
    return deploy(request, {
      session: session(),
      store,
      loginsFor: () => secrets,
      onProgress: (progress) => (told["progress"] = `${told["progress"] ?? ""}${inText(progress)}`),
      now: () => performance.now(),
      timeoutMs: 60_000,
      signal,
    });
  };
  const withLogin = (password: string): ManifestSecrets => ({
    registries: { [registry.host]: { ...LOGIN, password } },
  });
  const statusOf = async (leaseId: bigint) => {
    const { market, wallet } = session();
    const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));
    const endpoint = standing.stage.orchestrator.gateway;
    const place = { endpoint, chainId: market.chainId, market: market.address, leaseId };
    return createGatewayClient({ ...place, signer: wallet, now }).status();
  };

  it("is not had without a login, nor with a wrong one, and the lease is given back", async () => {
    for (const [name, secrets] of [
      ["no login", null],
      ["wrong login", withLogin(GUESS)],
    ] as const) {
      const error = await lease(secrets).catch((thrown: unknown) => thrown);
      if (!(error instanceof BerthError)) throw new Error("it was served");
      expect(error.code).to.equal("E_LEASE_DECLINED");
      told[name] = inText({
        ...error,
        message: error.message,
        stack: error.stack,
        cause: String(error.cause),
      });
    }
    await awaitNothingLeft(standing.stage.runtime, AbortSignal.timeout(60_000));
  });

  it("runs for who has the login, by its digest, which the status tells", async () => {
    const { leaseId, ...deployment } = await lease(withLogin(LOGIN.password));
    const status = await statusOf(leaseId);
    const pin = `${registry.host}/berth-test/hidden@${digest}`;
    expect(status.services.map(({ image }) => image)).to.deep.equal([pin]);
    told["status"] = inText([status, deployment]);
    const containers = await docker.listContainers({ all: true });
    const ours = containers.filter(({ Labels }) => Labels["berth.image"] === pin);
    expect(ours).to.have.length(1);
    told["container"] = inText(await docker.getContainer(ours[0]?.Id ?? "").inspect());
    told["image"] = inText(await docker.getImage(pin).inspect());
    await closeLease(standing.stage, leaseId);
    await awaitNothingLeft(standing.stage.runtime, AbortSignal.timeout(60_000));
  });

  it("and nobody is told the login: no log line, status, error, label, inspection or file but the journal", () => {
    const { folder, daemon } = standing.stage;
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    const isJournal = (name: string): boolean => name.startsWith("journal.sqlite");
    for (const { parentPath, name } of files.filter((each) => !isJournal(each.name)))
      told[join(parentPath, name)] = readFileSync(join(parentPath, name), "latin1");
    const log = join(daemon.folder, "orchestrator.log");
    expect(told[log]).to.contain("image is pulled").and.to.contain("manifest kept");
    expect(Object.keys(told)).to.include.members([
      "no login",
      "wrong login",
      "status",
      "container",
      "image",
      "progress",
    ]);
    const pairs = [LOGIN.password, GUESS].flatMap((password) => {
      const pair = basic({ ...LOGIN, password }).slice("Basic ".length);
      return [password, pair, Buffer.from(password).toString("base64").replace(/=+$/, "")];
    });
    for (const [where, text] of Object.entries(told)) {
      for (const secret of pairs) expect(text.includes(secret), `${where} holds ${secret}`).to.equal(false);
    }
    const journals = files.filter(({ name }) => isJournal(name));
    expect(journals.length).to.be.greaterThan(0);
    for (const { parentPath, name } of journals)
      expect(statSync(join(parentPath, name)).mode & 0o077, name).to.equal(0);
  });
});

function inText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each));
}

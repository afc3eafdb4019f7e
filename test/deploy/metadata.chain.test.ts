// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { id, JsonRpcProvider } from "ethers";
import hardhatConfig from "../../hardhat.config.ts";
import { startChainNode, type ChainNode } from "../../scripts/lib/chain-node.ts";
import { forget, recordedMarket, runDeploy } from "./deploy-script.ts";
import { ipfsMultihash, trailerOf } from "./metadata-hash.ts";
import { readBuildInput, rebuild, sourceOf, type Rebuild } from "./rebuild.ts";

const DEPLOYMENT = "local-metadata";

interface Metadata {
  readonly compiler: { readonly version: string };
  readonly settings: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, { readonly keccak256: string }>>;
}

/** Hexadecimal code with zeroes where the constructor wrote its values. */
function withoutImmutables(code: string, { immutableReferences }: Rebuild): string {
  const places = Object.values(immutableReferences).flat();
  return places.reduce(
    (text, { start, length }) =>
      text.slice(0, 2 * start) + "00".repeat(length) + text.slice(2 * (start + length)),
    code,
  );
}

describe("the deployed code", function () {
  this.timeout(240_000);
  let node: ChainNode;
  let deployed: string;
  let rebuilt: Rebuild;
  let metadata: Metadata;

  before(async () => {
    node = await startChainNode();
    const { exitCode, output } = await runDeploy(["--network", "local", "--deployment-id", DEPLOYMENT], {
      BERTH_RPC_URL: node.url,
    });
    expect(exitCode, output).to.equal(0);
    const chain = new JsonRpcProvider(node.url, undefined, { staticNetwork: true });
    deployed = (await chain.getCode(await recordedMarket(DEPLOYMENT))).slice(2);
    chain.destroy();
    rebuilt = await rebuild(await readBuildInput());
    metadata = JSON.parse(rebuilt.metadata) as Metadata;
  });

  after(async () => {
    await node?.stop();
    await forget(DEPLOYMENT);
  });

  it("names the metadata of a rebuild of the sources", () => {
    const trailer = trailerOf(deployed);
    expect(trailer.ipfs).to.equal(ipfsMultihash(rebuilt.metadata));
    const [major, minor, patch] = Buffer.from(trailer.solc.slice(2), "hex");
    expect(metadata.compiler.version).to.match(new RegExp(`^${major}\\.${minor}\\.${patch}\\+`));
  });

  it("is the rebuilt code but for the periods in it", () => {
    expect(Object.keys(rebuilt.immutableReferences)).to.not.be.empty;
    expect(withoutImmutables(deployed, rebuilt)).to.equal(rebuilt.runtimeCode);
    expect(deployed).to.not.equal(rebuilt.runtimeCode);
  });

  it("names every source by the hash of the file that is here", async () => {
    const sources = Object.entries(metadata.sources);
    expect(Object.keys(metadata.sources)).to.include("project/contracts/modules/Escrow.sol");
    for (const [name, { keccak256 }] of sources) expect(id(await sourceOf(name)), name).to.equal(keccak256);
  });

  it("was built with the settings of the configuration", () => {
    const { evmVersion, optimizer, viaIR } = metadata.settings;
    const settings = { evmVersion, viaIR, optimizer };
    expect(hardhatConfig)
      .to.have.nested.property("solidity.profiles.production.settings")
      .deep.equal(settings);
    expect(hardhatConfig)
      .to.have.nested.property("solidity.profiles.default.overrides.contracts/ComputeMarket\\.sol.settings")
      .deep.equal(settings);
  });

  it("would name another hash if one letter of the metadata were different", () => {
    const forged = rebuilt.metadata.replace("ComputeMarket", "ComputeMarkot");
    expect(ipfsMultihash(forged)).to.not.equal(trailerOf(deployed).ipfs);
  });
});

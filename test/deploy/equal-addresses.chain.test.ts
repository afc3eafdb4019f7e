// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { JsonRpcProvider, toQuantity, Wallet } from "ethers";
import { startAnvil, startHardhatNode, type ChainNode } from "../../scripts/lib/chain-node.ts";
import { forget, recordedMarket, runDeploy, type DeployRun } from "./deploy-script.ts";

const CREATE_X = "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed";
const SEPOLIA = 11_155_111;
const SHORT_PERIODS = ["--parameters", "deploy/parameters/local.json"];
const FIRST = "local-equal-first";
const SECOND = "local-equal-second";
const PUBLIC = "local-equal-public";
const OTHER = "local-equal-other";

describe("the market's address", function () {
  this.timeout(180_000);
  const key = Wallet.createRandom().privateKey;
  const stranger = new Wallet(key).address;
  let nodes: readonly ChainNode[] = [];
  let first: JsonRpcProvider;
  let second: JsonRpcProvider;
  let sepolia: JsonRpcProvider;

  const toLocal = (node: number, ...args: readonly string[]): Promise<DeployRun> =>
    runDeploy(["--network", "local", ...args], { BERTH_RPC_URL: nodes[node]?.url });
  const toSepolia = (...args: readonly string[]): Promise<DeployRun> =>
    runDeploy(["--network", "sepolia", "--deployment-id", PUBLIC, ...args], {
      BERTH_SEPOLIA_RPC_URL: nodes[2]?.url,
      BERTH_DEPLOYER_KEY: key,
    });

  before(async () => {
    nodes = await Promise.all([startAnvil(), startHardhatNode(), startAnvil({ chainId: SEPOLIA })]);
    [first, second, sepolia] = nodes.map(
      ({ url }) => new JsonRpcProvider(url, undefined, { staticNetwork: true }),
    ) as [JsonRpcProvider, JsonRpcProvider, JsonRpcProvider];
  });

  after(async () => {
    for (const provider of [first, second, sepolia]) provider?.destroy();
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all([FIRST, SECOND, PUBLIC, OTHER].map(forget));
  });

  it("is said, and nothing is sent, in a dry run", async () => {
    const { exitCode, output } = await toLocal(0, "--deployment-id", FIRST, "--dry-run");
    expect(exitCode, output).to.equal(0);
    expect(output).to.match(/LAPSE_PERIOD +3 days \(259200\), for ever/);
    expect(output).to.match(/address +0x[0-9a-fA-F]{40}/);
    expect(await first.getBlockNumber()).to.equal(0);
  });

  it("is the announced one, on anvil and on hardhat node alike", async () => {
    const deployments = [
      await toLocal(0, "--deployment-id", FIRST),
      await toLocal(1, "--deployment-id", SECOND),
    ];
    const addresses = await Promise.all([FIRST, SECOND].map(recordedMarket));
    expect(addresses[0]).to.equal(addresses[1]);
    for (const { exitCode, output } of deployments) {
      expect(exitCode, output).to.equal(0);
      expect(output).to.match(new RegExp(`address +${addresses[0]}`));
    }
    expect(await first.getCode(addresses[0] ?? "")).to.equal(await second.getCode(addresses[1] ?? ""));
    expect(await first.getCode(addresses[0] ?? "")).to.have.length.above(10_000);
  });

  it("is refused on a public chain without CreateX, before anything is sent", async () => {
    await sepolia.send("anvil_setBalance", [stranger, toQuantity(10n ** 18n)]);
    const { exitCode, output } = await toSepolia();
    expect(exitCode).to.equal(1);
    expect(output).to.contain("E_DEPLOY_CREATEX_MISSING").and.contain("nothing was sent");
    expect(await sepolia.getTransactionCount(stranger)).to.equal(0);
  });

  it("is the same on another chain, for another deployer with another history", async () => {
    await sepolia.send("anvil_setCode", [CREATE_X, await first.getCode(CREATE_X)]);
    const deployer = new Wallet(key, sepolia);
    for (let nonce = 0; nonce < 3; nonce++)
      await (await deployer.sendTransaction({ to: stranger, nonce })).wait();
    const { exitCode, output } = await toSepolia();
    expect(exitCode, output).to.equal(0);
    expect(await sepolia.getTransactionCount(stranger)).to.equal(4);
    const market = await recordedMarket(FIRST);
    expect(await recordedMarket(PUBLIC)).to.equal(market);
    const [there, here] = [await sepolia.getCode(market), await first.getCode(market)];
    expect(there, "the chain's id is in the code, for the domain of quotes").to.not.equal(here);
    expect(there).to.have.lengthOf(here.length);
  });

  it("is another one for other periods", async () => {
    const { exitCode, output } = await toLocal(0, "--deployment-id", OTHER, ...SHORT_PERIODS);
    expect(exitCode, output).to.equal(0);
    expect(await recordedMarket(OTHER)).to.match(/^0x[0-9a-fA-F]{40}$/);
    expect(await recordedMarket(OTHER)).to.not.equal(await recordedMarket(FIRST));
  });

  it("is found again by its records, and is refused to whom has none", async () => {
    const again = await toLocal(0, "--deployment-id", FIRST);
    expect(again.exitCode, again.output).to.equal(0);
    expect(again.output).to.match(/nothing new to deploy/i);
    const taken = await toLocal(0, "--deployment-id", "local-equal-nobody");
    expect(taken.exitCode).to.equal(2);
    expect(taken.output).to.contain("E_DEPLOY_ALREADY_THERE");
  });
});

// SPDX-License-Identifier: Apache-2.0
import { maxUint256 } from "viem";
import type { Address } from "viem";
import { compileContract, productionSettings } from "./compile.ts";
import type { Contract, Mined } from "./chain.ts";
import { GasChain } from "./chain.ts";

const HOUR = 3_600n;
const PERIODS: Readonly<Record<string, bigint>> = {
  lapsePeriod: 72n * HOUR,
  disputeWindow: 48n * HOUR,
  rulingPeriod: 168n * HOUR,
};
const FORTUNE = usd(10_000_000);

/** The two kinds of token: a plain one of OpenZeppelin, and one of the shape of USDC. */
export type TokenKind = "plain" | "usdc";

/** Whoever acts. The operator is the daemon's hot key; the payee already holds tokens, as a wallet in use does. */
export interface Cast {
  readonly deployer: Address;
  readonly owner: Address;
  readonly operator: Address;
  readonly tenant: Address;
  readonly arbitrator: Address;
  readonly payee: Address;
}

/** A market and a token on a fresh chain; everybody who pays has a fortune and has allowed the market all of it. */
export interface Stage extends Cast {
  readonly chain: GasChain;
  readonly market: Contract;
  readonly token: Contract;
}

/** Dollars in base units. */
export function usd(dollars: number): bigint {
  return BigInt(dollars) * 1_000_000n;
}

/** Deploys the market as production does. Throws where its constructor asks for a period that is not known here. */
export async function setUpStage(kind: TokenKind, draft: boolean): Promise<Stage> {
  const chain = await GasChain.start(productionSettings().evmVersion, draft);
  const cast = castOf(await chain.accounts());
  const compiled = await compileContract("contracts/ComputeMarket.sol", "ComputeMarket");
  const constructor = compiled.abi.find(({ type }) => type === "constructor");
  const inputs = constructor?.type === "constructor" ? constructor.inputs : [];
  const market = await chain.deploy(
    cast.deployer,
    compiled,
    inputs.map(({ name }) => periodOf(name)),
  );
  const token = await deployToken(chain, cast, kind);
  for (const account of [cast.owner, cast.tenant, cast.payee]) {
    await chain.send({ from: cast.deployer, to: token, name: "mint", args: [account, FORTUNE] });
    await chain.send({ from: account, to: token, name: "approve", args: [market.address, maxUint256] });
  }
  return { ...cast, chain, market, token };
}

/** Somebody calls the market. */
export function call({ chain, market }: Stage, from: Address, name: string, args: unknown[]): Promise<Mined> {
  return chain.send({ from, to: market, name, args });
}

async function deployToken(chain: GasChain, { deployer }: Cast, kind: TokenKind): Promise<Contract> {
  if (kind === "plain")
    return chain.deploy(deployer, await compileContract("contracts/mocks/MockUSD.sol", "MockUSD"), []);
  const tokenCode = await compileContract("contracts/mocks/UsdcShapedToken.sol", "UsdcShapedToken");
  const proxyCode = await compileContract("contracts/mocks/UsdcShapedProxy.sol", "UsdcShapedProxy");
  const implementation = await chain.deploy(deployer, tokenCode, []);
  const admin = implementation.address;
  const proxy = await chain.deploy(deployer, proxyCode, [implementation.address, admin]);
  return { address: proxy.address, abi: tokenCode.abi };
}

function castOf(accounts: readonly Address[]): Cast {
  const [deployer, owner, operator, tenant, arbitrator, payee] = accounts;
  if (!deployer || !owner || !operator || !tenant || !arbitrator || !payee)
    throw new Error("a chain for figures has six accounts");
  return { deployer, owner, operator, tenant, arbitrator, payee };
}

function periodOf(name: string | undefined): bigint {
  const period = PERIODS[name ?? ""];
  if (period === undefined)
    throw new Error(`the market's constructor asks for ${name ?? "a nameless value"}`);
  return period;
}

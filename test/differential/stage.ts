// SPDX-License-Identifier: Apache-2.0
import { Interface } from "ethers";
import hre from "hardhat";
import type { Address, State, TokenKind } from "../model/state.ts";
import { castAll, type Cast, type Role } from "./cast.ts";
import { Chain } from "./chain.ts";

const UNLIMITED = 2n ** 256n - 1n;
/** Shorter than in production, so that a lease lives to see their ends. */
const PERIODS = { lapsePeriod: 10_800n, disputeWindow: 7_200n, rulingPeriod: 5_400n };
const TOKENS: readonly (readonly [contract: string, kind: TokenKind])[] = [
  ["MockUSD", "plain"],
  ["FeeToken", "fee"],
  ["BareToken", "bare"],
  ["BlockingToken", "blocking"],
];

const WEALTH: Readonly<Record<Role, bigint>> = {
  deployer: 0n,
  owner: 2n ** 130n,
  operator: 10n ** 6n,
  rival: 10n ** 30n,
  rivalOperator: 0n,
  tenant: 10n ** 30n,
  otherTenant: 10n ** 15n,
  hybrid: 2n ** 100n,
  delegate: 10n ** 15n,
  arbitrator: 10n ** 6n,
  stranger: 10n ** 15n,
  payee: 0n,
  newcomer: 10n ** 9n,
  pauper: 10n ** 15n,
  spare: 1_000n,
};

/** An allowance that runs out, for one who has given little. */
const SMALL_ALLOWANCE: readonly Role[] = ["spare", "newcomer"];

/** A market on the chain and the same market as the model sees it: deployed, with tokens, and nothing else. */
export interface Stage {
  readonly chain: Chain;
  readonly cast: Cast;
  readonly market: Interface;
  readonly errors: readonly Interface[];
  readonly state: State;
}

async function interfaceOf(name: string): Promise<Interface> {
  return new Interface((await hre.artifacts.readArtifact(name)).abi);
}

function allowanceOf(role: Role): bigint {
  if (role === "pauper") return 0n;
  return SMALL_ALLOWANCE.includes(role) ? 500n : UNLIMITED;
}

async function endow(chain: Chain, state: State, cast: Cast, token: Address): Promise<void> {
  const erc20 = new Interface([
    "function mint(address to, uint256 amount)",
    "function approve(address spender, uint256 amount)",
  ]);
  const ledger = state.tokens.get(token);
  for (const [role, account] of Object.entries(cast.of) as [Role, Address][]) {
    const allowance = allowanceOf(role);
    for (const data of [
      erc20.encodeFunctionData("mint", [account, WEALTH[role]]),
      erc20.encodeFunctionData("approve", [state.market, allowance]),
    ])
      await chain.send((await chain.latestTime()) + 1n, { from: account, to: token, data });
    ledger?.balances.set(account, WEALTH[role]);
    ledger?.allowances.set(account, allowance);
  }
}

/** Deploys market and tokens, gives everybody money, and writes the same into a fresh model. */
export async function setUpStage(): Promise<Stage> {
  const cast = castAll();
  const chain = await Chain.start(cast.all);
  const { deployer } = cast.of;
  const { lapsePeriod, disputeWindow, rulingPeriod } = PERIODS;
  const address = await chain.deploy(deployer, "ComputeMarket", [lapsePeriod, disputeWindow, rulingPeriod]);
  const market = await interfaceOf("ComputeMarket");
  const state: State = {
    now: 0n,
    market: address,
    chainId: await chain.chainId(),
    ...PERIODS,
    tokens: new Map(),
    providers: new Map(),
    offers: new Map(),
    leases: new Map(),
    free: new Map(),
    delegations: new Map(),
    spentQuotes: new Set(),
  };
  const errors = [market];
  for (const [contract, kind] of TOKENS) {
    const token = await chain.deploy(deployer, contract, []);
    const ledgers = {
      balances: new Map(),
      allowances: new Map(),
      nonces: new Map(),
      banned: new Set<Address>(),
    };
    state.tokens.set(token, { address: token, kind, ...ledgers, lying: false });
    errors.push(await interfaceOf(contract));
    await endow(chain, state, cast, token);
  }
  state.now = await chain.latestTime();
  return { chain, cast, market, errors, state };
}

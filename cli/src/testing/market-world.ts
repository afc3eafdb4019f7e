// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mockUsdAbi } from "@berth/sdk";
import type { Address, Hex } from "viem";
import { bytesToHex } from "viem";
import type { HDAccount } from "viem/accounts";
import { mnemonicToAccount } from "viem/accounts";
import { startAnvil } from "../../../scripts/lib/chain-node.ts";
import type { LocalMarket } from "../../../test/helpers/viem-market.ts";
import { deployLocalMarket, succeed } from "../../../test/helpers/viem-market.ts";
import type { Place, Ran } from "./run-berth.ts";
import { runInside } from "./run-berth.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const CHAIN_ID = "31337";
const FIRST_ACTOR = 1;

/** Who acts: `pauper` has gas money and no dollars. */
export const ACTORS = ["tenant", "owner", "operator", "pauper"] as const;
export type ActorName = (typeof ACTORS)[number];

/** A fresh chain with a market, a dollar and people with keys; every command runs in a folder of its own. */
export interface MarketWorld extends LocalMarket {
  readonly url: string;
  readonly folder: string;
  readonly actors: Readonly<Record<ActorName, HDAccount>>;
  /** Where an actor's commands run, configured by environment. */
  placeOf(actor: ActorName): Place;
  /** Runs a command line as an actor, inside this process, with `--json`. */
  berth(actor: ActorName, ...args: readonly string[]): Promise<Ran>;
  /** Gives dollars, in base units. */
  mint(to: Address, amount: bigint): Promise<void>;
  /** What a wallet holds, in base units. */
  dollars(of: Address): Promise<bigint>;
  /** What the market may still take from a wallet, in base units. */
  allowance(of: Address): Promise<bigint>;
  /** Lets time pass, in seconds. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one; stop it when done. */
export async function startMarketWorld(): Promise<MarketWorld> {
  const node = await startAnvil();
  const folder = mkdtempSync(join(tmpdir(), "berth-cli-"));
  const local = await deployLocalMarket(node.url, {
    lapsePeriod: 259_200n,
    disputeWindow: 172_800n,
    rulingPeriod: 604_800n,
  });
  const actors = castActors();
  writeFileSync(join(folder, "operator.key"), keyOf(actors.operator), { mode: 0o600 });
  const dollar = { abi: mockUsdAbi, address: local.token } as const;
  const placeOf = (actor: ActorName): Place => ({
    folder,
    environment: {
      BERTH_RPC_URL: node.url,
      BERTH_CHAIN_ID: CHAIN_ID,
      BERTH_MARKET: local.market,
      BERTH_PRIVATE_KEY: keyOf(actors[actor]),
      BERTH_OPERATOR_KEY_FILE: join(folder, "operator.key"),
      BERTH_DATA_DIR: join(folder, "data"),
    },
  });
  return {
    ...local,
    url: node.url,
    folder,
    actors,
    placeOf,
    berth: (actor, ...args) => runInside([...args, "--json"], placeOf(actor)),
    mint: async (to, amount) => {
      const call = { ...dollar, functionName: "mint", args: [to, amount] } as const;
      await succeed(local.client, await local.client.writeContract({ ...call, account: to }));
    },
    dollars: (of) => local.client.readContract({ ...dollar, functionName: "balanceOf", args: [of] }),
    allowance: (of) =>
      local.client.readContract({ ...dollar, functionName: "allowance", args: [of, local.market] }),
    pass: async (seconds) => {
      await local.client.increaseTime({ seconds });
      await local.client.mine({ blocks: 1 });
    },
    stop: async () => {
      await node.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function castActors(): Readonly<Record<ActorName, HDAccount>> {
  const cast = (name: ActorName): HDAccount =>
    mnemonicToAccount(MNEMONIC, { addressIndex: FIRST_ACTOR + ACTORS.indexOf(name) });
  return { tenant: cast("tenant"), owner: cast("owner"), operator: cast("operator"), pauper: cast("pauper") };
}

function keyOf(account: HDAccount): Hex {
  return bytesToHex(account.getHdKey().privateKey ?? new Uint8Array());
}

// SPDX-License-Identifier: Apache-2.0
import { measureLease } from "./measure-lease.ts";
import { measureLists } from "./measure-lists.ts";
import { measureProvider } from "./measure-provider.ts";
import { RUNTIME_BYTES_CEILING } from "./ceilings.ts";
import type { Mined } from "./chain.ts";
import { compileContract, productionSettings } from "./compile.ts";
import { tooLarge } from "./judge.ts";
import type { Figures, GasResult, Operation } from "./operations.ts";
import { OPERATIONS } from "./operations.ts";
import { setUpStage } from "./stage.ts";
import type { Stage, TokenKind } from "./stage.ts";

/** Told of every transaction that is measured, while its chain still stands. */
export type Watch = (stage: Stage, operation: Operation, mined: Mined) => Promise<void>;

/** Notes the gas of a transaction, whole, under a name. */
export type Note = (operation: Operation, mined: Mined) => Promise<number>;

const LIST_LENGTH = 100;

/**
 * Every operation with both tokens, each on a chain of its own; only the plain one is watched. Throws where the market is too
 * large for a public chain, unless it is a draft.
 */
export async function measureAll(draft: boolean, watch: Watch): Promise<GasResult> {
  const { runtimeBytes } = await compileContract("contracts/ComputeMarket.sol", "ComputeMarket");
  if (!draft && runtimeBytes > RUNTIME_BYTES_CEILING) throw new Error(tooLarge(runtimeBytes));
  const settings = productionSettings();
  return {
    settings: {
      ...settings,
      hardfork: settings.evmVersion,
      runtimeBytes,
      command: "npm run bench:gas",
    },
    operations: await measureWith("plain", draft, watch),
    usdc: await measureWith("usdc", draft, async () => {}),
  };
}

/**
 * Every operation in the steady state: the wallets, the free balances, the stake and the market hold tokens before and after;
 * `claim` alone, which takes the whole free balance, leaves none.
 */
async function measureWith(kind: TokenKind, draft: boolean, watch: Watch): Promise<Figures> {
  const stage = await setUpStage(kind, draft);
  const figures = new Map<Operation, number>();
  const note: Note = async (operation, mined) => {
    figures.set(operation, mined.gasUsed);
    await watch(stage, operation, mined);
    return mined.gasUsed;
  };
  const offerId = await measureProvider(stage, note);
  figures.set("wholeLife", await measureLease(stage, offerId, note));
  await measureLists(stage, offerId, LIST_LENGTH, note);
  for (const operation of ["inlinePerLease", "settlePerLease", "claimPerLease"] as const)
    figures.set(operation, Math.ceil(gasOf(figures, operation) / LIST_LENGTH));
  const reports = (["report1", "report100", "report10000"] as const).map((name) => gasOf(figures, name));
  figures.set("report", Math.max(...reports));
  return Object.fromEntries(OPERATIONS.map((operation) => [operation, gasOf(figures, operation)]));
}

function gasOf(figures: ReadonlyMap<Operation, number>, operation: Operation): number {
  const gas = figures.get(operation);
  if (gas === undefined) throw new Error(`${operation} was not measured`);
  return gas;
}

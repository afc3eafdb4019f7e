// SPDX-License-Identifier: Apache-2.0
import { explainRevert, RetryableError, UserError } from "@berth/sdk";

/**
 * Why a node did not take a signed transaction: `known` it has it already, `nonceUsed` a block holds another one with that nonce
 * (or this one), `outbid` one with that nonce waits that pays as much, `unpayable` the account is too poor, `unreachable` nobody
 * knows whether it arrived, `refused` for any other reason.
 */
export type Refusal = "known" | "nonceUsed" | "outbid" | "unpayable" | "unreachable" | "refused";

const WORDS: readonly (readonly [RegExp, Refusal])[] = [
  [/already known|already imported|known transaction|already exists/i, "known"],
  [/nonce (is )?too low|nonce has already been used/i, "nonceUsed"],
  [/replacement (transaction|fee)|transaction underpriced to replace|could not replace/i, "outbid"],
  [
    /insufficient (funds|balance)|doesn't have enough funds|exceeds transaction sender account balance/i,
    "unpayable",
  ],
];

/** Sorts an error of `eth_sendRawTransaction` by the words that nodes use: there is no code for them. */
export function refusalOf(error: unknown): Refusal {
  const { code } = explainRevert(error);
  if (code === "E_RPC_UNREACHABLE") return "unreachable";
  const text = textOf(error);
  return WORDS.find(([words]) => words.test(text))?.[1] ?? "refused";
}

/** The account that signs for the daemon cannot pay for a transaction. */
export function gasMoneyShort(address: string, needed: bigint, available: bigint | null): UserError {
  const has = available === null ? "" : `, and it has ${available} wei`;
  return new UserError(
    "E_GAS_MONEY_INSUFFICIENT",
    `The operator ${address} cannot pay for a transaction that may cost ${needed} wei${has}.`,
    {
      atRisk:
        "the pay of every lease: without reports the service clock stops one report period after the last one, and a long silence " +
        "forfeits collateral; new leases cannot be started. Containers go on running",
      next: `Send some of the chain's own coin to ${address}; the daemon goes on by itself.`,
      facts: { operator: address, neededWei: String(needed) },
    },
  );
}

/** A node refused a transaction for its own reasons; it was never sent. */
export function transactionRefused(purpose: string, error: unknown): RetryableError {
  return new RetryableError("E_TRANSACTION_REFUSED", `The node did not take the transaction to ${purpose}.`, {
    atRisk: "nothing: the transaction was not sent",
    next: "It is tried again by itself; if this goes on, read the cause and check the fee cap and the RPC.",
    cause: explainRevert(error),
  });
}

/** No block took a transaction in time; it may still come, and the next one takes its nonce. */
export function transactionStuck(purpose: string, offered: bigint, cap: bigint): RetryableError {
  return new RetryableError(
    "E_TRANSACTION_STUCK",
    `No block took the transaction to ${purpose}, which offers ${offered} wei per unit of gas; it is given up.`,
    {
      atRisk:
        "reports and starts that come too late while the chain asks for more; nothing is done twice, for what comes next takes its nonce",
      next:
        `What is to be done is decided anew by itself. If this goes on, look at what the chain asks for gas: ` +
        `the daemon offers at most ${cap} wei (BERTH_MAX_FEE_GWEI).`,
      facts: { offeredWei: String(offered), capWei: String(cap) },
    },
  );
}

function textOf(error: unknown): string {
  const texts: string[] = [];
  for (let next = error; next instanceof Error; next = next.cause) {
    texts.push(next.message, "details" in next ? String(next.details) : "");
  }
  return texts.join("\n");
}

// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";

/** A chain behind JSON-RPC, as Hardhat's providers and wallets give it. */
export interface Chain {
  request(call: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}

/** Asks a chain for text, most of the time hexadecimal digits. Throws RetryableError when no such answer comes. */
export async function ask(chain: Chain, method: string, params: readonly unknown[] = []): Promise<string> {
  const answer = await answerOf(chain, method, params);
  if (typeof answer !== "string") throw unanswered(method, new TypeError(`not text: ${typeof answer}`));
  return answer;
}

/** The accounts that the endpoint, or the configured key, signs for; the first is the deployer. */
export async function accountsOf(chain: Chain): Promise<readonly string[]> {
  const answer = await answerOf(chain, "eth_accounts", []);
  if (!Array.isArray(answer)) throw unanswered("eth_accounts", new TypeError("not a list"));
  return answer.map(String);
}

async function answerOf(chain: Chain, method: string, params: readonly unknown[]): Promise<unknown> {
  try {
    return await chain.request({ method, params });
  } catch (cause) {
    throw unanswered(method, cause);
  }
}

function unanswered(method: string, cause: unknown): RetryableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RetryableError("E_DEPLOY_CHAIN_UNANSWERED", `The chain did not answer ${method}: ${reason}`, {
    atRisk: "nothing: nothing was sent",
    next: "See whether the endpoint is up and is the right one, then give the same command again.",
    facts: { method },
    cause,
  });
}

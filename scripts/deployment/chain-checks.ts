// SPDX-License-Identifier: Apache-2.0
import { PermanentError, UserError } from "@berth/sdk";
import { keccak256 } from "ethers";
import { accountsOf, ask, type Chain } from "./chain.ts";

/** CreateX, which puts contracts at addresses that follow from their code; it is at this address wherever it is. */
export const CREATE_X = "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed";
const CREATE_X_CODE_HASH = "0xbd8a7ea8cfca7b4e5f5041d7d4b17bc317c5ce42cfbc42066a00cf26b43eb53f";
/** The id of local development chains: on these alone Ignition brings CreateX itself. */
const LOCAL_CHAIN_ID = 31_337n;
const NOTHING_SENT = "nothing: nothing was sent";

/**
 * Creation code that answers 42 in a word of memory. The second one takes it through transient storage (TSTORE, TLOAD) and a memory
 * copy (MCOPY), the youngest opcodes in the market's code.
 */
const ANSWER_42 = "0x602a60005260206000f3";
const ANSWER_42_THROUGH_TRANSIENT_STORAGE = "0x602a60005d60005c6000526020600060205e60206020f3";
const WORD_42 = `0x${"2a".padStart(64, "0")}`;

/** Who pays for the deployment, and from how much, in wei. */
export interface Deployer {
  readonly address: string;
  readonly balance: bigint;
}

/** Throws UserError where another chain than the configured one is behind the endpoint. */
export async function requireChainId(chain: Chain, network: string, expected: bigint): Promise<void> {
  const actual = BigInt(await ask(chain, "eth_chainId"));
  if (actual === expected) return;
  throw new UserError(
    "E_DEPLOY_CHAIN_MISMATCH",
    `The endpoint of ${network} is chain ${actual}, and ${network} is chain ${expected}.`,
    {
      atRisk: NOTHING_SENT,
      next: `Give the endpoint of chain ${expected}, or name the network whose chain id is ${actual}.`,
      facts: { network, expected: String(expected), actual: String(actual) },
    },
  );
}

/** Throws PermanentError where the chain has no transient storage: every call that moves money would revert there, for ever. */
export async function requireTransientStorage(chain: Chain): Promise<void> {
  if (await answers42(chain, ANSWER_42_THROUGH_TRANSIENT_STORAGE)) return;
  await ask(chain, "eth_call", [{ data: ANSWER_42 }, "latest"]);
  throw new PermanentError(
    "E_DEPLOY_TRANSIENT_STORAGE_MISSING",
    "This chain has no transient storage (EIP-1153) or no MCOPY (EIP-5656), which the market's code needs.",
    {
      atRisk: NOTHING_SENT,
      next: "Choose a chain with the Cancun rules, or wait until this one has them; on a local node, a later hardfork.",
    },
  );
}

/**
 * Whether CreateX is there already; false only on a local chain, where Ignition puts it first. Throws PermanentError where it is
 * missing elsewhere, or where something else has its address.
 */
export async function requireCreateX(chain: Chain, chainId: bigint): Promise<boolean> {
  const code = await ask(chain, "eth_getCode", [CREATE_X, "latest"]);
  if (code === "0x" && chainId === LOCAL_CHAIN_ID) return false;
  if (code !== "0x" && keccak256(code) === CREATE_X_CODE_HASH) return true;
  const problem = code === "0x" ? "is not on this chain" : "is not what this chain has at its address";
  throw new PermanentError("E_DEPLOY_CREATEX_MISSING", `CreateX ${problem} (${CREATE_X}).`, {
    atRisk: NOTHING_SENT,
    next:
      "Its authors have signed one transaction that puts it on any chain: see github.com/pcaversaccio/createx. " +
      "Another way of deploying would give the market another address than on every other chain.",
    facts: { address: CREATE_X, chainId: String(chainId) },
  });
}

/** The account that will pay. Throws UserError where there is none, or where it has nothing to pay with. */
export async function requireDeployer(chain: Chain): Promise<Deployer> {
  const [address] = await accountsOf(chain);
  if (address === undefined)
    throw new UserError("E_DEPLOY_ACCOUNT_MISSING", "There is no account to deploy from.", {
      atRisk: NOTHING_SENT,
      next: "Give a key as BERTH_DEPLOYER_KEY; a local node has to have unlocked accounts.",
    });
  const balance = BigInt(await ask(chain, "eth_getBalance", [address, "latest"]));
  if (balance > 0n) return { address, balance };
  throw new UserError("E_DEPLOY_BALANCE_EMPTY", `The deployer ${address} has none of this chain's coin.`, {
    atRisk: NOTHING_SENT,
    next: `Send ${address} what a transaction of about 6 million gas costs there, or give another key.`,
    facts: { deployer: address },
  });
}

function answers42(chain: Chain, data: string): Promise<boolean> {
  return ask(chain, "eth_call", [{ data }, "latest"]).then(
    (answer) => answer === WORD_42,
    () => false,
  );
}

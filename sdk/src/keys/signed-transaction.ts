// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Hex,
  isAddressEqual,
  isHex,
  numberToHex,
  parseTransaction,
  recoverTransactionAddress,
  serializeTransaction,
  type TransactionSerializable,
} from "viem";
import {
  signerAnswerInvalid,
  signerOtherAddress,
  signerOtherTransaction,
  transactionNotForSigner,
} from "./signer-errors.ts";

/** What a signer is asked to sign: every field that reaches the chain, written out. */
export interface WantedTransaction {
  readonly type: "eip1559";
  readonly chainId: number;
  readonly nonce: number;
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly data: Hex;
  readonly gas: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

interface Eip1559 extends Omit<WantedTransaction, "type"> {
  readonly type: string;
  readonly accessList: readonly unknown[];
}

/** What stands for a field that is left open. */
const UNSAID = {
  type: "eip1559",
  accessList: [],
  chainId: 0,
  nonce: 0,
  to: undefined,
  value: 0n,
  data: "0x",
  gas: 0n,
  maxFeePerGas: 0n,
  maxPriorityFeePerGas: 0n,
} as const;

/** The transaction with nothing left open. Throws UserError E_SIGNER_TRANSACTION_TYPE for any but a plain EIP-1559 one. */
export function wantedTransaction(transaction: TransactionSerializable): WantedTransaction {
  const { type, accessList, ...rest } = { ...UNSAID, ...saidOf(transaction) } as Eip1559;
  if (type !== "eip1559" || rest.maxFeePerGas === 0n) throw transactionNotForSigner(type);
  if (accessList.length > 0) throw transactionNotForSigner("eip1559 with an access list");
  const { chainId, nonce, to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas } = rest;
  return { type, chainId, nonce, to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas };
}

function saidOf(transaction: object): object {
  return Object.fromEntries(
    Object.entries(transaction).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** As the parameter of `eth_signTransaction`. */
export function signerForm(wanted: WantedTransaction, from: Address): Readonly<Record<string, string>> {
  const { chainId, nonce, to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas } = wanted;
  return {
    from,
    ...(to === undefined ? {} : { to }),
    chainId: numberToHex(chainId),
    nonce: numberToHex(nonce),
    value: numberToHex(value),
    data,
    gas: numberToHex(gas),
    maxFeePerGas: numberToHex(maxFeePerGas),
    maxPriorityFeePerGas: numberToHex(maxPriorityFeePerGas),
  };
}

/**
 * The signed transaction out of a signer's answer, bytes or `{ raw }`. It is not believed: the bytes must be those of the wanted
 * transaction with a signature of `from`. Throws UserError E_SIGNER_ANSWER_INVALID, E_SIGNER_OTHER_TRANSACTION or
 * E_SIGNER_OTHER_ADDRESS.
 */
export async function checkedTransaction(
  answer: unknown,
  wanted: WantedTransaction,
  from: Address,
  where: string,
): Promise<Hex> {
  const raw = rawOf(answer, where);
  const { r, s, yParity, ...signed } = parsed(raw, where);
  if (r === undefined || s === undefined || yParity === undefined)
    throw signerAnswerInvalid(where, "a transaction without a signature");
  const own = serializeTransaction(wanted, { r, s, yParity });
  if (own !== raw) throw signerOtherTransaction(where, differing(wanted, signed));
  const actual = await recoverTransactionAddress({ serializedTransaction: own });
  if (!isAddressEqual(actual, from)) throw signerOtherAddress(where, from, actual);
  return own;
}

function rawOf(answer: unknown, where: string): Hex {
  const raw = typeof answer === "object" && answer !== null && "raw" in answer ? answer.raw : answer;
  if (isHex(raw)) return raw.toLowerCase() as Hex;
  throw signerAnswerInvalid(where, "what is no transaction");
}

interface Parsed extends Readonly<Record<string, unknown>> {
  readonly r?: Hex;
  readonly s?: Hex;
  readonly yParity?: number;
}

function parsed(raw: Hex, where: string): Parsed {
  try {
    return parseTransaction(raw);
  } catch {
    throw signerAnswerInvalid(where, "what is no transaction");
  }
}

/** Names of the fields that are not as they were asked for; zero and absent are the same on the chain. */
function differing(wanted: WantedTransaction, signed: Readonly<Record<string, unknown>>): readonly string[] {
  const names = Object.keys(wanted) as readonly (keyof WantedTransaction)[];
  const found = names.filter((name) => plain(wanted[name]) !== plain(signed[name]));
  return found.length === 0 ? ["its encoding"] : found;
}

function plain(value: unknown): string {
  const text = typeof value === "string" ? value.toLowerCase() : "";
  const number = typeof value === "bigint" || typeof value === "number" ? value.toString() : text;
  return number === "0" || number === "0x" ? "" : number;
}

// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  bytesToHex,
  getTypesForEIP712Domain,
  type Hex,
  isAddressEqual,
  isHex,
  type LocalAccount,
  parseSignature,
  recoverMessageAddress,
  recoverTypedDataAddress,
  serializeSignature,
  serializeTypedData,
  type SignableMessage,
  stringToHex,
  type TypedDataDefinition,
} from "viem";
import { toAccount } from "viem/accounts";
import { redactUrl } from "../rpc-errors.ts";
import { checkedTransaction, signerForm, wantedTransaction } from "./signed-transaction.ts";
import { signerAnswerInvalid, signerOtherAddress } from "./signer-errors.ts";
import { signerRequests, type SignerMethod, type SignerRequests } from "./signer-requests.ts";

/** A signer may ask a person. */
const PATIENCE_MS = 60_000;
const SIGNATURE_LENGTH = 132;

export interface ExternalSignerOptions {
  readonly url: string;
  /** Whose signatures are expected. */
  readonly address: Address;
  /** Ends every request. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

interface Signer {
  readonly address: Address;
  /** The signer as errors name it: its URL without what may be secret. */
  readonly where: string;
  readonly request: SignerRequests;
}

/**
 * An account whose key is kept elsewhere, behind JSON-RPC over HTTP as Web3Signer and Clef speak it. What comes back is checked:
 * it is what was asked for, signed by `address`, or it is refused with a UserError E_SIGNER_... that is never a verdict on a lease.
 * E_SIGNER_UNREACHABLE is a RetryableError.
 */
export function externalSigner({
  url,
  address,
  signal,
  timeoutMs = PATIENCE_MS,
}: ExternalSignerOptions): LocalAccount {
  const signer = { address, where: redactUrl(url), request: signerRequests({ url, timeoutMs, signal }) };
  return toAccount({
    address,
    signMessage: ({ message }) => signMessage(signer, message),
    signTypedData: (data) => signTypedData(signer, data as TypedDataDefinition),
    signTransaction: async (transaction) => {
      const wanted = wantedTransaction(transaction);
      const params = [signerForm(wanted, address)];
      const answer = await signer.request(
        ["eth_signTransaction", "account_signTransaction"].map((method) => ({ method, params })),
      );
      return checkedTransaction(answer, wanted, address, signer.where);
    },
  });
}

async function signTypedData(signer: Signer, data: TypedDataDefinition): Promise<Hex> {
  const types = { EIP712Domain: getTypesForEIP712Domain({ domain: data.domain }), ...data.types };
  const text = serializeTypedData({ ...data, types } as unknown as TypedDataDefinition);
  const ways: readonly SignerMethod[] = [
    { method: "eth_signTypedData_v4", params: [signer.address, text] },
    { method: "eth_signTypedData", params: [signer.address, text] },
    { method: "account_signTypedData", params: [signer.address, JSON.parse(text)] },
  ];
  const signature = await askForSignature(signer, ways);
  return checked(signer, signature, await recoverTypedDataAddress({ ...data, signature }));
}

async function signMessage(signer: Signer, message: SignableMessage): Promise<Hex> {
  const bytes = typeof message === "string" ? stringToHex(message) : hexOf(message.raw);
  const ways: readonly SignerMethod[] = [
    { method: "personal_sign", params: [bytes, signer.address] },
    { method: "eth_sign", params: [signer.address, bytes] },
    { method: "account_signData", params: ["text/plain", signer.address, bytes] },
  ];
  const signature = await askForSignature(signer, ways);
  return checked(signer, signature, await recoverMessageAddress({ message, signature }));
}

function hexOf(raw: Hex | Uint8Array): Hex {
  return typeof raw === "string" ? raw : bytesToHex(raw);
}

/** The signature with 27 or 28 at its end: some signers write 0 or 1, which contracts do not take. */
async function askForSignature({ request, where }: Signer, ways: readonly SignerMethod[]): Promise<Hex> {
  const answer = await request(ways);
  try {
    if (isHex(answer) && answer.length === SIGNATURE_LENGTH)
      return serializeSignature(parseSignature(answer));
  } catch {
    throw signerAnswerInvalid(where, "what is no signature");
  }
  throw signerAnswerInvalid(where, "what is no signature");
}

/** The same words signed by another, or other words signed by whomever: both recover to another address. */
function checked({ address, where }: Signer, signature: Hex, actual: Address): Hex {
  if (isAddressEqual(actual, address)) return signature;
  throw signerOtherAddress(where, address, actual);
}

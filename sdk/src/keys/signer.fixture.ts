// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  type Address,
  type Hex,
  hexToBigInt,
  hexToNumber,
  type LocalAccount,
  type TypedDataDefinition,
} from "viem";

/** What one request of a signer's is answered with; `silence` never answers. */
export type SignerAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
  | { readonly status: number }
  | "silence"
  | "nonsense";

export type SignerTemper = (
  method: string,
  params: readonly unknown[],
) => Promise<SignerAnswer> | SignerAnswer;

/** A signer on a free port, played by a test. */
export interface SignerStub {
  readonly url: string;
  /** Methods that were asked for, in order. */
  readonly asked: string[];
  temper: SignerTemper;
  stop(): Promise<void>;
}

export const unknownMethod = { error: { code: -32_601, message: "the method does not exist" } } as const;

/** Signs what it is asked to, as Web3Signer does: with the account's key, whoever is named. */
export function honest(account: LocalAccount): SignerTemper {
  return async (method, params) => {
    if (method === "eth_signTransaction")
      return { result: await account.signTransaction(transactionOf(params[0])) };
    if (method === "eth_signTypedData_v4")
      return { result: await account.signTypedData(typedDataOf(params[1])) };
    if (method === "personal_sign")
      return { result: await account.signMessage({ message: { raw: params[0] as Hex } }) };
    return unknownMethod;
  };
}

/** The message that the text of `eth_signTypedData_v4` means. */
export function typedDataOf(parameter: unknown): TypedDataDefinition {
  return JSON.parse(String(parameter)) as TypedDataDefinition;
}

/** The transaction that a parameter of `eth_signTransaction` means. */
export function transactionOf(parameter: unknown) {
  const form = parameter as Readonly<Record<string, Hex>>;
  const number = (name: string): number => hexToNumber(form[name] ?? "0x0");
  const amount = (name: string): bigint => hexToBigInt(form[name] ?? "0x0");
  return {
    type: "eip1559",
    chainId: number("chainId"),
    nonce: number("nonce"),
    to: form["to"] as Address,
    value: amount("value"),
    data: form["data"] ?? "0x",
    gas: amount("gas"),
    maxFeePerGas: amount("maxFeePerGas"),
    maxPriorityFeePerGas: amount("maxPriorityFeePerGas"),
  } as const;
}

export async function startSignerStub(temper: SignerTemper): Promise<SignerStub> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => void answerTo(request, response));
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { id, method, params } = JSON.parse(await text(request)) as {
      id: number;
      method: string;
      params: readonly unknown[];
    };
    asked.push(method);
    const answer = await stub.temper(method, params);
    if (answer === "silence") return;
    if (answer === "nonsense") return void response.end("<html>");
    if ("status" in answer) return void response.writeHead(answer.status).end("no");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stub: SignerStub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    temper,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return stub;
}

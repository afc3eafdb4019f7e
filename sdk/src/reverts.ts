// SPDX-License-Identifier: Apache-2.0
import { decodeErrorResult, type Hex, slice } from "viem";
import { BerthError, InvariantError, PermanentError, UserError } from "./errors.ts";
import { isBareRevert, revertDataOf } from "./revert-data.ts";
import { revertWords } from "./revert-words/table.ts";
import {
  NO_MONEY_MOVED,
  type RevertArgs,
  revertErrors,
  type RevertName,
  wordingFor,
} from "./revert-words/words.ts";
import { explainRpcFailure, publicCause } from "./rpc-errors.ts";
import type { TokenInfo } from "./types.ts";

/** What helps to word a revert. */
export interface RevertContext {
  /** The token that the call moves; without it amounts are written in base units. */
  readonly token?: TokenInfo;
}

/**
 * A failed call of the market in words. A revert becomes a UserError with the code of its custom error
 * (E_LEASE_STATUS_UNEXPECTED for LeaseStatusUnexpected); an RPC that does not answer a RetryableError E_RPC_UNREACHABLE;
 * a sender without gas money a UserError E_GAS_MONEY_INSUFFICIENT. An error of Berth comes back as it is.
 */
export function explainRevert(error: unknown, context: RevertContext = {}): BerthError {
  if (error instanceof BerthError) return error;
  const data = revertDataOf(error);
  if (data === undefined)
    return isBareRevert(error) ? bareRevert(publicCause(error)) : explainRpcFailure(error);
  return explainRevertData(data, context, publicCause(error));
}

/** As {@link explainRevert}, for the bytes of a revert alone. */
export function explainRevertData(data: Hex, context: RevertContext = {}, cause?: Error): BerthError {
  const decoded = decode(data);
  if (decoded === undefined) return unknownRevert(data, cause);
  const { errorName, args } = decoded;
  if (errorName === "Error") return plainRevert(String(args[0]), cause);
  if (errorName === "Panic") return panicked(String(args[0]), cause);
  const name = errorName as RevertName;
  const named = namedArgs(name, args);
  const { message, ...advice } = wordsOf(name, named, context);
  return new UserError(codeOf(name), message, { ...advice, facts: factsOf(named), cause });
}

/** `E_LEASE_STATUS_UNEXPECTED` for `LeaseStatusUnexpected`. */
function codeOf(name: RevertName): string {
  return `E_${name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}`;
}

function wordsOf<Name extends RevertName>(name: Name, args: RevertArgs<Name>, context: RevertContext) {
  return revertWords[name](args, wordingFor(context.token));
}

function decode(data: Hex): { readonly errorName: string; readonly args: readonly unknown[] } | undefined {
  try {
    const { errorName, args } = decodeErrorResult({ abi: revertErrors, data });
    return { errorName, args: args ?? [] };
  } catch {
    return undefined;
  }
}

function namedArgs<Name extends RevertName>(name: Name, args: readonly unknown[]): RevertArgs<Name> {
  const inputs = revertErrors.find((item) => item.name === name)?.inputs ?? [];
  return Object.fromEntries(inputs.map((input, index) => [input.name, args[index]])) as RevertArgs<Name>;
}

function factsOf(args: object): Record<string, string> {
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, String(value)]));
}

function unknownRevert(data: Hex, cause: Error | undefined): PermanentError {
  const selector = slice(data, 0, 4);
  return new PermanentError(
    "E_REVERT_UNKNOWN",
    `The call was refused with an error that is not the market's: ${selector}.`,
    {
      atRisk: NO_MONEY_MOVED,
      next: "The token has rules of its own: look its error up by this selector, and check that the contract is the market.",
      facts: { selector },
      cause,
    },
  );
}

function bareRevert(cause: Error): PermanentError {
  return new PermanentError("E_REVERT_UNKNOWN", "The call was refused without a reason.", {
    atRisk: NO_MONEY_MOVED,
    next: "Check that the contract at the address is what it is taken for.",
    cause,
  });
}

function plainRevert(reason: string, cause: Error | undefined): UserError {
  return new UserError("E_REVERT_REASON", `The call was refused: ${reason}`, {
    atRisk: NO_MONEY_MOVED,
    next: "The reason is the token's or a wallet contract's own; change what it complains of.",
    facts: { reason },
    cause,
  });
}

function panicked(panic: string, cause: Error | undefined): InvariantError {
  return new InvariantError(
    "E_CONTRACT_PANIC",
    `The contract ran into an impossible state, panic ${panic}.`,
    {
      atRisk: "nothing by this call: it was undone; other calls may fail the same way",
      next: "Report this as a defect, with the transaction's details.",
      facts: { panic },
      cause,
    },
  );
}

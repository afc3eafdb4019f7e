// SPDX-License-Identifier: Apache-2.0
import { computeMarketAbi, RetryableError, UserError } from "@berth/sdk";
import type { BerthError } from "@berth/sdk";

/** What the process ends with; docs/cli.md has the same table. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  precondition: 4,
  timedOut: 5,
  reverted: 6,
  unreachable: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Codes whose exit code does not follow from their class. */
const exitByCode: Readonly<Record<string, ExitCode>> = {
  E_LEASE_UNKNOWN: EXIT.notFound,
  E_OFFER_UNKNOWN: EXIT.notFound,
  E_OFFER_NONE_FITS: EXIT.notFound,
  E_PROVIDER_UNKNOWN: EXIT.notFound,
  E_DOCUMENT_UNKNOWN: EXIT.notFound,
  E_NOTHING_TO_WITHDRAW: EXIT.notFound,
  E_SERVICE_UNKNOWN: EXIT.notFound,
  E_NOTHING_TO_CLAIM: EXIT.notFound,
  E_NOTHING_TO_RELEASE: EXIT.notFound,
  E_BALANCE_INSUFFICIENT: EXIT.precondition,
  E_GAS_MONEY_INSUFFICIENT: EXIT.precondition,
  E_NONCE_TAKEN: EXIT.precondition,
  E_DEPOSIT_TOO_SMALL: EXIT.precondition,
  E_ERC20_INSUFFICIENT_BALANCE: EXIT.precondition,
  E_ERC20_INSUFFICIENT_ALLOWANCE: EXIT.precondition,
  E_ESCROW_BALANCE_INSUFFICIENT: EXIT.precondition,
  E_STAKE_INSUFFICIENT: EXIT.precondition,
  E_LEASE_AMOUNT_TOO_SMALL: EXIT.precondition,
  E_LEASE_DECLINED: EXIT.precondition,
  E_LEASE_CLOSED: EXIT.precondition,
  E_NOT_TENANT: EXIT.precondition,
  E_NOT_OFFERER: EXIT.precondition,
  E_LEASE_ENDED: EXIT.precondition,
  E_UPLOAD_REFUSED: EXIT.precondition,
  E_OFFER_FULL: EXIT.precondition,
  E_OFFER_NOT_OPEN: EXIT.precondition,
  E_OFFER_RATE_ABOVE_LIMIT: EXIT.precondition,
  E_PROVIDER_SILENT: EXIT.precondition,
  E_PROVIDER_LAPSED: EXIT.precondition,
  E_SIGNER_REFUSED: EXIT.precondition,
  E_REVERT_UNKNOWN: EXIT.reverted,
  E_REVERT_REASON: EXIT.reverted,
  E_CONTRACT_PANIC: EXIT.reverted,
  E_TIMED_OUT: EXIT.timedOut,
  E_LEASE_NOT_STARTED: EXIT.timedOut,
  E_RECEIPT_UNKNOWN: EXIT.timedOut,
  E_INTERRUPTED: EXIT.interrupted,
};

/** `LeaseStatusUnexpected` as the code of its error: `E_LEASE_STATUS_UNEXPECTED`. */
function codeOf(errorName: string): string {
  return `E_${errorName.replace(/(?<=[a-z0-9])[A-Z]/g, "_$&").toUpperCase()}`;
}

const contractErrors = computeMarketAbi.filter((item) => item.type === "error");

/** Codes of what the contract refuses. */
const revertCodes: ReadonlySet<string> = new Set(contractErrors.map(({ name }) => codeOf(name)));

/** The one mapping from errors to exit codes: by code, else refused on chain, else by class. */
export function exitCodeOf(error: BerthError): ExitCode {
  const byCode = exitByCode[error.code];
  if (byCode !== undefined) return byCode;
  if (revertCodes.has(error.code)) return EXIT.reverted;
  if (error instanceof UserError) return EXIT.usage;
  return error instanceof RetryableError ? EXIT.unreachable : EXIT.unexpected;
}

// SPDX-License-Identifier: Apache-2.0

/** What an error tells the person who reads it, besides what happened. */
export interface ErrorDetails {
  /** Money, data or service that is at risk now, in words; "nothing" is a good answer. */
  readonly atRisk: string;
  /** What to do next, in words. */
  readonly next: string;
  /** Machine-readable facts: ids, limits, paths. Never a secret. */
  readonly facts?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Base of all errors of Berth: a readable code, what happened, what is at risk, what to do next. */
export abstract class BerthError extends Error {
  abstract readonly retryable: boolean;
  readonly code: string;
  readonly atRisk: string;
  readonly next: string;
  readonly facts: Readonly<Record<string, string>>;

  constructor(code: string, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.atRisk = details.atRisk;
    this.next = details.next;
    this.facts = details.facts ?? {};
  }
}

/** A dependency failed in a way that time may mend: the same call may succeed later. */
export class RetryableError extends BerthError {
  readonly retryable = true;
}

/** The same call will fail again until somebody changes something outside. */
export class PermanentError extends BerthError {
  readonly retryable = false;
}

/** The caller asked for something that cannot be had; `next` says what to ask instead. */
export class UserError extends BerthError {
  readonly retryable = false;
}

/** A law of Berth itself does not hold: a defect, never the caller's fault. */
export class InvariantError extends BerthError {
  readonly retryable = false;
}

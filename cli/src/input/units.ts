// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from "commander";

const SECONDS: Readonly<Record<string, bigint>> = { "": 1n, s: 1n, m: 60n, h: 3_600n, d: 86_400n };
const MOST_PLACES = 2n ** 24n - 1n;
const MEBIBYTES: Readonly<Record<string, number>> = { M: 1, G: 1_024, T: 1_048_576 };

/** `90`, `90s`, `10m`, `1h`, `30d` in seconds. Throws InvalidArgumentError, which commander completes with the flag's name. */
export function parseDuration(text: string): bigint {
  const [, digits, unit] = /^(\d{1,10})([smhd]?)$/.exec(text) ?? [];
  const seconds = SECONDS[unit ?? "-"];
  if (digits === undefined || seconds === undefined)
    throw new InvalidArgumentError("Write a duration like 90s, 10m, 1h or 30d.");
  return BigInt(digits) * seconds;
}

/** `512M`, `1G`, `1.5G` (powers of 1024, as Compose has them) in MiB. Throws as `parseDuration`. */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d{1,7}(?:\.\d{1,3})?)([MGT])i?B?$/i.exec(text) ?? [];
  const size = Number(digits) * (MEBIBYTES[(unit ?? "").toUpperCase()] ?? 0);
  if (!Number.isSafeInteger(size) || size === 0)
    throw new InvalidArgumentError("Write a size in whole MiB like 512M, 1G or 1.5G.");
  return size;
}

/** `0.5`, `2` cores in thousandths. Throws as `parseDuration`. */
export function parseCpu(text: string): number {
  const millis = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1_000) : 0;
  if (millis === 0) throw new InvalidArgumentError("Write a number of cores like 0.5 or 2.");
  return millis;
}

/** A whole number, 0 or more: the number of a lease or an offer. Throws as `parseDuration`. */
export function parseWhole(text: string): bigint {
  if (!/^\d{1,20}$/.test(text)) throw new InvalidArgumentError("Write a whole number like 1.");
  return BigInt(text);
}

/** How many leases of an offer may be open: a whole number up to the contract's 2^24 - 1. Throws as `parseDuration`. */
export function parseCapacity(text: string): bigint {
  const capacity = parseWhole(text);
  if (capacity > MOST_PLACES) throw new InvalidArgumentError(`An offer has at most ${MOST_PLACES} places.`);
  return capacity;
}

/** How many GPUs: a whole number up to 16. Throws as `parseDuration`. */
export function parseGpus(text: string): number {
  if (!/^(\d|1[0-6])$/.test(text)) throw new InvalidArgumentError("Write a number of GPUs, 16 at most.");
  return Number(text);
}

/** Tokens as a decimal number, checked and left as written: how many places a token has is known later. Throws as `parseDuration`. */
export function parseTokens(text: string): string {
  if (!/^\d{1,30}(\.\d{1,18})?$/.test(text)) throw new InvalidArgumentError("Write tokens like 12 or 12.5.");
  return text;
}

/** `1.00/h` or `1.00`: tokens an hour, as `parseTokens`. */
export function parseHourlyRate(text: string): string {
  return parseTokens(text.replace(/\/h$/, ""));
}

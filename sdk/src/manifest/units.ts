// SPDX-License-Identifier: Apache-2.0

const BYTES_PER_MIB = 2n ** 20n;
const BYTES: Readonly<Record<string, bigint>> = {
  b: 1n,
  k: 2n ** 10n,
  m: 2n ** 20n,
  g: 2n ** 30n,
  t: 2n ** 40n,
};
const MICROSECONDS: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000n,
  m: 60_000_000n,
  s: 1_000_000n,
  ms: 1000n,
  us: 1n,
};
const MICROSECONDS_PER_MILLISECOND = 1000n;
const DECIMALS = 9;
const SECONDS_PER_HOUR = 3600n;

/** Size in Compose's syntax (`64M`, `1gb`, `512k`, `1048576`; powers of 1024) in MiB, rounded up; null if it is none. */
export function parseMebibytes(text: string): number | null {
  const [, amount, unit = "b"] =
    /^(\d{1,15}(?:\.\d{1,9})?) ?([bkmgt])?(?:(?<=[kmgt])i?b)?$/i.exec(text) ?? [];
  const bytes = BYTES[unit.toLowerCase()];
  return amount === undefined || bytes === undefined
    ? null
    : ceilQuotient(scaled(amount) * bytes, BYTES_PER_MIB);
}

/** Duration in Compose's syntax (`1m30s`, `500ms`, `0`) in milliseconds, rounded up; null if it is none. */
export function parseMilliseconds(text: string): number | null {
  if (text === "0") return 0;
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:h|ms|m|s|us))+$/.test(text)) return null;
  const parts = [...text.matchAll(/([\d.]+)([a-z]+)/g)];
  const sum = parts.reduce(
    (total, [, amount = "", unit = ""]) => total + scaled(amount) * (MICROSECONDS[unit] ?? 0n),
    0n,
  );
  return ceilQuotient(sum, MICROSECONDS_PER_MILLISECOND);
}

/** Cores with at most three decimals (`0.25`, `2`) in thousandths; null if it is no such number. */
export function parseCpuMillis(text: string): number | null {
  const [, whole, thousandths = ""] = /^(\d{1,6})(?:\.(\d{1,3})0*)?$/.exec(text) ?? [];
  return whole === undefined ? null : Number(whole) * 1000 + Number(thousandths.padEnd(3, "0"));
}

/** Tokens as a decimal without needless zeros (`1.00` is `1`); null if the text is no positive decimal of at most 18 places. */
export function parseTokens(text: string): string | null {
  const [, whole, fraction = ""] = /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(text) ?? [];
  if (whole === undefined || /^0*$/.test(whole + fraction)) return null;
  return decimal(BigInt(whole + fraction), fraction.length);
}

/** Rate in Berth's syntax (`1.00/h`, `0.0005/s`) as a decimal of tokens per hour, exact; null if it is none. */
export function parseRatePerHour(text: string): string | null {
  const [, amount = "", unit] = /^(\S+?) ?\/ ?([hs])$/.exec(text) ?? [];
  const tokens = parseTokens(amount);
  if (tokens === null || unit === "h") return tokens;
  const [whole = "", fraction = ""] = tokens.split(".");
  return decimal(BigInt(whole + fraction) * SECONDS_PER_HOUR, fraction.length);
}

function scaled(amount: string): bigint {
  const [whole = "", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(DECIMALS, "0"));
}

function ceilQuotient(scaledAmount: bigint, divisor: bigint): number {
  const scaledDivisor = divisor * 10n ** BigInt(DECIMALS);
  return Number((scaledAmount + scaledDivisor - 1n) / scaledDivisor);
}

function decimal(units: bigint, places: number): string {
  const digits = units.toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

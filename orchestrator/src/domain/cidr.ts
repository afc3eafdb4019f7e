// SPDX-License-Identifier: Apache-2.0

export type Family = 4 | 6;

/** A range of addresses that begins on its own boundary. */
export interface Cidr {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
  /** As it was written. */
  readonly text: string;
}

const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** Reads `10.0.0.0/8` or `fc00::/7`; null for what is none, has no prefix, or starts off its boundary. */
export function parseCidr(text: string): Cidr | null {
  const match = /^([0-9a-fA-F.:]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  const address = match?.[1] === undefined ? null : parseAddress(match[1]);
  const prefix = Number(match?.[2]);
  if (address === null || prefix > BITS[address.family]) return null;
  const size = 1n << BigInt(BITS[address.family] - prefix);
  if (address.value % size !== 0n) return null;
  return { family: address.family, first: address.value, last: address.value + size - 1n, text };
}

/** An address alone, as the range that holds nothing else; null for what is no address. */
export function hostCidr(text: string): Cidr | null {
  const address = parseAddress(text);
  return address === null ? null : parseCidr(`${text}/${BITS[address.family]}`);
}

/** The ranges, each of which must be one. */
export function cidrs(...texts: readonly string[]): readonly Cidr[] {
  return texts.map((text) => {
    const range = parseCidr(text);
    if (range === null) throw new TypeError(`"${text}" is no range of addresses`);
    return range;
  });
}

export function isWithin(inner: Cidr, outer: Cidr): boolean {
  return inner.family === outer.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** True for one address. */
export function isHost({ first, last }: Cidr): boolean {
  return first === last;
}

export function ofFamily(ranges: readonly Cidr[], family: Family): readonly Cidr[] {
  return ranges.filter((range) => range.family === family);
}

interface Address {
  readonly family: Family;
  readonly value: bigint;
}

function parseAddress(text: string): Address | null {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** Four numbers without leading zeros: some programs read `010` as eight. */
function parseIpv4(text: string): Address | null {
  const octets = text.split(".");
  const isAddress =
    octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256);
  if (!isAddress) return null;
  return { family: 4, value: octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n) };
}

/** Hexadecimal groups alone: no IPv4 address at the end and no zone. */
function parseIpv6(text: string): Address | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const groups = [...head, ...tail];
  const missing = 8 - groups.length;
  const fits = halves.length === 2 ? missing >= 1 : missing === 0;
  if (!fits || !groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  const whole = [...head, ...Array<string>(missing).fill("0"), ...tail];
  return { family: 6, value: whole.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}

// SPDX-License-Identifier: Apache-2.0
import { type AbiParameter, getAddress, type Hex } from "viem";

/** Reads the values of some parameters out of encoded data; throws where that is too short or holds no such value. */
export type WordsReader = (data: Hex) => readonly unknown[];

/** Of 64 hexadecimal digits each, from a place on. */
type ReadAt = (data: Hex, at: number) => unknown;

interface Placed {
  readonly words: number;
  readonly read: ReadAt;
}

const WORD = 64;
const PREFIX = 2;
const ADDRESS = 40;
/** The widest integer that viem tells as a number. */
const WIDEST_NUMBER = 48;

/**
 * A reader of parameters that all have a place of their own, word by word: the same values as viem's `decodeAbiParameters`, at a small
 * part of its cost, which counts where a long history is read. Null where one of them has no fixed size or another kind.
 */
export function staticReader(parameters: readonly AbiParameter[]): WordsReader | null {
  const places = parameters.map(placed);
  if (!places.every((place) => place !== null)) return null;
  const length = PREFIX + WORD * places.reduce((sum, { words }) => sum + words, 0);
  return (data) => {
    if (data.length < length) throw new Error(`${data.length} digits where ${length} are needed`);
    let at = PREFIX;
    return places.map(({ words, read }) => {
      const value = read(data, at);
      at += words * WORD;
      return value;
    });
  };
}

/** As `staticReader`, for one list of tuples and nothing else. */
export function staticListReader(
  components: readonly AbiParameter[],
): ((data: Hex) => readonly unknown[]) | null {
  const place = placedTuple(components);
  if (place === null) return null;
  return (data) => {
    const count = Number(readBigint(data, PREFIX + WORD));
    const from = PREFIX + 2 * WORD;
    const length = from + count * place.words * WORD;
    if (readBigint(data, PREFIX) !== BigInt(WORD / 2) || data.length < length)
      throw new Error(`${data.length} digits where ${length} are needed`);
    return Array.from({ length: count }, (_, index) => place.read(data, from + index * place.words * WORD));
  };
}

function placed(parameter: AbiParameter): Placed | null {
  const { type } = parameter;
  if (type === "tuple")
    return placedTuple((parameter as { readonly components: readonly AbiParameter[] }).components);
  const read = READERS[type] ?? readerOfInteger(type);
  return read === null ? null : { words: 1, read };
}

function placedTuple(components: readonly AbiParameter[]): Placed | null {
  const places = components.map(placed);
  if (!places.every((place) => place !== null)) return null;
  const read: ReadAt = (data, from) => {
    const tuple: Record<string, unknown> = {};
    let at = from;
    for (const [index, { words, read: readPart }] of places.entries()) {
      tuple[components[index]?.name ?? ""] = readPart(data, at);
      at += words * WORD;
    }
    return tuple;
  };
  return { words: places.reduce((sum, { words }) => sum + words, 0), read };
}

function readerOfInteger(type: string): ReadAt | null {
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  if (bits === undefined) return null;
  return Number(bits) > WIDEST_NUMBER ? readBigint : (data, at) => Number(readBigint(data, at));
}

const readBigint = (data: Hex, at: number): bigint => BigInt(`0x${data.slice(at, at + WORD)}`);
const readBytes: ReadAt = (data, at) => `0x${data.slice(at, at + WORD)}`;
const readBool: ReadAt = (data, at) => {
  const value = readBigint(data, at);
  if (value > 1n) throw new Error(`${value} where 0 or 1 is needed`);
  return value === 1n;
};
const readAddress: ReadAt = (data, at) => getAddress(`0x${data.slice(at + WORD - ADDRESS, at + WORD)}`);

const READERS: Readonly<Record<string, ReadAt>> = {
  address: readAddress,
  bytes32: readBytes,
  bool: readBool,
};

// SPDX-License-Identifier: Apache-2.0
import {
  type AbiParameter,
  type ContractEventName,
  decodeAbiParameters,
  type DecodeEventLogReturnType,
  getAbiItem,
  type Hash,
  type Hex,
  type Log,
  toEventSelector,
} from "viem";
import { InvariantError } from "./errors.ts";
import { closeCauseOf, closeReasonOf } from "./from-chain.ts";
import { computeMarketAbi } from "./generated/abi.ts";
import { staticReader, type WordsReader } from "./static-words.ts";
import type { CloseCause, CloseReason } from "./types.ts";

/** An event of the market's interface. */
export type MarketEventItem = Extract<(typeof computeMarketAbi)[number], { readonly type: "event" }>;
export type MarketEventName = ContractEventName<typeof computeMarketAbi>;

type DecodedArgs<Name extends MarketEventName> = Extract<
  DecodeEventLogReturnType<typeof computeMarketAbi, Name, Hex[], Hex, true>,
  { readonly eventName: Name }
>["args"];

/** Where our words replace the contract's numbers. */
interface Reworded {
  readonly LeaseClosed: { readonly reason: CloseReason; readonly cause: CloseCause };
}

export type MarketEventArgs<Name extends MarketEventName> = Name extends keyof Reworded
  ? Omit<DecodedArgs<Name>, keyof Reworded[Name]> & Reworded[Name]
  : DecodedArgs<Name>;

/** One event of the market with its name `Name`. */
export interface MarketEventOf<Name extends MarketEventName> {
  readonly name: Name;
  readonly args: MarketEventArgs<Name>;
  readonly blockNumber: bigint;
  readonly blockHash: Hash;
  readonly logIndex: number;
  readonly transactionHash: Hash;
}

/** What happened in the market: tell them apart by `name`. */
export type MarketEvent = { [Name in MarketEventName]: MarketEventOf<Name> }[MarketEventName];

/** A log that is in a block. */
export type MinedLog = Pick<Log<bigint, number, false>, "topics" | "data" | "logIndex"> & {
  readonly blockNumber: bigint;
  readonly blockHash: Hash;
  readonly transactionHash: Hash;
};

const items: readonly MarketEventItem[] = computeMarketAbi.filter((item) => item.type === "event");
const readerByTopic = new Map<Hex, EventReader>(items.map((item) => [toEventSelector(item), readerOf(item)]));

/** How the logs of one event are read: what stands in each topic, and what in the data. */
interface EventReader {
  readonly name: MarketEventName;
  readonly topics: readonly (readonly [name: string, read: WordsReader])[];
  readonly names: readonly string[];
  readonly readData: WordsReader;
}

/** The first topic of an event's logs. */
export function topicNamed(name: MarketEventName): Hex {
  return toEventSelector(getAbiItem({ abi: computeMarketAbi, name }));
}

/** The events of the market that name a provider in a position of their indexed arguments, 1 to 3. */
export function topicsNamingProviderAt(position: number): readonly Hex[] {
  return items.filter((item) => providerPosition(item) === position).map((item) => toEventSelector(item));
}

/**
 * The market's events in the order of their logs; other events are left out. The caller sees to it that the logs are the
 * market's own. Throws InvariantError E_LOG_UNREADABLE for a log that only looks like one of its events.
 */
export function decodeMarketLogs(logs: readonly MinedLog[]): MarketEvent[] {
  return logs.flatMap((log) => {
    const reader = readerByTopic.get(log.topics[0] ?? "0x");
    return reader === undefined ? [] : [decode(log, reader)];
  });
}

function decode(log: MinedLog, reader: EventReader): MarketEvent {
  const { blockNumber, blockHash, logIndex, transactionHash } = log;
  const position = { blockNumber, blockHash, logIndex, transactionHash };
  const { name } = reader;
  const args = readArgs(log, reader);
  if (name !== "LeaseClosed") return { name, args, ...position } as unknown as MarketEvent;
  const closed = args as unknown as DecodedArgs<"LeaseClosed">;
  const [reason, cause] = [closeReasonOf(closed.reason), closeCauseOf(closed.cause)];
  return { name, args: { ...closed, reason, cause }, ...position };
}

function readArgs({ topics, data, blockNumber, logIndex }: MinedLog, reader: EventReader): object {
  const { name, names, readData } = reader;
  try {
    const args: Record<string, unknown> = {};
    for (const [index, [topic, read]] of reader.topics.entries())
      args[topic] = read(topics[index + 1] ?? "0x")[0];
    for (const [index, value] of readData(data).entries()) args[names[index] ?? ""] = value;
    return args;
  } catch (cause) {
    const where = `log ${logIndex} of block ${blockNumber}`;
    throw new InvariantError("E_LOG_UNREADABLE", `The ${where} looks like ${name} but cannot be read.`, {
      atRisk: "nothing: the log was not used",
      next: "Check that only logs of the market's address are read, and that the address is this version's market.",
      cause,
    });
  }
}

function readerOf({ name, inputs }: MarketEventItem): EventReader {
  const parameters: readonly (AbiParameter & { readonly indexed?: boolean })[] = inputs;
  const inTopics = parameters.filter(({ indexed }) => indexed === true);
  const inData = parameters.filter(({ indexed }) => indexed !== true);
  return {
    name,
    topics: inTopics.map((parameter) => [parameter.name ?? "", wordsReaderOf([parameter])]),
    names: inData.map((parameter) => parameter.name ?? ""),
    readData: wordsReaderOf(inData),
  };
}

function wordsReaderOf(parameters: readonly AbiParameter[]): WordsReader {
  return staticReader(parameters) ?? ((data) => decodeAbiParameters(parameters, data));
}

function providerPosition(item: MarketEventItem): number {
  return item.inputs.filter(({ indexed }) => indexed).findIndex(({ name }) => name === "provider") + 1;
}

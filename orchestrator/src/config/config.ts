// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { getAddress, isAddress } from "viem";
import { z } from "zod";

const text = z.string();
const url = z.url({ protocol: /^https?$/, error: "is not an address of the form http://host:port" });
const address = z
  .string()
  .refine((value) => isAddress(value, { strict: false }), "is not an address: 0x and 40 hexadecimal digits")
  .transform((value) => getAddress(value));
const whole = z.coerce.number("is not a whole number").int("is not a whole number");
const positive = whole.positive("is below 1");
const count = whole.nonnegative("is below 0");
const blocks = z.string().regex(/^\d+$/, "is not a number of blocks").transform(BigInt);
const gwei = positive.transform((value) => BigInt(value) * 10n ** 9n);
const origins = z.string().transform(listed);

/** `0x...=wei` for each token, separated by commas. */
const prices = z
  .string()
  .refine((list) => listed(list).every(isPrice), "is not a list of token=wei")
  .transform((list) => new Map(listed(list).map(priceOf)));

const schema = z.object({
  rpcUrl: url,
  chainId: positive,
  market: address,
  provider: address,
  operatorKeyFile: text,
  dataDir: text,
  gatewayHost: text.default("127.0.0.1"),
  /** 0 for any that is free. */
  gatewayPort: count.max(65_535, "is above 65535").default(0),
  /** Null where tenants reach the gateway at the address that it listens on. */
  publicEndpoint: url.nullable().default(null),
  publishAddress: text.default("127.0.0.1"),
  subnetPool: text.default("10.200.0.0/14"),
  /** Null for half the provider's report period. */
  reportIntervalSeconds: positive.nullable().default(null),
  sampleIntervalSeconds: positive.default(10),
  pollIntervalMs: positive.default(1_000),
  confirmations: blocks.default(0n),
  startBlock: blocks.default(0n),
  /** The most that is ever offered per unit of gas; in wei once it is read. */
  maxFeeGwei: gwei.default(500n * 10n ** 9n),
  /** Wei of the chain's coin that one whole token is worth; a token without a price is never settled for. */
  tokenPrices: prices.default(new Map()),
  /** The most of what a settlement brings that its gas may cost. */
  settleGasPercent: positive.max(100, "is above 100").default(2),
  /** Undefined for the engine's usual place. */
  dockerSocket: text.optional(),
  takeover: z.stringbool("is neither true nor false").default(false),
  logLevel: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], "is no log level")
    .default("info"),
  allowedOrigins: origins.default([]),
});

function listed(list: string): readonly string[] {
  return list
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
}

function isPrice(text: string): boolean {
  const [token = "", wei = "", ...more] = text.split("=");
  return isAddress(token, { strict: false }) && /^\d+$/.test(wei) && more.length === 0;
}

function priceOf(text: string): readonly [`0x${string}`, bigint] {
  const [token = "", wei = ""] = text.split("=");
  return [getAddress(token), BigInt(wei)];
}

/** What the daemon is told by its surroundings, checked once. */
export type Config = Readonly<z.output<typeof schema>>;

const KEYS = Object.keys(schema.shape) as readonly (keyof Config)[];

/** What to write instead, for each. */
const FIXES: Readonly<Record<keyof Config, string>> = {
  rpcUrl: "give the chain's JSON-RPC endpoint, such as http://127.0.0.1:8545",
  chainId: "give the chain's id, such as 31337",
  market: "give the address of the ComputeMarket",
  provider: "give the address that registered as provider",
  operatorKeyFile: "name a file, mode 0600, that holds the operator's private key",
  dataDir: "name a folder in which the daemon may write",
  gatewayHost: "give the address to listen on, such as 127.0.0.1",
  gatewayPort: "give a port, or 0 for any",
  publicEndpoint: "give the address under which tenants reach the gateway",
  publishAddress: "give the address on which ports of workloads are published",
  subnetPool: "give an IPv4 range that nothing else on this machine uses",
  reportIntervalSeconds: "give seconds, or leave it away",
  sampleIntervalSeconds: "give seconds",
  pollIntervalMs: "give milliseconds",
  confirmations: "give a number of blocks",
  startBlock: "give the number of a block at or before the provider's registration",
  maxFeeGwei: "give the most to pay per unit of gas, in gwei",
  tokenPrices: "give token=wei for each token, separated by commas: what one whole token is worth in wei",
  settleGasPercent: "give 1 to 100",
  dockerSocket: "give the path of the engine's socket",
  takeover: "say true or false",
  logLevel: "say fatal, error, warn, info, debug, trace or silent",
  allowedOrigins: "give origins such as https://console.example, separated by commas",
};

/** `rpcUrl` as a variable of the environment: `BERTH_RPC_URL`. */
export function variableName(key: string): string {
  return `BERTH_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

/** Reads the configuration out of the environment; UserError E_CONFIG_INVALID names every variable that is wrong and its fix. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(KEYS.map((key) => [key, environment[variableName(key)] || undefined]));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => {
    const key = KEYS.find((each) => each === path[0]) ?? "rpcUrl";
    const problem = given[key] === undefined ? "is missing" : message;
    return { name: variableName(key), problem, fix: FIXES[key] };
  });
  throw new UserError("E_CONFIG_INVALID", wrong.map(({ name, problem }) => `${name} ${problem}`).join("; "), {
    atRisk: "nothing: the daemon does not start",
    next: wrong.map(({ name, fix }) => `${name}: ${fix}`).join("; "),
    facts: { variables: wrong.map(({ name }) => name).join(",") },
  });
}

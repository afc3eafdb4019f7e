// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { getAddress, isAddress } from "viem";
import { z } from "zod";
import { egressAllow, egressFirewall, egressMbit, egressProblems } from "./egress-settings.ts";
import { IMAGE_FIXES, imageSettings } from "./image-settings.ts";
import { operatorProblems } from "./operator-settings.ts";
import { ingressProblems, WORKLOAD_FIXES, workloadSettings } from "./workload-settings.ts";
import type { HeadDepth } from "../domain/head-policy.ts";

const text = z.string();
const url = z.url({ protocol: /^https?$/, error: "is not an address of the form http://host:port" });
const address = z
  .string()
  .refine((value) => isAddress(value, { strict: false }), "is not an address: 0x and 40 hexadecimal digits")
  .transform((value) => getAddress(value));
const whole = z.coerce.number("is not a whole number").int("is not a whole number");
const positive = whole.positive("is below 1");
const count = whole.nonnegative("is below 0");
const depth = z
  .string()
  .regex(/^(\d+|safe|finalized)$/, "is neither a number of blocks nor safe or finalized")
  .transform((text): HeadDepth => (text === "safe" || text === "finalized" ? text : BigInt(text)))
  .nullable()
  .default(null);
const blocks = z.string().regex(/^\d+$/, "is not a number of blocks").transform(BigInt);
const gwei = positive.transform((value) => BigInt(value) * 10n ** 9n);
/** More than anybody needs, and few enough to count each by itself. */
const MOST_ENDPOINTS = 8;
const addresses = z.string().transform(listed).pipe(z.array(address));
const origins = z.string().transform(listed);
const urls = z
  .string()
  .transform(listed)
  .pipe(z.array(url).min(1, "is a list of no address").max(MOST_ENDPOINTS, "names more than 8 endpoints"));

/** `0x...=wei` for each token, separated by commas. */
const prices = z
  .string()
  .refine((list) => listed(list).every(isPrice), "is not a list of token=wei")
  .transform((list) => new Map(listed(list).map(priceOf)));

/** Where leases get their networks unless another range is named. */
export const DEFAULT_SUBNET_POOL = "10.200.0.0/14";

const schema = z.object({
  /** The preferred endpoint first. */
  rpcUrls: urls,
  chainId: positive,
  market: address,
  provider: address,
  /** The operator signs with a key file or through an external signer; exactly one of them is not null. */
  operatorKeyFile: text.nullable().default(null),
  operatorPasswordFile: text.nullable().default(null),
  /** Never to be logged. */
  operatorPassword: text.nullable().default(null),
  operatorSignerUrl: url.nullable().default(null),
  operatorAddress: address.nullable().default(null),
  dataDir: text,
  gatewayHost: text.default("127.0.0.1"),
  /** 0 for any that is free. */
  gatewayPort: count.max(65_535, "is above 65535").default(0),
  /** Null where health and figures are not served on a port of their own. */
  metricsPort: positive.max(65_535, "is above 65535").nullable().default(null),
  /** Null where tenants reach the gateway at the address that it listens on. */
  publicEndpoint: url.nullable().default(null),
  publishAddress: text.default("127.0.0.1"),
  subnetPool: text.default(DEFAULT_SUBNET_POOL),
  egressFirewall,
  egressAllow,
  egressMbit,
  ...workloadSettings,
  /** Null for half the provider's report period. */
  reportIntervalSeconds: positive.nullable().default(null),
  /** Also how much of an outage a tenant may be billed for. */
  sampleIntervalSeconds: positive.max(30, "is above 30").default(10),
  pollIntervalMs: positive.default(1_000),
  /** Which block is acted on; null for what suits the chain. */
  confirmations: depth,
  /** Which block counts before a lease is closed or settled; null for what suits the chain. */
  settleDepth: depth,
  /** Which block counts before data is deleted; null for what suits the chain. */
  deleteDepth: depth,
  startBlock: blocks.default(0n),
  /** The most that is ever offered per unit of gas; in wei once it is read. */
  maxFeeGwei: gwei.default(500n * 10n ** 9n),
  /** Wei of the chain's coin that one whole token is worth; a token without a price is never settled for. */
  tokenPrices: prices.default(new Map()),
  /** Whose leases are taken: nobody's but these, or everybody's where it is null; none of the denied ones. */
  allowedTenants: addresses.nullable().default(null),
  deniedTenants: addresses.default([]),
  /** The most leases of one tenant that are open at once; null for as many as the offers have room for. */
  leasesPerTenant: positive.nullable().default(null),
  /** What leases may take of the machine in all; null for all but the reserve. */
  capacityCpuMillis: positive.nullable().default(null),
  capacityMemoryMib: positive.nullable().default(null),
  capacityStorageMib: positive.nullable().default(null),
  /** Whether leases of tenants who are not listed are taken on an engine that is too old for them. */
  acceptOldEngine: z.stringbool("is neither true nor false").default(false),
  /** The most of what a settlement brings that its gas may cost. */
  settleGasPercent: positive.max(100, "is above 100").default(2),
  ...imageSettings,
  /** Undefined for the engine's usual place. */
  dockerSocket: text.optional(),
  /** Null for what suits the chain, see `volumeQuotaOf`. */
  volumeQuota: z.enum(["ext4", "none"], "is neither ext4 nor none").nullable().default(null),
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

/** One endpoint alone, as the other programs of Berth read it. */
const SOLE_URL = "BERTH_RPC_URL";

/** What to write instead, for each. */
const FIXES: Readonly<Record<keyof Config, string>> = {
  rpcUrls:
    "give the chain's JSON-RPC endpoints, such as http://127.0.0.1:8545, separated by commas, 8 at most",
  chainId: "give the chain's id, such as 31337",
  market: "give the address of the ComputeMarket",
  provider: "give the address that registered as provider",
  operatorKeyFile:
    "name a file, mode 0600, that holds the operator's keystore or private key, or give BERTH_OPERATOR_SIGNER_URL instead",
  operatorPasswordFile: "name a file, mode 0600, that holds the password of the operator's keystore",
  operatorPassword: "give the password of the operator's keystore, or name a file with it instead",
  operatorSignerUrl: "give the address of the external signer, or leave it away and name a key file",
  operatorAddress: "give the address whose key the external signer holds",
  dataDir: "name a folder in which the daemon may write",
  gatewayHost: "give the address to listen on, such as 127.0.0.1",
  gatewayPort: "give a port, or 0 for any",
  metricsPort: "give a port, or leave it away",
  publicEndpoint: "give the address under which tenants reach the gateway",
  publishAddress: "give the address on which ports of workloads are published",
  ...WORKLOAD_FIXES,
  subnetPool: "give an IPv4 range that nothing else on this machine uses",
  egressFirewall:
    "say required, or unprotected to let leases reach this machine and its network all the same",
  egressAllow: "give private ranges such as 10.1.2.0/24, separated by commas, or leave it away",
  egressMbit: "give millions of bits a second, 1 to 10000",
  reportIntervalSeconds: "give seconds, or leave it away",
  sampleIntervalSeconds: "give seconds, 30 at most",
  pollIntervalMs: "give milliseconds",
  confirmations: "give a number of blocks, safe, finalized, or leave it away",
  settleDepth: "give a number of blocks, safe, finalized, or leave it away",
  deleteDepth: "give a number of blocks, safe, finalized, or leave it away",
  startBlock: "give the number of a block at or before the provider's registration",
  maxFeeGwei: "give the most to pay per unit of gas, in gwei",
  tokenPrices: "give token=wei for each token, separated by commas: what one whole token is worth in wei",
  capacityCpuMillis: "give thousandths of a core, or leave it away",
  capacityMemoryMib: "give MiB, or leave it away",
  capacityStorageMib: "give MiB, or leave it away",
  settleGasPercent: "give 1 to 100",
  allowedTenants: "give addresses, separated by commas, or leave it away to serve everybody",
  deniedTenants: "give addresses, separated by commas",
  leasesPerTenant: "give a number of leases, or leave it away",
  acceptOldEngine: "say true or false",
  ...IMAGE_FIXES,
  dockerSocket: "give the path of the engine's socket",
  volumeQuota: "say ext4 for volumes with a hard size, or none to let tenants fill this machine's disk",
  takeover: "say true or false",
  logLevel: "say fatal, error, warn, info, debug, trace or silent",
  allowedOrigins: "give origins such as https://console.example, separated by commas",
};

/** `rpcUrls` as a variable of the environment: `BERTH_RPC_URLS`. */
export function variableName(key: string): string {
  return `BERTH_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

/** Reads the configuration out of the environment; UserError E_CONFIG_INVALID names every variable that is wrong and its fix. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const nameOf = (key: string): string =>
    key === "rpcUrls" && !environment[variableName(key)] ? SOLE_URL : variableName(key);
  const given = Object.fromEntries(KEYS.map((key) => [key, environment[nameOf(key)] || undefined]));
  const parsed = schema.safeParse(given);
  const crossed = [
    ...operatorProblems(given as Parameters<typeof operatorProblems>[0]),
    ...egressProblems(given),
    ...ingressProblems(given),
  ];
  if (parsed.success && crossed.length === 0) return parsed.data;
  const issues = parsed.success ? [] : parsed.error.issues;
  const problems = issues.map(({ path, message }) => {
    const key = KEYS.find((each) => each === path[0]) ?? "rpcUrls";
    return { key, problem: given[key] === undefined ? "is missing" : message };
  });
  throw invalid([...problems, ...crossed], nameOf);
}

function invalid(
  problems: readonly { readonly key: keyof Config; readonly problem: string }[],
  nameOf: (key: string) => string,
): UserError {
  const wrong = problems.map(({ key, problem }) => ({ name: nameOf(key), problem, fix: FIXES[key] }));
  return new UserError(
    "E_CONFIG_INVALID",
    wrong.map(({ name, problem }) => `${name} ${problem}`).join("; "),
    {
      atRisk: "nothing: the daemon does not start",
      next: wrong.map(({ name, fix }) => `${name}: ${fix}`).join("; "),
      facts: { variables: wrong.map(({ name }) => name).join(",") },
    },
  );
}

// SPDX-License-Identifier: Apache-2.0
import { getAddress, isAddress } from "viem";
import { z } from "zod";

const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), "not an address: 0x and 40 hexadecimal digits")
  .transform((text) => getAddress(text));
const url = z.url({ protocol: /^https?$/, error: "not an address of the form http://host:port" });
const urls = z
  .string()
  .transform((list) =>
    list
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean),
  )
  .pipe(z.array(url).min(1, "a list of no address").max(8, "more than 8 addresses"))
  .transform((list) => list.join(","));
const text = z.string().min(1, "empty");
const count = z.coerce.number("not a whole number").int("not a whole number").nonnegative("below 0");
const positive = z.coerce.number("not a whole number").int("not a whole number").positive("below 1");
const depth = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^(\d+|safe|finalized)$/, "neither a number of blocks nor safe or finalized"));
const block = z.union([z.string(), z.number()]).pipe(z.coerce.bigint("not a block number"));
const flag = z.union([z.boolean(), z.stringbool()], "neither true nor false");

/**
 * Everything that can be configured, and what each value must look like. One rule for all sources: a flag's text, a variable of the
 * environment and a value of the file pass the same check.
 */
export const settingSchemas = {
  rpcUrl: url,
  chainId: positive,
  market: address,
  startBlock: block,
  keyFile: text,
  passwordFile: text,
  signerUrl: url,
  signerAddress: address,
  provider: address,
  dataDir: text,
  json: flag,
  operatorKeyFile: text,
  operatorPasswordFile: text,
  operatorSignerUrl: url,
  operatorAddress: address,
  gatewayHost: text,
  gatewayPort: count,
  metricsPort: positive,
  publicEndpoint: url,
  publishAddress: text,
  publishPorts: text,
  publishHost: text,
  ingress: text,
  ingressUrl: text,
  ingressContainer: text,
  healthGraceSeconds: positive,
  subnetPool: text,
  egressFirewall: z.enum(["required", "off", "unprotected"]),
  egressAllow: text,
  egressMbit: positive,
  reportIntervalSeconds: positive,
  sampleIntervalSeconds: positive,
  pollIntervalMs: positive,
  rpcUrls: urls,
  confirmations: depth,
  settleDepth: depth,
  deleteDepth: depth,
  maxFeeGwei: positive,
  tokenPrices: text,
  settleGasPercent: positive,
  allowedTenants: text,
  deniedTenants: text,
  leasesPerTenant: positive,
  capacityCpuMillis: positive,
  capacityMemoryMib: positive,
  capacityStorageMib: positive,
  acceptOldEngine: flag,
  dockerSocket: text,
  volumeQuota: z.enum(["ext4", "none"], "neither ext4 nor none"),
  localImages: flag,
  localRegistries: text,
  imageMib: positive,
  diskReserveMib: positive,
  takeover: flag,
  logLevel: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
  allowedOrigins: text,
} as const;

export type SettingKey = keyof typeof settingSchemas;
export type SettingValue<K extends SettingKey> = z.output<(typeof settingSchemas)[K]>;

/** What each key is for, in one line; printed by `--help`. */
export const settingPurposes: Readonly<Record<SettingKey, string>> = {
  rpcUrl: "JSON-RPC endpoint of the chain",
  chainId: "id of the chain; another one behind the endpoint is refused",
  market: "address of the market's contract",
  startBlock: "block from which the market's events are read",
  keyFile: "file with your keystore or private key, mode 0600",
  passwordFile: "file with the password of your keystore, mode 0600",
  signerUrl: "external signer that holds your key, instead of a file",
  signerAddress: "address whose key the external signer holds",
  provider: "address of the provider",
  dataDir: "folder for manifests and the provider's journal",
  json: "print JSON on standard output",
  operatorKeyFile: "file with the daemon's keystore or private key, mode 0600",
  operatorPasswordFile: "file with the password of the daemon's keystore, mode 0600",
  operatorSignerUrl: "external signer that holds the daemon's key, instead of a file",
  operatorAddress: "address whose key the daemon's signer holds",
  gatewayHost: "address on which the gateway listens",
  gatewayPort: "port on which the gateway listens",
  metricsPort: "port on 127.0.0.1 for health and figures; none where unsaid",
  publicEndpoint: "address under which tenants reach the gateway",
  publishAddress: "address on which the ports of workloads are published",
  publishPorts: "ports of this machine that workloads are published on, such as 20000-29999",
  publishHost: "what tenants are told instead of the publish address",
  ingress: "traefik or caddy: the proxy that answers for ports that speak HTTP",
  ingressUrl: "where that proxy is asked, such as https://apps.example.org",
  ingressContainer: "name of that proxy's container",
  healthGraceSeconds: "seconds for which a health check must have failed before its lease is paused",
  subnetPool: "IPv4 range for the networks of workloads",
  egressFirewall: "required, or unprotected: whether leases are kept from this machine and its network",
  egressAllow: "private ranges that leases may reach all the same, separated by commas",
  egressMbit: "millions of bits a second that one lease may send; 100 where unsaid",
  reportIntervalSeconds: "seconds between two reports",
  sampleIntervalSeconds: "seconds between two samples",
  pollIntervalMs: "milliseconds between two looks at the chain",
  rpcUrls: "JSON-RPC endpoints of the daemon, separated by commas, the preferred one first",
  confirmations: "which block is acted on: so many behind the newest, safe or finalized",
  settleDepth: "which block counts before a lease is closed or settled, likewise",
  deleteDepth: "which block nothing takes back, so that data may be deleted, likewise",
  maxFeeGwei: "most to pay per unit of gas, in gwei",
  tokenPrices: "token=wei, separated by commas: what one whole token is worth, to settle when it pays",
  settleGasPercent: "most of what a settlement brings that its gas may cost, in percent",
  allowedTenants: "the only tenants whose leases are taken, separated by commas; everybody's where unsaid",
  deniedTenants: "tenants whose leases are not taken, separated by commas",
  leasesPerTenant: "most leases of one tenant that are open at once",
  capacityCpuMillis: "thousandths of a core that leases may take in all; all but a tenth where unsaid",
  capacityMemoryMib: "MiB of memory that leases may take in all; all but 1024 where unsaid",
  capacityStorageMib:
    "MiB of storage that leases may take in all; that of the data folder's disk where unsaid",
  acceptOldEngine: "true takes strangers' leases on an engine that is too old for them",
  dockerSocket: "socket of the Docker Engine",
  volumeQuota: "ext4: volumes with a hard size; none: tenants can fill this machine's disk",
  localImages: "let leases run images that only this engine has",
  localRegistries: "origins of registries on your own network that leases may use, separated by commas",
  imageMib: "most MiB that an image may take",
  diskReserveMib: "MiB that stay free on the engine's disk whatever is pulled",
  takeover: "take over from another daemon of the same provider",
  logLevel: "fatal, error, warn, info, debug, trace or silent",
  allowedOrigins: "web origins that may call the gateway, separated by commas",
};

/** Settings that mean a path: one in the file is relative to the file, any other to the working folder. */
export const pathSettings: ReadonlySet<SettingKey> = new Set([
  "keyFile",
  "passwordFile",
  "operatorKeyFile",
  "operatorPasswordFile",
  "dataDir",
]);

/** Settings that only the daemon reads; `berth provider run` hands them on. */
export const daemonSettings = [
  "operatorKeyFile",
  "operatorPasswordFile",
  "operatorSignerUrl",
  "operatorAddress",
  "gatewayHost",
  "gatewayPort",
  "metricsPort",
  "publicEndpoint",
  "publishAddress",
  "publishPorts",
  "publishHost",
  "ingress",
  "ingressUrl",
  "ingressContainer",
  "healthGraceSeconds",
  "subnetPool",
  "egressFirewall",
  "egressAllow",
  "egressMbit",
  "reportIntervalSeconds",
  "sampleIntervalSeconds",
  "pollIntervalMs",
  "rpcUrls",
  "confirmations",
  "settleDepth",
  "deleteDepth",
  "maxFeeGwei",
  "tokenPrices",
  "settleGasPercent",
  "allowedTenants",
  "deniedTenants",
  "leasesPerTenant",
  "capacityCpuMillis",
  "capacityMemoryMib",
  "capacityStorageMib",
  "acceptOldEngine",
  "dockerSocket",
  "volumeQuota",
  "localImages",
  "localRegistries",
  "imageMib",
  "diskReserveMib",
  "takeover",
  "logLevel",
  "allowedOrigins",
] as const satisfies readonly SettingKey[];

export const settingKeys = Object.keys(settingSchemas) as readonly SettingKey[];

/** `rpcUrl` as a variable of the environment: `BERTH_RPC_URL`. */
export function environmentName(key: SettingKey): string {
  return `BERTH_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}

/** `rpcUrl` as a flag: `--rpc-url`. */
export function flagName(key: SettingKey): string {
  return `--${key.replace(/[A-Z]/g, "-$&").toLowerCase()}`;
}

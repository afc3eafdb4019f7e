// SPDX-License-Identifier: Apache-2.0
import { keccak256, stringToHex } from "viem";

/** Texts of the length that they have in earnest: every byte of them is paid for. */
export const ENDPOINT = "https://berth.alpine-compute.example:8443/gateway";
export const METADATA_URI = "ipfs://QmT5NvUtoM5nWFfrQdVrFtvGfKFmG7AHE8P34isapyhCxX";
export const REPORT_URI = "https://berth.alpine-compute.example/reports/0003-4187.json";
export const GPU_MODEL = "nvidia-a100-80gb";

export const MANIFEST_HASH = keccak256(stringToHex("manifest"));
export const USAGE_ROOT = keccak256(stringToHex("usage"));

const WEEK = 604_800n;

/** What a lease of two cores and four GiB has used in about a week, different for each. */
export function usageOf(leaseId: bigint): object {
  const servedSeconds = WEEK + 31n * leaseId;
  return {
    leaseId,
    measuredAt: 1_893_456_000n + leaseId,
    servedSeconds,
    cpuMillisSeconds: 1_713n * servedSeconds,
    memoryMiBSeconds: 3_481n * servedSeconds,
    networkRxBytes: 120_011n * servedSeconds,
    networkTxBytes: 41_017n * servedSeconds,
  };
}

// SPDX-License-Identifier: Apache-2.0
import { ISOLATION_TIERS, type IsolationTier } from "../isolation.ts";
import type { HostCapabilities } from "./capabilities.ts";

/** The tiers that were proven; none where even a plain container is not shut in as it should be. */
export function provenTiers({ seccomp, userns, gvisor }: HostCapabilities): readonly IsolationTier[] {
  const holds = { runc: true, userns: userns.proven, gvisor: gvisor.proven };
  return ISOLATION_TIERS.filter((tier) => seccomp.proven && holds[tier]);
}

/** First engine with which strangers are served; older ones get no corrections any more. */
const LEAST_ENGINE = [28, 0, 0];
/** Of each line of runc the first release in which what /proc hides cannot be mounted away (CVE-2025-31133, -52565, -52881). */
const LEAST_RUNC: readonly (readonly number[])[] = [
  [1, 2, 8],
  [1, 3, 3],
  [1, 4, 0],
];

/** What of the engine is too old for tenants whom the provider does not know, in words; none where all is new enough. */
export function engineShortfalls({ engine }: Pick<HostCapabilities, "engine">): readonly string[] {
  const { version, runcVersion } = engine;
  const old = isAtLeast(numbersOf(version), LEAST_ENGINE)
    ? []
    : [`Docker Engine ${version} is older than 28`];
  if (runcVersion !== null && isMended(numbersOf(runcVersion))) return old;
  const named = runcVersion === null ? "runc of an unknown version" : `runc ${runcVersion}`;
  return [...old, `${named} is older than 1.2.8, 1.3.3 or 1.4`];
}

function isMended(version: readonly number[]): boolean {
  const line = LEAST_RUNC.find(([major, minor]) => version[0] === major && version[1] === minor);
  return isAtLeast(version, line ?? LEAST_RUNC.at(-1) ?? []);
}

/** `20.10.24+dfsg1` as 20, 10, 24; what is no number is 0, which is too old for everything. */
function numbersOf(version: string): readonly number[] {
  return version.split(/[^0-9]+/, 3).map(Number);
}

function isAtLeast(version: readonly number[], least: readonly number[]): boolean {
  for (const [index, needed] of least.entries()) {
    const actual = version[index] ?? 0;
    if (actual !== needed) return actual > needed;
  }
  return true;
}

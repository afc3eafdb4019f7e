// SPDX-License-Identifier: Apache-2.0
import type { HostCapabilities, Proof } from "./capabilities.ts";
import { engineShortfalls, provenTiers } from "./proven.ts";

/** What is to be said of one capability; `fix` is null where nothing is to be done. */
export interface HostFinding {
  readonly check: string;
  readonly state: "ok" | "warning" | "failing";
  readonly says: string;
  readonly fix: string | null;
}

const GUIDE = "docs/operating-a-provider.md, `The machine`";
const DAEMON_JSON = "/etc/docker/daemon.json";

/** What each that is not there costs, and what brings it. */
const PROOFS: readonly (readonly [keyof HostCapabilities, string, HostFinding["state"], string])[] = [
  [
    "seccomp",
    "system call filter",
    "failing",
    "run a kernel with CONFIG_SECCOMP_FILTER and an engine that was built with it",
  ],
  ["appArmor", "AppArmor", "warning", "boot with apparmor=1 security=apparmor, or offer the tier gvisor"],
  [
    "userns",
    "tier userns",
    "warning",
    `set "userns-remap": "default" in ${DAEMON_JSON} and restart the engine, before the first lease`,
  ],
  [
    "gvisor",
    "tier gvisor",
    "warning",
    `install runsc, name it under "runtimes" in ${DAEMON_JSON} and reload the engine`,
  ],
  [
    "overlayQuota",
    "root file system quota",
    "warning",
    "keep the engine's data on xfs, mounted with pquota; every root is read-only without it",
  ],
  [
    "loopVolumes",
    "bounded volumes",
    "warning",
    "run the daemon as root, with e2fsprogs and mount installed and loop devices in the kernel",
  ],
];

/** What a machine can enforce, thing by thing; its firewall and its networks are judged by those who know the settings and the offers. */
export function judgeHost(capabilities: HostCapabilities): readonly HostFinding[] {
  return [
    judgeTiers(capabilities),
    ...PROOFS.map(([key, check, state, fix]) => judgeProof(check, capabilities[key] as Proof, state, fix)),
    judgeAge(capabilities),
    ...judgeEngine(capabilities),
  ];
}

function judgeTiers(capabilities: HostCapabilities): HostFinding {
  const tiers = provenTiers(capabilities);
  const check = "isolation tiers";
  if (tiers.length > 0) return { check, state: "ok", says: `proven here: ${tiers.join(", ")}`, fix: null };
  return { check, state: "failing", says: "none is proven here: no lease is taken", fix: `see ${GUIDE}` };
}

function judgeProof(
  check: string,
  { proven, how }: Proof,
  state: HostFinding["state"],
  fix: string,
): HostFinding {
  return proven ? { check, state: "ok", says: how, fix: null } : { check, state, says: how, fix };
}

function judgeAge(capabilities: HostCapabilities): HostFinding {
  const check = "engine's age";
  const shortfalls = engineShortfalls(capabilities);
  if (shortfalls.length === 0) return { check, state: "ok", says: "new enough for strangers", fix: null };
  const says = `${shortfalls.join("; ")}: leases of strangers are refused`;
  return {
    check,
    state: "warning",
    says,
    fix: "install a newer engine, or say BERTH_ACCEPT_OLD_ENGINE=true",
  };
}

function judgeEngine({ engine: { liveRestore, cgroupVersion } }: HostCapabilities): readonly HostFinding[] {
  const check = "live restore";
  const lost = "a restart of the engine ends every workload";
  const fix = `set "live-restore": true in ${DAEMON_JSON} and reload the engine`;
  const restore: HostFinding = liveRestore
    ? { check, state: "ok", says: "workloads outlive the engine", fix: null }
    : { check, state: "warning", says: lost, fix };
  const says = `control groups of version ${cgroupVersion ?? "unknown"}`;
  const isNew = cgroupVersion === 2;
  const boot = isNew ? null : "boot with systemd.unified_cgroup_hierarchy=1";
  return [restore, { check: "control groups", state: isNew ? "ok" : "warning", says, fix: boot }];
}

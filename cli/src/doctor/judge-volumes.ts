// SPDX-License-Identifier: Apache-2.0
import type { Finding } from "./finding.ts";
import { failing, ok, unknown, warning } from "./finding.ts";

/** A chain on a developer's machine: only there volumes have no size unless it is asked for. */
const DEVELOPMENT_CHAIN = 31_337;

export interface VolumesFact {
  /** What the configuration says; null where it says nothing. */
  readonly quota: "ext4" | "none" | null;
  readonly chainId: number;
  readonly isRoot: boolean;
  readonly hasLoops: boolean;
  /** Programs that volumes with a size need and this machine lacks. */
  readonly missing: readonly string[];
}

/** Whether volumes get a hard size here, and what keeps them from it. The daemon itself tries it when it starts. */
export function judgeVolumes({ quota, chainId, isRoot, hasLoops, missing }: VolumesFact): Finding {
  const check = "volumes";
  const wanted = quota ?? (chainId === DEVELOPMENT_CHAIN ? "none" : "ext4");
  const unbounded = "volumes have no size: a tenant can fill this machine's disk";
  if (wanted === "none")
    return chainId === DEVELOPMENT_CHAIN
      ? ok(check, `${unbounded} (BERTH_VOLUME_QUOTA=none, as usual on the development chain)`)
      : warning(check, `${unbounded} (BERTH_VOLUME_QUOTA=none)`, "unset BERTH_VOLUME_QUOTA");
  if (missing.length > 0)
    return failing(
      check,
      `volumes with a size need ${missing.join(", ")}`,
      "apt-get install e2fsprogs util-linux; or BERTH_VOLUME_QUOTA=none, which lets tenants fill your disk",
    );
  if (!isRoot) return unknown(check, "run the doctor as the daemon's user: volumes with a size need root");
  if (hasLoops)
    return ok(check, "volumes have a hard size (ext4 in a file each); the daemon tries it at its start");
  return failing(
    check,
    "volumes with a size need loop devices, and there is no /dev/loop-control",
    "modprobe loop; or BERTH_VOLUME_QUOTA=none, which lets tenants fill your disk",
  );
}

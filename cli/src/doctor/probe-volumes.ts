// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { VolumesFact } from "./judge-volumes.ts";

const PROGRAMS = ["mkfs.ext4", "e2fsck", "resize2fs", "losetup", "mount", "umount", "fallocate"];
const PLACES = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** What this machine has of what volumes with a size need. */
export function probeVolumes(): Pick<VolumesFact, "isRoot" | "hasLoops" | "missing"> {
  const has = (program: string): boolean => PLACES.some((place) => existsSync(join(place, program)));
  return {
    isRoot: process.getuid?.() === 0,
    hasLoops: existsSync("/dev/loop-control"),
    missing: PROGRAMS.filter((program) => !has(program)),
  };
}

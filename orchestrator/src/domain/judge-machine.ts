// SPDX-License-Identifier: Apache-2.0
import { usedPercent, type DiskUse } from "./image.ts";
import { unknown, well, type Finding } from "./health.ts";

/** What an act on the machine came to: null, or the code of what kept it. */
export function judgeEngine(failureCode: string | null): Finding {
  if (failureCode === null) return well("The container engine answers.");
  return {
    state: "failing",
    what: `The container engine does not answer (${failureCode}).`,
    atRisk:
      "the pay of each lease whose process this machine does not show itself: it is paused after a sample interval, and resumed " +
      "when the engine answers; nothing is started or stopped, and what runs goes on running",
    next: "Look at it with `docker info`; start it with `systemctl start docker`, or correct BERTH_DOCKER_SOCKET.",
  };
}

/** Whether the daemon can write down what it is about to do. */
export function judgeJournal(failureCode: string | null): Finding {
  if (failureCode === null) return well("The journal can be written.");
  return {
    state: "failing",
    what: `The journal cannot be written (${failureCode}).`,
    atRisk: "the pay of every lease: what cannot be written down first is not done, reports included",
    next: "Make room on the disk of BERTH_DATA_DIR (`df -h`) and see who may write there; no second daemon may use it.",
  };
}

/** How full the engine's disk may be, in percent, before nothing new is begun and images that nobody needs go; and down to where they go. */
export const DISK_FULL_PERCENT = 85;
export const DISK_EASED_PERCENT = 80;

/** Whether there is room for more: null where the disk cannot be seen from here, and the code of what kept it from being seen. */
export function judgeDisk(disk: DiskUse | null, failureCode: string | null, hasBallast: boolean): Finding {
  if (!hasBallast) return FULL;
  if (failureCode !== null) return unknown(`the disk of the container engine was not told (${failureCode})`);
  if (disk === null) return UNSEEN;
  const used = usedPercent(disk);
  if (used < DISK_FULL_PERCENT) return well(`The engine's disk is ${Math.floor(used)} % full.`);
  return {
    state: "failing",
    what: `The engine's disk is ${Math.floor(used)} % full.`,
    atRisk:
      "what new leases would earn: none is begun, while what runs goes on; images that nobody needs are removed",
    next: "Make room where the engine keeps its data (`docker info`, `docker system df`), or put that on a larger disk.",
  };
}

const FULL: Finding = {
  state: "failing",
  what: "The disk of the daemon's data folder is as good as full: the journal has no ballast left to give up.",
  atRisk:
    "what new leases would earn: none is begun, while what runs goes on; once the journal cannot be written, the pay of every lease",
  next: "Make room on the disk of BERTH_DATA_DIR (`df -h`): the ballast is made again by itself from 256 MiB on.",
};

const UNSEEN: Finding = {
  state: "warning",
  what: "The engine's disk cannot be seen from here: its data is not on this machine.",
  atRisk:
    "room for everybody: nothing keeps a pull from filling that disk, and images that nobody needs stay",
  next: "Run the daemon on the engine's own machine.",
};

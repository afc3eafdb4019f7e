// SPDX-License-Identifier: Apache-2.0
import { well, type Finding } from "./health.ts";

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

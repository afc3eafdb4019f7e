// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { CRASH_POINTS, type CrashPoint } from "../../orchestrator/src/crashpoint.ts";
import {
  claiming,
  closing,
  completing,
  deploying,
  type Drive,
  forgetting,
  measuring,
  migrating,
  reporting,
  settlingUp,
} from "../helpers/crash/drives.ts";
import { stopImmortal } from "../helpers/crash/mortal-daemon.ts";
import { Scene } from "../helpers/crash/scene.ts";
import { fillPurse } from "../../scripts/demonstration/direct-lease.ts";
import { standStage, type StandingStage } from "../helpers/stage.ts";

const ROUNDS = Number(process.env["BERTH_CRASH_ROUNDS"] || "1");
const LIMIT_MS = 5 * 60_000;

/** Every transaction passes them: a start, a report, a settlement, a claim of the instance. */
const OF_A_TRANSACTION = [deploying, reporting, settlingUp, claiming];

/** How each point is come to, one after the other on the same lease. */
const WAYS: Readonly<Record<CrashPoint, readonly Drive[]>> = {
  "journal-backed-up": [migrating],
  "instance-claimed": [claiming],
  "instance-kept": [claiming],
  "manifest-kept": [deploying],
  "events-noted": [deploying],
  "intent-written": [deploying],
  "image-had": [deploying],
  "network-created": [deploying],
  "volume-created": [deploying],
  "container-created": [deploying],
  "creation-recorded": [deploying],
  "volume-helper-created": [deploying],
  "container-started": [deploying],
  "start-recorded": [deploying],
  "nonce-chosen": OF_A_TRANSACTION,
  "transaction-signed": OF_A_TRANSACTION,
  "transaction-kept": OF_A_TRANSACTION,
  "transaction-sent": OF_A_TRANSACTION,
  "transaction-acknowledged": OF_A_TRANSACTION,
  "receipt-found": OF_A_TRANSACTION,
  "receipt-kept": OF_A_TRANSACTION,
  "sample-taken": [measuring],
  "sample-kept": [measuring],
  "report-root-kept": [reporting],
  "settlement-planned": [settlingUp],
  "close-seen": [closing],
  "container-stopped": [closing],
  "container-removed": [closing],
  "network-removed": [closing],
  "volume-removed": [closing],
  "forgetting-begun": [forgetting],
};

/** What is looked at after a kill besides what is looked at after all. */
const CHECKED: ReadonlyMap<Drive, string> = new Map([
  [deploying, "one start"],
  [measuring, "same process, no report"],
  [reporting, "same process, one report if signed and kept, else none"],
  [settlingUp, "same process, one settlement if signed and kept, else none"],
  [claiming, "same process, one claim"],
  [migrating, "same process, the backup, and the journal at its new version"],
  [completing, "one completion"],
  [closing, "nothing left"],
  [forgetting, "nothing left"],
]);
const CHECKED_ALWAYS =
  "After all: one container, started once; one of each of the lease's events; every unit where the service clock puts it; " +
  "no transaction undone, none waiting, no nonce missing; nothing left on the engine; a whole journal without a loose end.";

describe("a daemon that is killed at each crash point, and started again", function () {
  this.timeout(LIMIT_MS);
  let standing: StandingStage;
  const kills = new Map<CrashPoint, Drive[]>();

  before(async function () {
    standing = await standStage(this);
    await fillPurse(standing.stage);
    await stopImmortal(standing.stage);
  });

  after(async () => {
    await standing?.takeDown();
    console.table(
      [...kills].map(([point, ways]) => ({
        point,
        kills: ways.length,
        checked: [...new Set(ways)].map((way) => CHECKED.get(way)).join("; "),
      })),
    );
    console.log(CHECKED_ALWAYS);
  });

  it("comes to more than twenty of them", () => {
    expect(CRASH_POINTS.length).to.be.at.least(20);
    expect(ROUNDS).to.be.at.least(1);
  });

  /** Once a round. */
  function test(title: string, point: CrashPoint, ways: readonly Drive[]): void {
    for (let round = 1; round <= ROUNDS; round += 1) {
      it(`${point}: ${title} (${round}/${ROUNDS})`, async () => {
        const scene = await Scene.begin(standing.stage);
        try {
          for (const drive of ways) {
            await stopImmortal(standing.stage);
            await drive(scene, point);
            kills.set(point, [...(kills.get(point) ?? []), drive]);
          }
          await scene.end();
        } catch (error) {
          await scene.abandon();
          throw error;
        }
      });
    }
  }

  for (const point of CRASH_POINTS) {
    const ways = WAYS[point];
    test("everything happens once, and nothing is left behind", point, ways);
    if (ways === OF_A_TRANSACTION) test("a job ends once, and nothing is left behind", point, [completing]);
  }
});

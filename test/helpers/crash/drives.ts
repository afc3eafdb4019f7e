// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import type { CrashPoint } from "../../../orchestrator/src/crashpoint.ts";
import { BACK_TO_ONE } from "../../../orchestrator/src/store/test/back-to-one.ts";
import { tenantProcesses } from "./engine.ts";
import { journalPath } from "./journal.ts";
import {
  OFTEN,
  RARELY,
  type Settings,
  settling,
  startImmortal,
  startMortal,
  TAKING_OVER,
} from "./mortal-daemon.ts";
import type { Scene } from "./scene.ts";
import { awaitStatus, handOver } from "./tenant.ts";

/** A way to a crash point: kills the daemon there once, starts it again, and looks at what became of it. */
export type Drive = (scene: Scene, point: CrashPoint) => Promise<void>;

/** From here on a transaction is written down: it happens, whatever becomes of the daemon. */
const WRITTEN_DOWN: readonly CrashPoint[] = [
  "transaction-kept",
  "transaction-sent",
  "transaction-acknowledged",
  "receipt-found",
  "receipt-kept",
];

/** From here on the next daemon knows by itself that the instance is its own. */
const KNOWN_AS_CLAIMED: readonly CrashPoint[] = ["receipt-kept", "instance-claimed", "instance-kept"];

/** A lease is brought up: the daemon finds it opened, and is sent its manifest. */
export const deploying: Drive = async (scene, point) => {
  const { stage } = scene;
  await scene.reportByOwner();
  const lease = await scene.open();
  const mortal = startMortal(stage, point, RARELY);
  const isTaken = await handOver(stage, lease, mortal.hasDied);
  await mortal.dead();
  const before = await tenantProcesses(stage);
  await startImmortal(stage, RARELY);
  if (!isTaken && point !== "manifest-kept") await handOver(stage, lease, () => false);
  await awaitStatus(stage, lease, "active");
  await scene.expectServed(before);
  expect(await scene.countOf("start")).to.equal(1);
};

/** The tenant ends a lease that runs. */
export const closing: Drive = async (scene, point) => {
  const { stage } = scene;
  await scene.reportByOwner();
  const lease = await scene.open();
  const mortal = startMortal(stage, point, RARELY);
  await handOver(stage, lease, mortal.hasDied);
  await awaitStatus(stage, lease, "active");
  await scene.expectServed([]);
  await scene.close();
  await mortal.dead();
  await startImmortal(stage, RARELY);
};

/** As `closing`, where no earlier lease is left to be forgotten before this one. */
export const forgetting: Drive = async (scene, point) => {
  await scene.leavePastBehind();
  await closing(scene, point);
};

/** A job has ended, and its lease with it: the transaction after that of its start. */
export const completing: Drive = async (scene, point) => {
  const { stage } = scene;
  await scene.reportByOwner();
  const lease = await scene.open("job");
  const mortal = startMortal(stage, point, RARELY, 2);
  await handOver(stage, lease, mortal.hasDied);
  await mortal.dead();
  expect(await scene.countOf("start")).to.equal(1);
  expect(await tenantProcesses(stage)).to.deep.equal([]);
  await startImmortal(stage, RARELY);
  await awaitStatus(stage, lease, "closed");
  expect(await scene.countOf("complete")).to.equal(1);
};

/** A lease that runs is measured. */
export const measuring: Drive = (scene, point) =>
  whileServing(scene, point, { name: "report", settings: RARELY, restart: RARELY });

/** A lease that runs is reported. */
export const reporting: Drive = (scene, point) =>
  whileServing(scene, point, { name: "report", settings: OFTEN, restart: RARELY });

/** What a lease that runs has earned is settled. */
export const settlingUp: Drive = async (scene, point) => {
  await scene.run();
  await scene.earn();
  const settle = { name: "settle", settings: settling(scene.stage), restart: RARELY };
  await whileServing(scene, point, settle);
};

/** The daemon takes the instance back from another, while a lease runs. */
export const claiming: Drive = async (scene, point) => {
  await scene.run();
  await scene.claimByOwner();
  const restart = KNOWN_AS_CLAIMED.includes(point) ? RARELY : TAKING_OVER;
  await whileServing(scene, point, { name: "claimInstance", settings: TAKING_OVER, restart });
};

/** A newer daemon finds the journal of an older one, while a lease runs. */
export const migrating: Drive = async (scene, point) => {
  await scene.run();
  const folder = dirname(journalPath(scene.stage));
  const backups = (): number => readdirSync(folder).filter((name) => name.includes("backup")).length;
  const made = backups();
  const journal = new DatabaseSync(journalPath(scene.stage));
  const version = versionOf(journal);
  journal.exec(BACK_TO_ONE);
  expect(versionOf(journal)).not.to.equal(version);
  journal.close();
  await whileServing(scene, point, { name: "nothing", settings: RARELY, restart: RARELY });
  expect(backups()).to.equal(made + 2);
  const migrated = new DatabaseSync(journalPath(scene.stage), { readOnly: true });
  expect(versionOf(migrated)).to.equal(version);
  migrated.close();
};

function versionOf(journal: DatabaseSync): unknown {
  return journal.prepare("PRAGMA user_version").get()?.["user_version"];
}

/** What the daemon does by itself, the name of the call that it makes, and how it goes on afterwards. */
interface Doing {
  readonly name: string;
  readonly settings: Settings;
  readonly restart: Settings;
}

async function whileServing(
  scene: Scene,
  point: CrashPoint,
  { name, settings, restart }: Doing,
): Promise<void> {
  const { stage } = scene;
  await scene.run();
  await scene.reportByOwner();
  const before = await tenantProcesses(stage);
  expect(before).to.have.length(1);
  const done = await scene.countOf(name);
  await startMortal(stage, point, settings).dead();
  expect(await tenantProcesses(stage)).to.deep.equal(before);
  await startImmortal(stage, restart);
  await scene.expectServed(before);
  expect((await scene.countOf(name)) - done, name).to.equal(effectsOf(name, point));
}

/** How often the call is to have happened once the next daemon is ready: only a claim is made up for before that. */
function effectsOf(name: string, point: CrashPoint): number {
  return name === "claimInstance" || WRITTEN_DOWN.includes(point) ? 1 : 0;
}

// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import type { EgressScene } from "../helpers/egress-scene.ts";
import { OwnEngine, requireOwnEngine } from "../helpers/own-engine.ts";

const SCENE = fileURLToPath(new URL("../helpers/egress-scene.ts", import.meta.url));
const LIMIT_MS = 400_000;

describe("a daemon whose egress firewall cannot be proved at first", function () {
  this.timeout(LIMIT_MS + 60_000);
  let own: OwnEngine;
  let scene: EgressScene;

  before(async function () {
    requireOwnEngine(this);
    own = await OwnEngine.start(false);
    const pid = readFileSync(join(dirname(own.socketPath), "pid"), "utf8").trim();
    const within = ["-t", pid, "-n", process.execPath, "--import", "tsx", SCENE];
    const env = { ...process.env, DOCKER_HOST: `unix://${own.socketPath}` };
    const { stdout } = await promisify(execFile)("nsenter", within, { env, timeout: LIMIT_MS });
    scene = JSON.parse(stdout) as EgressScene;
  });

  after(() => own?.takeDown());

  it("begins no new lease until a probe has passed, and tells why", () => {
    expect(scene.held.workloads).to.equal(1);
    expect(scene.held.amiss).to.deep.equal(["egress"]);
    expect(scene.held.log).to.contain("E_EGRESS_UNPROVED");
  });

  it("begins it by itself once the probe has passed", () => {
    expect(scene.begun.workloads).to.equal(2);
    expect(scene.begun.applied).to.deep.equal(['berth_egress_applied_total{why="started"} 1']);
  });

  it("puts the rules back when somebody deletes them, counts it and says so", () => {
    expect(scene.restored.applied).to.include('berth_egress_applied_total{why="disturbed"} 1');
    expect(scene.restored.log).to.contain('"egress":"disturbed"');
  });

  it("never touches the lease that ran before, and leaves the rules when it ends, because leases go on", () => {
    const [start] = scene.first;
    expect(Number(start)).to.be.above(0);
    expect(scene.first).to.deep.equal([start, start, start]);
    expect(scene.outliveIt).to.equal(true);
  });
});

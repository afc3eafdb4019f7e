// SPDX-License-Identifier: Apache-2.0
import { FakeDockerEngine } from "../../../test/fake-engine/fake-engine.ts";
import type { EngineCount } from "./engine.ts";
import { IMAGE, PROGRAM } from "./manifests.ts";

/** A fake Docker Engine in a process of its own, which answers whoever started it with what is really so. */
const engine = await FakeDockerEngine.start({ images: { [IMAGE]: PROGRAM } });

process.on("message", () => process.send?.(count()));
process.once("disconnect", () => void engine.close().then(() => process.exit(0)));
process.send?.(engine.socketPath);

/** What the daemon starts for a moment, to see what the engine's containers may do, is no workload. */
const isWorkload = (name: string): boolean => !name.startsWith("berth-probe-");
const DISTURBS = /\/(stop|kill|restart|pause|unpause|update)$/;

function count(): EngineCount {
  const { truth } = engine;
  const started = truth.started().filter(isWorkload);
  return {
    running: truth.running().filter(({ name }) => isWorkload(name)).length,
    starts: started.reduce((sum, name) => sum + truth.starts(name).length, 0),
    disturbances: [...truth.calls()]
      .filter(([endpoint]) => DISTURBS.test(endpoint))
      .reduce((sum, [, calls]) => sum + calls, 0),
    requests: Object.fromEntries(truth.calls()),
  };
}

// SPDX-License-Identifier: Apache-2.0
import { NO_LIMITS, type Gpu, type Inventory } from "@berth/sdk/hardware";
import { expect } from "chai";
import { keepingLog } from "../test/logs.ts";
import { ManualClock } from "../test/manual-clock.ts";
import { HardwareWatch } from "./watch.ts";

const never = new AbortController().signal;
const gpu = (uuid: string, fault: string | null = null): Gpu => ({
  ...{ vendor: "nvidia", uuid, model: "nvidia-t4", memoryMiB: 15_360, driver: "580", fault },
});

class Machine {
  readonly clock = new ManualClock();
  readonly log = keepingLog();
  inventory: Inventory | Error = {
    cpuMillis: 10_000,
    memoryMiB: 2_048,
    storageMiB: 1_000,
    gpus: [gpu("GPU-1")],
  };
  readonly watch = new HardwareWatch({
    look: async () => {
      if (this.inventory instanceof Error) throw this.inventory;
      return this.inventory;
    },
    ...{ limits: NO_LIMITS, clock: this.clock, log: this.log, interval: 30_000 },
  });

  gpus(...gpus: readonly Gpu[]): void {
    this.inventory = { cpuMillis: 10_000, memoryMiB: 2_048, storageMiB: 1_000, gpus };
  }

  said(): readonly string[] {
    return this.log.said.map(({ message }) => message);
  }
}

describe("the watch over the hardware", () => {
  it("knows nothing before the first look, and then what is left but for the reserve", async () => {
    const { watch } = new Machine();
    expect(watch.capacity()).to.equal(null);
    expect(await watch.look(never)).to.equal(true);
    expect(watch.capacity()).to.deep.include({ cpuMillis: 9_000, memoryMiB: 1_024, gpus: [gpu("GPU-1")] });
  });

  it("tells of a GPU that is lost or at fault, once, and gives it to nobody", async () => {
    const machine = new Machine();
    machine.gpus(gpu("GPU-1"), gpu("GPU-2"), gpu("GPU-3"));
    await machine.watch.look(never);
    machine.gpus(gpu("GPU-1"), gpu("GPU-2", "it has had 3 memory errors that ECC could not correct"));
    expect(await machine.watch.look(never)).to.equal(true);
    expect(await machine.watch.look(never)).to.equal(false);
    expect(machine.watch.capacity()?.gpus.map(({ uuid }) => uuid)).to.deep.equal(["GPU-1"]);
    const told = ["GPU is at fault", "GPU is not seen any more"];
    expect(machine.said().filter((message) => told.includes(message))).to.deep.equal(told);
  });

  it("believes what it saw for a while when a look fails, and then knows nothing: that is not nothing being there", async () => {
    const machine = new Machine();
    await machine.watch.look(never);
    machine.inventory = new Error("Failed to initialize NVML: Driver/library version mismatch");
    await machine.clock.advance(60_000);
    expect(await machine.watch.look(never)).to.equal(false);
    expect(machine.watch.capacity()?.gpus).to.have.length(1);
    await machine.clock.advance(60_000);
    await machine.watch.look(never);
    expect(machine.watch.capacity()).to.equal(null);
    expect(
      machine.said().filter((message) => message === "the machine does not tell what it has"),
    ).to.have.length(1);
    machine.gpus(gpu("GPU-1"));
    await machine.watch.look(never);
    expect(machine.watch.capacity()?.gpus).to.have.length(1);
  });
});

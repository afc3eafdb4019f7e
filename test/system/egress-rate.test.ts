// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { systemClock } from "../../orchestrator/src/config/system-clock.ts";
import { patient, see, sweep } from "../../orchestrator/src/runtime/contract-fixtures.ts";
import { iptablesBackend, nftables, type Backend } from "../../orchestrator/src/runtime/firewall/backend.ts";
import { EgressGuard } from "../../orchestrator/src/runtime/firewall/guard.ts";
import { hostFacts } from "../../orchestrator/src/runtime/firewall/host-facts.ts";
import type { Shell } from "../../orchestrator/src/runtime/firewall/shell.ts";
import { keepingLog } from "../../orchestrator/src/test/logs.ts";
import { datagrams, drinking, pouring, pouringOut } from "../helpers/egress-programs.ts";
import { LeaseWorld, NEAR, PUBLIC } from "../helpers/lease-world.ts";
import { requireOwnEngine } from "../helpers/own-engine.ts";

const BACKENDS: readonly (readonly [string, (shell: Shell) => Backend])[] = [
  ["nftables", nftables],
  ["iptables", iptablesBackend],
];
const MBIT = 1_000_000;
/** What may go out at once beside the rate is gone by then. */
const SETTLED_MS = 3_000;
const MEASURED_MS = 5_000;
/** A program that was kept waiting on a machine with much to do is measured for longer, from the same beginning. */
const SPANS = 6;

type Range = readonly [least: number, most: number];

interface Seen {
  readonly at: number;
  readonly bytes: readonly number[];
}

/** A program in the network of a process, whose first line says that it has begun. */
type Program = readonly [pid: number, code: string];

describe("what a lease sends", function () {
  this.timeout(120_000);
  let world: LeaseWorld;

  before(async function () {
    requireOwnEngine(this);
    world = await LeaseWorld.start();
    await world.lease(1n);
    await world.lease(1n, { name: "db", ports: [] });
    await world.lease(2n, { command: ["busybox", "sleep", "1000"] });
  });

  after(async () => {
    if (world === undefined) return;
    await sweep(world.runtime);
    await world.takeDown();
  });

  afterEach(async () => {
    const mangle = (program: string) => `${program} -t mangle -F && ${program} -t mangle -X`;
    await world.must(
      `nft delete table inet berth 2>/dev/null || true; ${mangle("iptables")}; ${mangle("ip6tables")}`,
    );
  });

  it("goes out as it is sent where there is no firewall", async () => {
    const { pid } = await world.inspect(1n);
    await outside([36, 44], ["udp dport 9001"], [pid, datagrams(PUBLIC[4], 9001)]);
  });

  for (const [name, make] of BACKENDS) {
    describe(`by ${name}`, () => {
      it("is held to the rate within a twentieth, for each lease by itself", async () => {
        await bound(make, 10);
        await outside(
          [9.5, 10.5],
          ["udp dport 9001", "udp dport 9002"],
          [(await world.inspect(1n)).pid, datagrams(PUBLIC[4], 9001)],
          [(await world.inspect(2n)).pid, datagrams("1.1.1.1", 9002)],
        );
      });

      it("is held to another rate as soon as the provider says another one", async () => {
        await bound(make, 30);
        await bound(make, 10);
        const { pid } = await world.inspect(1n);
        await outside([9.5, 10.5], ["udp dport 9001"], [pid, datagrams(PUBLIC[4], 9001)]);
      });

      it("is held on a connection, and in answer to whoever comes in by a published port", async () => {
        await bound(make, 20);
        const { pid } = await world.inspect(2n);
        await outside([10, 21], ["tcp dport 80"], [pid, pouring(PUBLIC[4], 80)]);
        const port = (await see(world.runtime, 2n, "web")).endpoints[0]?.port ?? 0;
        await outside(
          [10, 21],
          [`tcp sport ${port}`],
          [pid, pouringOut(8080)],
          [world.outside.pid, drinking(NEAR[4], port)],
        );
      });

      it("is free between the services of a lease, whether or not frames within a bridge pass the rules", async () => {
        const [web, db] = [await world.inspect(1n), await world.inspect(1n, "db")];
        for (const filtered of [0, 1]) {
          await world.must(`sysctl -qw net.bridge.bridge-nf-call-iptables=${filtered}`);
          await bound(make, 10);
          await expectRates(db.pid, [36, 44], ["udp dport 9001"], [web.pid, datagrams(db.address, 9001)]);
        }
      });
    });
  }

  /** Puts rules with this rate in force, as the daemon does. */
  async function bound(make: (shell: Shell) => Backend, mbit: number): Promise<void> {
    const guard = new EgressGuard({
      choose: async () => make(world.shell),
      facts: (signal) => hostFacts(world.shell, signal),
      prove: (signal) => world.probe(signal),
      ...{
        allowed: [],
        mbit,
        interval: 200,
        clock: systemClock,
        log: keepingLog(),
        applied: () => undefined,
      },
    });
    await guard.apply(patient());
  }

  const outside = (within: Range, kinds: readonly string[], ...programs: readonly Program[]) =>
    expectRates(world.outside.pid, within, kinds, ...programs);

  /**
   * Mbit a second of each kind of packets that come to the network of the process while the programs run, as its kernel counts them, are
   * within the range, all of the time since the beginning taken together.
   */
  async function expectRates(
    pid: number,
    [least, most]: Range,
    kinds: readonly string[],
    ...programs: readonly Program[]
  ): Promise<void> {
    const counting = kinds.map((kind) => `nft add rule inet seen arriving ${kind} counter`);
    await world.must(
      `nft add table inet seen
      nft 'add chain inet seen arriving { type filter hook prerouting priority -400; }'
      ${counting.join("\n")}`,
      pid,
    );
    const running = programs.map((program) => world.program(...program));
    try {
      for (const program of running) await program.next();
      await delay(SETTLED_MS);
      const first = await seenAt(pid);
      let rates: readonly number[] = [];
      for (let span = 0; span < SPANS; span += 1) {
        await delay(MEASURED_MS);
        rates = ratesBetween(first, await seenAt(pid));
        if (rates.every((mbit) => mbit >= least && mbit <= most)) return;
      }
      for (const mbit of rates) expect(mbit).to.be.within(least, most);
    } finally {
      for (const program of running) await program.return();
      await world.must("nft delete table inet seen", pid);
    }
  }

  function ratesBetween(first: Seen, last: Seen): readonly number[] {
    const seconds = last.at - first.at;
    return last.bytes.map((bytes, index) => ((bytes - (first.bytes[index] ?? 0)) * 8) / MBIT / seconds);
  }

  /** Bytes of each kind, and the machine's own seconds at that moment: a test's clock would count how long programs take to start. */
  async function seenAt(pid: number): Promise<Seen> {
    const { stdout } = await world.must("nft list table inet seen; cat /proc/uptime", pid);
    const bytes = [...stdout.matchAll(/bytes (\d+)/g)].map(([, counted]) => Number(counted));
    return { at: Number(stdout.trim().split("\n").at(-1)?.split(" ")[0]), bytes };
  }
});

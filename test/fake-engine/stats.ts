// SPDX-License-Identifier: Apache-2.0
import type { FakeContainer } from "./objects.ts";
import type { Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";
import { objectTime } from "./times.ts";
import type { Load } from "./usage.ts";

/** Which of the kernel's two ways to account for containers the machine has: their figures have different names. */
export type Cgroup = 1 | 2;

/** Memory of the file cache that every fake container has and the kernel can take back. */
const CACHE_BYTES = 450_560;
const NO_LIMIT = 9_223_372_036_854_771_712;
const NO_CPU = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};
const LISTS = [
  ...["io_service_bytes_recursive", "io_serviced_recursive", "io_queue_recursive"],
  ...["io_service_time_recursive", "io_wait_time_recursive", "io_merged_recursive"],
  ...["io_time_recursive", "sectors_recursive"],
];

/** One measurement; that of a container that does not run has no time and no memory, as the engine tells it. */
export function stats(state: EngineState, nameOrId: string, cgroup: Cgroup): Reply {
  const container = state.needContainer(nameOrId);
  const { name, id } = container;
  const never = objectTime(null);
  const shell = {
    preread: never,
    num_procs: 0,
    storage_stats: {},
    precpu_stats: NO_CPU,
    name: `/${name}`,
    id,
  };
  if (container.pid === null) {
    const empty = { read: never, pids_stats: {}, blkio_stats: blockStats(null) };
    return { status: 200, json: { ...shell, ...empty, cpu_stats: NO_CPU, memory_stats: {} } };
  }
  return {
    status: 200,
    json: { ...shell, read: objectTime(state.now()), ...figures(container, state.passed(), cgroup) },
  };
}

function figures(container: FakeContainer, passed: number, cgroup: Cgroup): object {
  const { cpuNanos, rxBytes, txBytes } = container.usage.totals(passed);
  const eth0 = { rx_bytes: rxBytes, rx_packets: 0, rx_errors: 0, rx_dropped: 0 };
  const networks = { eth0: { ...eth0, tx_bytes: txBytes, tx_packets: 0, tx_errors: 0, tx_dropped: 0 } };
  return {
    pids_stats: { current: 1 },
    blkio_stats: blockStats(cgroup === 1 ? [] : null),
    cpu_stats: {
      cpu_usage: {
        total_usage: cpuNanos,
        ...(cgroup === 1 && { percpu_usage: [cpuNanos] }),
        ...{ usage_in_kernelmode: 0, usage_in_usermode: cpuNanos },
      },
      ...{ system_cpu_usage: passed * 1_000_000, online_cpus: 1, throttling_data: NO_CPU.throttling_data },
    },
    memory_stats: cgroup === 1 ? memory1(container.usage.load) : memory2(container.usage.load),
    ...(container.networkName !== "none" && { networks }),
  };
}

function memory1({ memoryBytes }: Load): object {
  const usage = memoryBytes + CACHE_BYTES;
  const own = { cache: CACHE_BYTES, rss: memoryBytes, inactive_file: CACHE_BYTES, active_anon: memoryBytes };
  const total = Object.fromEntries(Object.entries(own).map(([key, value]) => [`total_${key}`, value]));
  return { usage, max_usage: usage, stats: { ...own, ...total }, limit: NO_LIMIT };
}

function memory2({ memoryBytes }: Load): object {
  const stats = { anon: memoryBytes, file: CACHE_BYTES, inactive_file: CACHE_BYTES, active_file: 0 };
  return { usage: memoryBytes + CACHE_BYTES, stats, limit: NO_LIMIT };
}

function blockStats(list: readonly [] | null): object {
  return Object.fromEntries(LISTS.map((name) => [name, list]));
}

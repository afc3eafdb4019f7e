// SPDX-License-Identifier: Apache-2.0
import type { FakeContainer, FakeNetwork, LoggedLine, PortBinding } from "./objects.ts";
import type { Program } from "./programs.ts";
import { DONE, EngineRefusal, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";

const NOT_MODIFIED: Reply = { status: 304 };
const EXIT_TERMINATED = 143;
const EXIT_KILLED = 137;
const EXIT_NOT_FOUND = 127;
const EXIT_NO_NETWORK = 128;
const NANO_CPUS_PER_MILLI = 1_000_000;
/** Network modes that need no network of the engine's. */
const OWN_MODES = ["none", "host", "default", "bridge"];

export function start(state: EngineState, nameOrId: string): Reply {
  const container = state.needContainer(nameOrId);
  if (container.status === "paused") {
    throw new EngineRefusal(409, "cannot start a paused container, try unpause instead");
  }
  if (container.pid !== null) return NOT_MODIFIED;
  const network = networkOf(state, container);
  const program = programOf(state, container);
  refuseHeldPorts(state, container);
  begin(state, container, program, network?.id ?? null);
  return DONE;
}

/** Asks the program to end, and kills it after the grace; the answer waits for the end. */
export async function stop(state: EngineState, nameOrId: string, graceSeconds: number): Promise<Reply> {
  const container = state.needContainer(nameOrId);
  if (container.pid === null) return NOT_MODIFIED;
  if (container.status === "paused") unpause(state, nameOrId);
  const { pid } = container;
  const ended = new Promise<void>((resolve) => {
    const follow = (line: LoggedLine | null) => (line === null ? resolve() : undefined);
    container.followers.add(follow);
  });
  const onTerm = container.program?.onTerm;
  const polite = onTerm === undefined ? { afterMs: 0, exitCode: EXIT_TERMINATED } : onTerm;
  if (polite !== null) plan(state, container, polite.afterMs, () => end(state, container, polite.exitCode));
  const { boot } = state;
  const kill = () => (state.boot === boot ? end(state, container, EXIT_KILLED) : undefined);
  plan(state, container, graceSeconds * 1000, kill);
  state.agenda.settle();
  if (container.pid === pid) await ended;
  return DONE;
}

export function pause(state: EngineState, nameOrId: string): Reply {
  const container = state.needContainer(nameOrId);
  if (container.pid === null) throw new EngineRefusal(409, `Container ${container.id} is not running`);
  if (container.status === "paused")
    throw new EngineRefusal(409, `Container ${container.id} is already paused`);
  container.status = "paused";
  container.usage.halt(state.passed());
  return DONE;
}

export function unpause(state: EngineState, nameOrId: string): Reply {
  const container = state.needContainer(nameOrId);
  if (container.status !== "paused") throw new EngineRefusal(500, `Container ${container.id} is not paused`);
  container.status = "running";
  container.usage.goOn(state.passed());
  return DONE;
}

/** Ends the container's processes, whoever wanted it. */
export function end(state: EngineState, container: FakeContainer, exitCode: number, oomKilled = false): void {
  container.usage.halt(state.passed());
  const incarnation = state.history.get(container.name)?.at(-1);
  if (incarnation !== undefined) incarnation.endedAt = state.passed();
  for (const cancel of container.planned) cancel();
  Object.assign(container, {
    ...{ status: "exited", pid: null, exitCode, oomKilled, planned: [], ports: new Map() },
    finishedAt: endOf(state.now(), container),
    health: container.health === null ? null : "unhealthy",
  } satisfies Partial<FakeContainer>);
  for (const follow of [...container.followers]) follow(null);
  container.followers.clear();
}

/** Writes a line into the container's log, as its program would. */
export function write(
  state: EngineState,
  container: FakeContainer,
  stream: LoggedLine["stream"],
  text: string,
): void {
  const line = { at: state.now(), stream, text };
  container.log.push(line);
  for (const follow of [...container.followers]) follow(line);
}

/** A container that ran once holds on to the very network that it joined, and does not take another of the same name. */
function networkOf(state: EngineState, container: FakeContainer): FakeNetwork | undefined {
  const { networkId, networkName } = container;
  if (OWN_MODES.includes(networkName)) return undefined;
  const network = networkId === null ? state.findNetwork(networkName) : state.networks.get(networkId);
  if (network !== undefined) return network;
  const message = `network ${networkId ?? networkName} not found`;
  throw startFailed(container, EXIT_NO_NETWORK, new EngineRefusal(404, message));
}

/** With an init of the engine's the container starts whatever its words are, and that init ends when it finds no program. */
function programOf(state: EngineState, container: FakeContainer): Program {
  const program = state.programs(container.words);
  if (program !== undefined) return program;
  if (container.config.HostConfig?.Init === true) return { end: { afterMs: 0, exitCode: EXIT_NOT_FOUND } };
  const what = "failed to create shim task: OCI runtime create failed: runc create failed: ";
  const why = `unable to start container process: exec: "${container.words[0] ?? ""}": executable file not found in $PATH: unknown`;
  throw startFailed(container, EXIT_NOT_FOUND, new EngineRefusal(400, what + why));
}

function startFailed(container: FakeContainer, exitCode: number, refusal: EngineRefusal): EngineRefusal {
  container.error = refusal.message;
  if (container.exitCode === 0) container.exitCode = exitCode;
  return refusal;
}

function begin(
  state: EngineState,
  container: FakeContainer,
  program: Program,
  networkId: string | null,
): void {
  const { name, id, config, history } = { ...container, history: state.history };
  const pid = state.names.pid();
  const startedAt = startOf(state.now(), container);
  const hasCheck = ![undefined, "NONE"].includes(config.Healthcheck?.Test?.[0]);
  Object.assign(container, {
    ...{ status: "running", pid, startedAt, networkId, program, ports: publish(state, container) },
    ...{ exitCode: 0, error: "", oomKilled: false, health: hasCheck ? "starting" : null },
  } satisfies Partial<FakeContainer>);
  history.set(name, [
    ...(history.get(name) ?? []),
    { containerId: id, pid, startedAt: state.passed(), endedAt: null },
  ]);
  const cpuLimit = (config.HostConfig?.NanoCpus ?? 0) / NANO_CPUS_PER_MILLI || Infinity;
  if (program.load !== undefined) container.usage.change(state.passed(), program.load);
  container.usage.begin(state.passed(), cpuLimit);
  for (const { afterMs, stream, text } of program.output ?? [])
    plan(state, container, afterMs, () => write(state, container, stream, text));
  const { end: own } = program;
  if (own !== undefined) plan(state, container, own.afterMs, () => end(state, container, own.exitCode));
  state.agenda.settle();
}

/** No two incarnations have one start: the engine tells it in nanoseconds, we in milliseconds. */
function startOf(now: number, { startedAt, finishedAt }: FakeContainer): number {
  return now === startedAt || now + 1 === finishedAt ? now + 1 : now;
}

function endOf(now: number, { startedAt }: FakeContainer): number {
  return now + 1 === startedAt ? startedAt : now;
}

function publish(
  state: EngineState,
  { config, networkName }: FakeContainer,
): ReadonlyMap<string, readonly PortBinding[] | null> {
  if (networkName === "none") return new Map();
  const wanted = config.HostConfig?.PortBindings ?? {};
  const keys = new Set([...Object.keys(config.ExposedPorts ?? {}), ...Object.keys(wanted)]);
  return new Map(
    [...keys].map((key) => [
      key,
      wanted[key]?.map(({ HostIp = "", HostPort = "" }) => ({
        HostIp: HostIp === "" ? "0.0.0.0" : HostIp,
        HostPort: HostPort === "" ? String(state.names.port()) : HostPort,
      })) ?? null,
    ]),
  );
}

/** A port of the host is one container's, or one program's. */
function refuseHeldPorts(state: EngineState, container: FakeContainer): void {
  const { config, name, id, networkName } = container;
  const given = new Set(
    state
      .alive()
      .flatMap(({ ports }) =>
        [...ports].flatMap(([key, hosts]) =>
          (hosts ?? []).map(({ HostPort }) => `${HostPort}/${key.split("/")[1]}`),
        ),
      ),
  );
  for (const [key, bindings] of networkName === "none"
    ? []
    : Object.entries(config.HostConfig?.PortBindings ?? {}))
    for (const { HostIp = "0.0.0.0", HostPort = "" } of bindings) {
      const port = `${HostPort}/${key.split("/")[1]}`;
      const why = given.has(port)
        ? `Bind for ${HostIp}:${HostPort} failed: port is already allocated`
        : `Error starting userland proxy: listen ${key.split("/")[1]}4 ${HostIp}:${HostPort}: bind: address already in use`;
      if (!given.has(port) && !state.heldPorts.has(port)) continue;
      const what = `driver failed programming external connectivity on endpoint ${name} (${id}): ${why}`;
      throw startFailed(container, EXIT_NO_NETWORK, new EngineRefusal(500, what));
    }
}

function plan(state: EngineState, container: FakeContainer, afterMs: number, act: () => void): void {
  container.planned.push(state.agenda.after(afterMs, act));
}

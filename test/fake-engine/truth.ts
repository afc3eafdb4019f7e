// SPDX-License-Identifier: Apache-2.0
import type { Incarnation } from "./objects.ts";
import { isPredefined } from "./networks.ts";
import type { EngineServer } from "./server.ts";
import type { EngineState } from "./state.ts";

export interface Running extends Omit<Incarnation, "endedAt"> {
  readonly name: string;
  readonly isFrozen: boolean;
}

/** What is really so, whatever the API would say or not say just now. */
export class Truth {
  readonly #state: EngineState;
  readonly #server: EngineServer;

  constructor(state: EngineState, server: EngineServer) {
    this.#state = state;
    this.#server = server;
  }

  /** Containers whose processes live, frozen or not, in the order in which they were made. */
  running(): readonly Running[] {
    return this.#state
      .alive()
      .flatMap(({ name, id: containerId, pid, startedAt, status }) =>
        pid === null || startedAt === null
          ? []
          : [{ name, containerId, pid, startedAt, isFrozen: status === "paused" }],
      );
  }

  /** Every start of a container of this name, removed ones included, oldest first. */
  starts(name: string): readonly Incarnation[] {
    return this.#state.history.get(name) ?? [];
  }

  /** Every container name that was ever started. */
  started(): readonly string[] {
    return [...this.#state.history.keys()];
  }

  /** Process number of the container; null unless it runs. */
  pid(name: string): number | null {
    return this.#state.findContainer(name)?.pid ?? null;
  }

  /** Names of all containers, running or not. */
  containers(): readonly string[] {
    return [...this.#state.containers.values()].map(({ name }) => name);
  }

  /** Names of all networks but those that every engine has; a name comes twice if two networks have it. */
  networks(): readonly string[] {
    return [...this.#state.networks.values()]
      .filter((network) => !isPredefined(network))
      .map(({ name }) => name);
  }

  volumes(): readonly string[] {
    return [...this.#state.volumes.keys()];
  }

  /** Networks that no container names. */
  unusedNetworks(): readonly string[] {
    const used = new Set([...this.#state.containers.values()].map(({ networkName }) => networkName));
    return this.networks().filter((name) => !used.has(name));
  }

  /** Volumes that no container mounts. */
  unusedVolumes(): readonly string[] {
    const mounts = [...this.#state.containers.values()].flatMap((container) => container.mounts);
    const used = new Set(mounts.map(({ volume }) => volume));
    return this.volumes().filter((name) => !used.has(name));
  }

  /** Owner of a volume's folder, and the files in it. */
  volume(name: string): { readonly uid: number; readonly gid: number; readonly files: readonly string[] } {
    const { uid, gid, files } = this.#state.volumes.get(name) ?? absent(name);
    return { uid, gid, files: [...files] };
  }

  /** Requests so far, by endpoint such as `POST /containers/{id}/start`. */
  calls(): ReadonlyMap<string, number> {
    return new Map(this.#server.calls);
  }

  /** Requests whose answer has not ended: hung ones, stalled ones and streams. */
  openRequests(): number {
    return this.#server.open.size;
  }

  hungRequests(): number {
    return this.#server.hung;
  }

  /** Followed logs that are open. */
  followers(): number {
    return [...this.#state.containers.values()].reduce((sum, { followers }) => sum + followers.size, 0);
  }
}

function absent(name: string): never {
  throw new Error(`the fake engine has nothing called "${name}"`);
}

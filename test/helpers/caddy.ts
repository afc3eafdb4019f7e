// SPDX-License-Identifier: Apache-2.0
import { request } from "node:http";
import type Dockerode from "dockerode";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { execIn } from "../../orchestrator/src/runtime/docker/docker-fixtures.ts";
import { tar } from "../../orchestrator/src/runtime/docker/tar.ts";
import { caddyfileOf } from "./caddyfile.ts";
import { makeProgramImage } from "./program-image.ts";

const IMAGE = "berth/caddy";
export const CONFIG = "/tmp/Caddyfile";
const EMPTY = ":80 {\n}\n";

export interface Caddy {
  /** Port of loopback on which it listens for HTTP. */
  readonly port: number;
  /** Reads the labels of all containers that carry some for it, as caddy-docker-proxy does at each change. */
  reload(): Promise<void>;
  /** The names of the networks that it is in. */
  networks(): Promise<readonly string[]>;
  /** Asks it for the page of this hostname. */
  get(hostname: string): Promise<{ readonly status: number; readonly body: string }>;
  remove(): Promise<void>;
}

/** A Caddy of this machine's own in a container; null where the machine has none. It stands still, as the daemon asks. */
export async function startCaddy(name: string): Promise<Caddy | null> {
  if (!(await makeProgramImage(IMAGE, "caddy"))) return null;
  const { docker } = connectEngine({});
  const network = await docker.createNetwork({ Name: `apps-${name}` });
  const container = await docker.createContainer({
    ...{ name, Image: `${IMAGE}:local`, Cmd: ["caddy", "run", "--config", CONFIG] },
    Env: ["HOME=/tmp"],
    ExposedPorts: { "80/tcp": {} },
    HostConfig: {
      NetworkMode: `apps-${name}`,
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
      Sysctls: { "net.ipv4.ip_forward": "0" },
    },
  });
  await configure(container, []);
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const port = Number(NetworkSettings.Ports["80/tcp"]?.[0]?.HostPort);
  return {
    port,
    async reload() {
      await configure(container, await sitesOf(docker));
      const { code, output } = await execIn(name, "caddy", "reload", "--config", CONFIG);
      if (code !== 0) throw new Error(`caddy does not take its configuration: ${output}`);
    },
    async networks() {
      return Object.keys((await container.inspect()).NetworkSettings.Networks);
    },
    get: (hostname) => get(port, hostname),
    async remove() {
      await container.remove({ force: true });
      await network.remove();
    },
  };
}

/** The sites that the labels of running containers make. */
export async function sitesOf(docker: Dockerode): Promise<readonly string[]> {
  const running = await docker.listContainers({ filters: { label: ["caddy"] } });
  return running.map(({ Labels, NetworkSettings }) => {
    const networks = Object.entries(NetworkSettings.Networks);
    const addresses = networks.map(([network, { IPAddress }]) => [network, IPAddress] as const);
    return caddyfileOf(Labels, Object.fromEntries(addresses));
  });
}

/** Writes a configuration of these sites, which is read at the start or at a reload. */
export async function configure(container: Dockerode.Container, sites: readonly string[]): Promise<void> {
  const content = [EMPTY, ...sites].join("\n");
  const entry = { name: "Caddyfile", type: "file", mode: 0o644, uid: 0, gid: 0, content } as const;
  await container.putArchive(tar([entry]), { path: "/tmp" });
}

function get(port: number, hostname: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host: hostname };
    const asked = request({ host: "127.0.0.1", port, headers, timeout: 5_000 }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on("error", reject).end();
  });
}

// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type Dockerode from "dockerode";
import { parseYamlDocument } from "../../sdk/src/manifest/compose/yaml-document.ts";

export interface Compose {
  readonly name: string;
  readonly services: { readonly proxy: ProxyService };
  readonly networks: { readonly default: { readonly name: string } };
  readonly volumes: Readonly<Record<string, object>>;
}

interface ProxyService {
  readonly image: string;
  readonly container_name: string;
  readonly restart: string;
  readonly command?: readonly string[];
  /** Such as `443:443/udp`. */
  readonly ports: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
}

const KEYS: readonly string[] = [
  ...["image", "container_name", "restart", "command", "ports", "sysctls", "environment", "volumes"],
];

/** A part that nobody here looks at would not have been tried. */
function known(compose: Compose): Compose {
  const { services, networks, ...others } = compose;
  const parts = [Object.keys(others), Object.keys(services), Object.keys(networks)];
  const unknown = Object.keys(services.proxy).filter((key) => !KEYS.includes(key));
  if (JSON.stringify(parts) === '[["name","volumes"],["proxy"],["default"]]' && unknown.length === 0)
    return compose;
  throw new Error(`docs/ingress.md has what is not known here: ${JSON.stringify([...parts, unknown])}`);
}

/** What `docs/ingress.md` tells a provider to write. */
export const ingressPage = {
  /** The whole of it, or of the part under a heading. */
  text(heading = ""): string {
    const page = readFileSync(new URL("../../docs/ingress.md", import.meta.url), "utf8");
    return heading === "" ? page : (page.split(`\n### ${heading}\n`)[1]?.split(/\n##+ /)[0] ?? "");
  },

  /** The Compose file of a proxy; throws where it has a part that is not known here. */
  compose(heading: "Caddy" | "Traefik"): Compose {
    const text = /```yaml\n([^]*?)```/.exec(this.text(heading))?.[1] ?? "";
    return known(JSON.parse(JSON.stringify(parseYamlDocument(text).contents)) as Compose);
  },

  /** The variables that the daemon is given, without their comments. */
  environment(): Record<string, string> {
    return Object.fromEntries(
      [...this.text().matchAll(/^(BERTH_\w+)=(\S+)/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
  },

  /** The table of labels under a heading, its placeholders filled in. */
  labels(heading: "Caddy" | "Traefik", filled: Readonly<Record<string, string>>): Record<string, string> {
    const rows = this.text(heading).matchAll(/^\| `+([^`|]+)`+ \| (.+) \|$/gm);
    const words = (text: string): string =>
      Object.entries(filled).reduce((sum, [from, to]) => sum.replaceAll(from, to), text);
    const valueOf = (cell: string): string =>
      /^``(.+?)``/.exec(cell)?.[1] ?? /^`(.+?)`/.exec(cell)?.[1] ?? cell;
    return Object.fromEntries(
      [...rows].map(([, name = "", cell = ""]) => [words(name), words(valueOf(cell))]),
    );
  },
};

/** What Compose would ask the engine for, but for the image, the engine's socket and what it calls the volumes. */
export function asContainer({ services, networks }: Compose): Dockerode.ContainerCreateOptions {
  const { container_name: name, environment = {}, ports, sysctls, volumes } = services.proxy;
  const bindings = ports.map((each) => {
    const [host = "", inside = ""] = each.split(":");
    const key = inside.includes("/") ? inside : `${inside}/tcp`;
    return [key, [{ HostIp: "", HostPort: host }]] as const;
  });
  return {
    name,
    Env: Object.entries(environment).map(([variable, value]) => `${variable}=${value}`),
    ExposedPorts: Object.fromEntries(bindings.map(([key]) => [key, {}])),
    HostConfig: {
      NetworkMode: networks.default.name,
      PortBindings: Object.fromEntries(bindings.map(([key, hosts]) => [key, [...hosts]])),
      Sysctls: sysctls,
      RestartPolicy: { Name: services.proxy.restart },
      Binds: volumes.filter((each) => !each.startsWith("/")),
    },
  };
}

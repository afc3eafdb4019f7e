// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "../errors.ts";
import { show } from "../path.ts";
import type { Port } from "../types.ts";
import {
  fieldsOf,
  integerOf,
  isMapping,
  readField,
  readItems,
  refuse,
  textOf,
  type ComposeNode,
} from "./node.ts";

const SHORT = /^(?<host>.*:)?(?<container>[^:/]*)(?:\/(?<protocol>.*))?$/s;

/** Ports of a service, in the short syntax (`"80"`, `"53/udp"`) or the long one. */
export function readPorts(node: ComposeNode): readonly Port[] {
  return readItems(node, (item) => (isMapping(item.content) ? readLong(item) : readShort(item)));
}

/** Ports that only the other services of the lease reach, in the short syntax. */
export function readExposed(node: ComposeNode): readonly Port[] {
  return readItems(node, readShort);
}

function readShort(node: ComposeNode): Port | null {
  const text = textOf(node);
  if (text === null) return null;
  const { host, container = "", protocol = "tcp" } = SHORT.exec(text)?.groups ?? {};
  const problem = shortProblem(host, container, protocol);
  if (problem !== null) {
    refuse(node, problem);
    return null;
  }
  return { containerPort: Number(container), protocol: protocol as Port["protocol"] };
}

function shortProblem(host: string | undefined, container: string, protocol: string): Problem | null {
  if (/^\d+-\d+$/.test(container)) {
    return {
      reason: `ranges of ports are not published, and ${show(container)} is one`,
      fix: "write each port on a line of its own",
    };
  }
  if (!/^\d{1,5}$/.test(container)) {
    return { reason: `${show(container)} is no port`, fix: 'write a number from 1 to 65535, or "53/udp"' };
  }
  if (host !== undefined) {
    const reason = `the provider chooses the address and the port, and ${show(host)} names them`;
    return { reason, fix: `write "${container}" and read the address from berth status` };
  }
  return protocolProblem(protocol);
}

function readLong(node: ComposeNode): Port | null {
  const fields = fieldsOf(node, "services.*.ports.*");
  const target = fields.get("target");
  if (target === undefined) {
    refuse(node, { reason: "no `target` is named", fix: "write `target:` with the container's port" });
    return null;
  }
  const containerPort = integerOf(target);
  const protocol = readField(fields, "protocol", readProtocol, "tcp" as const);
  const appProtocol = readField(fields, "app_protocol", readAppProtocol, null);
  if (containerPort === null) return null;
  return { containerPort, protocol, ...(appProtocol !== null && { appProtocol }) };
}

function readAppProtocol(node: ComposeNode): "http" | null {
  const text = textOf(node);
  if (text === "http" || text === null) return text;
  refuse(node, {
    reason: `${show(text)} is not spoken by any proxy`,
    fix: "write http for a port that speaks plain HTTP, or remove the key",
  });
  return null;
}

function readProtocol(node: ComposeNode): Port["protocol"] | null {
  const text = textOf(node);
  if (text === null) return null;
  const problem = protocolProblem(text);
  if (problem === null) return text as Port["protocol"];
  refuse(node, problem);
  return null;
}

function protocolProblem(protocol: string): Problem | null {
  if (protocol === "tcp" || protocol === "udp") return null;
  return { reason: `${show(protocol)} is not carried`, fix: "write tcp or udp" };
}

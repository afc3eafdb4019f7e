// SPDX-License-Identifier: Apache-2.0
import type { RetryableError } from "@berth/sdk";
import type Dockerode from "dockerode";
import { portTaken } from "../runtime-errors.ts";
import type { Refusal } from "./errors.ts";
import { hostPortsOf } from "./ports.ts";

/** As engines put it whose own table, or whose host, has the port given away already. */
const TAKEN = /port is already allocated|address already in use|failed to bind (?:host )?port/i;

/** What a refused start says of the host's ports; null where it says nothing of them. */
export function takenPort(
  { Name, HostConfig }: Dockerode.ContainerInspectInfo,
  { message, cause }: Refusal,
): RetryableError | null {
  if (!TAKEN.test(message)) return null;
  const own = hostPortsOf(HostConfig.PortBindings);
  const named = own.find(({ hostPort }) => new RegExp(`:${hostPort}\\b`).test(message));
  return portTaken(Name.slice(1), named?.hostPort ?? null, cause);
}

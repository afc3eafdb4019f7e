// SPDX-License-Identifier: Apache-2.0
import { show } from "../path.ts";
import type { RestartPolicy, Service } from "../types.ts";
import { readDependencies } from "./dependencies.ts";
import { readHealthcheck } from "./healthcheck.ts";
import { NOTHING_ASKED, readDeploy } from "./limits.ts";
import { readMounts, readTmpfs } from "./mounts.ts";
import { fieldsOf, flagOf, isMapping, readField, refuse, textOf, type ComposeNode } from "./node.ts";
import { readExposed, readPorts } from "./ports.ts";
import { readEnvironment, readLabels } from "./variables.ts";
import { readCommand } from "./words.ts";

const NEVER: RestartPolicy = { on: "never" };
const UNREADABLE_IMAGE = "unreadable";

/** A service with every default written out; parts that were refused have their defaults. */
export function readService(node: ComposeNode): Service {
  const fields = fieldsOf(node, "services.*");
  if (isMapping(node.content) && !fields.has("image")) {
    refuse(node, { reason: "no image is named", fix: "write `image:`" });
  }
  const { limits, gpus } = readField(fields, "deploy", readDeploy, NOTHING_ASKED);
  return {
    image: readField(fields, "image", textOf, UNREADABLE_IMAGE),
    command: readField(fields, "command", readCommand, null),
    entrypoint: readField(fields, "entrypoint", readCommand, null),
    environment: readField(fields, "environment", readEnvironment, {}),
    ports: readField(fields, "ports", readPorts, []),
    expose: readField(fields, "expose", readExposed, []),
    limits,
    ...(gpus === null ? {} : { gpus }),
    volumes: readField(fields, "volumes", readMounts, []),
    tmpfs: readField(fields, "tmpfs", readTmpfs, []),
    healthcheck: readField(fields, "healthcheck", readHealthcheck, null),
    user: readField(fields, "user", textOf, null),
    workingDir: readField(fields, "working_dir", textOf, null),
    restart: readField(fields, "restart", readRestart, NEVER),
    dependsOn: readField(fields, "depends_on", readDependencies, {}),
    init: readField(fields, "init", flagOf, true),
    stopSignal: readField(fields, "stop_signal", textOf, null),
    labels: readField(fields, "labels", readLabels, {}),
  };
}

function readRestart(node: ComposeNode): RestartPolicy | null {
  const text = textOf(node);
  if (text === null) return null;
  if (text === "no") return NEVER;
  if (text === "always" || text === "unless-stopped") return { on: "always" };
  const [, attempts] = /^on-failure(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (attempts !== undefined) return { on: "failure", attempts: Number(attempts) };
  if (text === "on-failure") return { on: "failure", attempts: null };
  refuse(node, {
    reason: `${show(text)} is no restart policy`,
    fix: 'write "no", always, unless-stopped, on-failure or on-failure:3',
  });
  return null;
}

// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "./errors.ts";
import { show } from "./path.ts";
import { parseTokens } from "./units.ts";

/** What is wrong with a value of the manifest; null when nothing is. */
export type Rule<T> = (value: T) => Problem | null;

/** Most volumes of a lease; ports and mounts of a service. */
export const MAX_ITEMS = 16;
/** Of a lease; each has an address of its own in the lease's network, which has room for them. */
export const MAX_SERVICES = 16;
export const MAX_VARIABLES = 128;
/** Of one environment value, in bytes of UTF-8. */
const MAX_VARIABLE_BYTES = 4096;
/** Smallest limits, and smallest shares, with which a container can start. */
export const MIN_CPU_MILLIS = 10;
export const MIN_MEMORY_MIB = 16;
const MAX_PIDS = 4096;

const MAX_CPU_MILLIS = 1_000_000;
const MAX_MEMORY_MIB = 16_777_216;
/** Smallest volume, and smallest share, that a file system fits on. */
export const MIN_VOLUME_MIB = 16;
/** Largest file that ext4 holds with its usual blocks of 4 KiB. */
const MAX_VOLUME_MIB = 16_777_215;
const MAX_ID = 2_147_483_647;
const MAX_PERIOD_MS = 3_600_000;
const SIGNALS = [
  "SIGTERM",
  "SIGINT",
  "SIGQUIT",
  "SIGHUP",
  "SIGABRT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
  "SIGKILL",
];
const SYSTEM_PATHS = /^\/(?:proc|sys|dev)(?:\/|$)/;
const encoder = new TextEncoder();

/** Names of the manifest, of services and of volumes: a DNS label that an engine takes as a container's name too. */
export const obeysName: Rule<string> = (text) =>
  problemUnless(
    /^[a-z0-9][a-z0-9_-]{0,30}$/.test(text),
    `${show(text)} is no name`,
    "write 1 to 31 of a-z, 0-9, _ and -, beginning with a letter or a digit",
  );

export const obeysVariableName: Rule<string> = (text) =>
  problemUnless(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text),
    `${show(text)} is no variable's name`,
    "write up to 128 letters, digits and _, not beginning with a digit",
  );

export const obeysVariableValue: Rule<string> = (text) =>
  problemUnless(
    encoder.encode(text).length <= MAX_VARIABLE_BYTES,
    `its value is longer than ${MAX_VARIABLE_BYTES} bytes`,
    "put large values into the image or a volume",
  );

export const obeysLabelKey: Rule<string> = (text) => {
  if (text.startsWith("berth.")) {
    return { reason: "labels that begin with berth. are the provider's", fix: "choose another prefix" };
  }
  const fix = "write 1 to 128 printable ASCII characters without blanks and =";
  return problemUnless(/^(?!.*=)[!-~]{1,128}$/.test(text), `${show(text)} is no label's key`, fix);
};

/** A place for a mount: what an engine could read as options, or as a part of the kernel, is none. */
export const obeysMountPath: Rule<string> = (text) => {
  if (text === "/" || SYSTEM_PATHS.test(text)) {
    return {
      reason: `${show(text)} is the system's`,
      fix: "mount below a directory of your own, like /data",
    };
  }
  return (
    problemUnless(
      !/[:,\\]/.test(text),
      `${show(text)} has a colon, comma or backslash`,
      "choose another path",
    ) ?? obeysPath(text)
  );
};

/** An absolute path in its shortest form. */
export const obeysPath: Rule<string> = (text) =>
  problemUnless(
    text === "/" ||
      (/^(?:\/[ -.0-~]+)+$/.test(text) && text.length <= 255 && !/\/\.{1,2}(?:\/|$)/.test(text)),
    `${show(text)} is no absolute path in its shortest form`,
    "write one of up to 255 printable ASCII characters without . and .. and without a / at the end",
  );

/** Numeric, because a name is looked up in the image, where it may stand for uid 0. Whether 0 is borne, the tier decides. */
export const obeysUser: Rule<string> = (text) => {
  const ids = /^(0|[1-9]\d{0,9})(?::(0|[1-9]\d{0,9}))?$/.exec(text)?.slice(1) ?? ["-1"];
  const isValid = ids.every((id) => id === undefined || (Number(id) >= 0 && Number(id) <= MAX_ID));
  const reason = `${show(text)} is no user in numbers: names are refused, which the image may resolve to root`;
  return problemUnless(isValid, reason, 'write numbers, "1000" or "1000:1000", or remove it');
};

/** True for a user or a group that is root's. */
export function isRoot(user: string): boolean {
  return user.split(":").includes("0");
}

export const obeysSignal: Rule<string> = (text) =>
  problemUnless(
    SIGNALS.includes(text),
    `${show(text)} is no signal to stop by`,
    `write one of ${SIGNALS.join(", ")}`,
  );

/** The words of a command; which program it runs must be said. */
export const obeysCommand: Rule<readonly string[]> = (words) =>
  problemUnless(
    words[0] !== undefined && words[0] !== "",
    "names no program",
    "write the program first, or remove the key",
  );

export const obeysTest: Rule<readonly string[]> = ([kind, first, ...others]) => {
  const isCommand = kind === "CMD" && first !== undefined && first !== "";
  const isShell = kind === "CMD-SHELL" && first !== undefined && first !== "" && others.length === 0;
  const fix = 'write ["CMD", "program", "argument"] or ["CMD-SHELL", "one line"]';
  return problemUnless(isCommand || isShell, "is no test of a health check", fix);
};

/** Tokens as `parseTokens` writes them: one spelling for one amount. */
export const obeysTokens: Rule<string> = (text) =>
  problemUnless(
    parseTokens(text) === text,
    "is no amount of tokens in its shortest form",
    'write a decimal above zero, like "1.5"',
  );

/** 32 bytes in lower case: one spelling for one salt. */
export function isSalt(text: string): boolean {
  return /^0x[0-9a-f]{64}$/.test(text);
}

export const obeysPort = between(1, 65_535, "");
export const obeysCpu = between(MIN_CPU_MILLIS, MAX_CPU_MILLIS, " thousandths of a core");
export const obeysMemory = between(MIN_MEMORY_MIB, MAX_MEMORY_MIB, " MiB");
export const obeysGpus = between(1, MAX_ITEMS, " GPUs");
export const obeysPids = between(1, MAX_PIDS, " processes");
export const obeysVolumeSize = between(MIN_VOLUME_MIB, MAX_VOLUME_MIB, " MiB");
export const obeysTmpfsSize = between(1, MAX_MEMORY_MIB, " MiB");
/** At least a second, because every check starts a process on the provider's machine. */
export const obeysPeriod = between(1000, MAX_PERIOD_MS, " ms");
export const obeysStartPeriod = between(0, MAX_PERIOD_MS, " ms");
export const obeysRetries = between(1, 100, "");
export const obeysAttempts = between(1, 1000, "");

export const obeysSomeService: Rule<object> = (services) =>
  problemUnless(Object.keys(services).length > 0, "no service is described", "write at least one service");

/** At most so many items in a list, or keys in a record. */
export function atMost(limit: number, what: string): Rule<object> {
  return (items) =>
    problemUnless(Object.keys(items).length <= limit, `more than ${limit} ${what}`, `write at most ${limit}`);
}

function between(low: number, high: number, unit: string): Rule<number> {
  return (value) =>
    problemUnless(
      value >= low && value <= high,
      `${value}${unit} is out of range`,
      `write ${low} to ${high}${unit}`,
    );
}

function problemUnless(holds: boolean, reason: string, fix: string): Problem | null {
  return holds ? null : { reason, fix };
}

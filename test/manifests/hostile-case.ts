// SPDX-License-Identifier: Apache-2.0
import type { RefusalCode } from "@berth/sdk";

/** The two doors of the SDK through which a manifest comes in. */
export type Door = "compose" | "document";

/** A manifest that nobody may accept. */
export interface HostileCase {
  /** Unique in the corpus. */
  readonly name: string;
  readonly door: Door;
  readonly text: string;
  /** Of the first refusal. */
  readonly code: RefusalCode;
  /** The same manifest without the poison, which is accepted; null where none would prove anything. */
  readonly twin: string | null;
}

/** Name, poison and, where it is not the family's, the legal lines in its place. */
export type Row = readonly [name: string, poison: string, twin?: string];

/** What the cases may take from the tenant's environment. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: "/home/ann",
  EMPTY: "",
  BIG: "x".repeat(5_000),
  EVIL: "x\n    privileged: true",
  SOCKET: "/var/run/docker.sock",
};

/** A file whose service `web` has these lines; it names its image unless they do. */
export function composeOf(lines: string): string {
  const image = /^image\b/.test(lines) ? "" : "    image: busybox\n";
  const indented = lines === "" ? "" : `    ${lines.replaceAll("\n", "\n    ")}\n`;
  return `name: corpus\nservices:\n  web:\n${image}${indented}  side: {image: busybox}\nvolumes: {data: }\n`;
}

/** Cases in which some lines of a service are the poison. */
export function inService(code: RefusalCode, twin: string, rows: readonly Row[]): readonly HostileCase[] {
  return rows.map(([name, poison, own = twin]) => ({
    ...{ name, code, door: "compose" },
    text: composeOf(poison),
    twin: composeOf(own),
  }));
}

/** Cases in which the whole file is given; without a twin unless the row has one. */
export function wholeFiles(code: RefusalCode, rows: readonly Row[]): readonly HostileCase[] {
  return rows.map(([name, text, twin = null]) => ({ name, code, door: "compose", text, twin }));
}

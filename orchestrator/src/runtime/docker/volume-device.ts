// SPDX-License-Identifier: Apache-2.0

/** How the engine mounts a folder as a volume: where that is not there, it mounts nothing in its place and starts nothing. */
export function deviceOptions(path: string): Record<string, string> {
  return { type: "none", o: "bind", device: path };
}

// SPDX-License-Identifier: Apache-2.0

/** Numeric user and group of a container's processes and files. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const MAX_ID = 2 ** 31 - 1;

/** Reads `uid` or `uid:gid`, 0 included; a group that is not said has the user's number. Null for names. */
export function parseOwner(user: string): Owner | null {
  const match = /^(0|[1-9]\d{0,9})(?::(0|[1-9]\d{0,9}))?$/.exec(user);
  if (match === null) return null;
  const uid = Number(match[1]);
  const gid = Number(match[2] ?? match[1]);
  return uid <= MAX_ID && gid <= MAX_ID ? { uid, gid } : null;
}

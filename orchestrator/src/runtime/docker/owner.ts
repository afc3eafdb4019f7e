// SPDX-License-Identifier: Apache-2.0

/** Numeric user and group of a container's processes and files. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const MAX_ID = 2 ** 31 - 1;

/** Reads `uid` or `uid:gid`; a group that is not said has the user's number. Null for names, for root and root's group. */
export function parseOwner(user: string): Owner | null {
  const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(user);
  if (match === null) return null;
  const uid = Number(match[1]);
  const gid = Number(match[2] ?? match[1]);
  return [uid, gid].every((id) => id >= 1 && id <= MAX_ID) ? { uid, gid } : null;
}

// SPDX-License-Identifier: Apache-2.0

/** Keys and indexes from the top of a manifest down to a value. */
export type Path = readonly (string | number)[];

const PLAIN_SEGMENT = /^[A-Za-z0-9_./-]{1,64}$/;
const MAX_SHOWN = 64;

/** `services.web.ports.0`; a key with unusual characters is quoted, so that it cannot steer a terminal. */
export function showPath(path: Path): string {
  return path.map((segment) => showSegment(String(segment))).join(".");
}

/** A tenant's text for an error: quoted, shortened, in printable ASCII. Not for values that may be secret. */
export function show(text: string): string {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  return JSON.stringify(short).replace(/[^\x20-\x7e]/g, escapeUnit);
}

function showSegment(segment: string): string {
  return PLAIN_SEGMENT.test(segment) ? segment : show(segment);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

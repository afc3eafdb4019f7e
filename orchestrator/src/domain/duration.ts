// SPDX-License-Identifier: Apache-2.0

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** Seconds in the two largest units that fit: `2d 3h`, `10m`, `0s`. */
export function inWords(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, size]) => rest >= size);
  if (first === -1) return "0s";
  const parts = UNITS.slice(first, first + 2).map(([name, size]) => {
    const whole = Math.floor(rest / size);
    rest %= size;
    return whole === 0 ? "" : `${whole}${name}`;
  });
  return parts.filter(Boolean).join(" ");
}

// SPDX-License-Identifier: Apache-2.0
const UNITS = [
  { name: "d", seconds: 86_400n },
  { name: "h", seconds: 3_600n },
  { name: "m", seconds: 60n },
  { name: "s", seconds: 1n },
] as const;

/** Seconds in the two largest units that fit: `2d 3h`, `10m`, `0s`. */
export function formatDuration(seconds: bigint): string {
  const first = UNITS.findIndex((unit) => seconds >= unit.seconds);
  if (first === -1) return "0s";
  let rest = seconds;
  const parts = UNITS.slice(first, first + 2).map(({ name, seconds: size }) => {
    const whole = rest / size;
    rest %= size;
    return { name, whole };
  });
  const shown = parts.filter(({ whole }) => whole > 0n);
  return shown.map(({ name, whole }) => `${whole}${name}`).join(" ");
}

/** Seconds since 1970 in UTC, to the second: `2026-01-31 12:00:00 UTC`. */
export function formatTime(seconds: bigint): string {
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

// SPDX-License-Identifier: Apache-2.0

/** A figure beside what it may be. */
export interface Judged {
  readonly name: string;
  readonly figure: number;
  readonly bound: string;
  readonly isMet: boolean;
}

/** RPC calls from the daemon's start until a thousand leases are reconciled: fifty, and one for 500 leases. */
const RPC_CALLS = 52;

const CEILINGS: Readonly<Record<string, number>> = {
  restartSeconds: 60,
  restartRssMiB: 400,
  restartRpcCalls: RPC_CALLS,
  idleCpuPercent: 5,
  catchUpRatio: 4,
};
const FLOORS: Readonly<Record<string, number>> = { ethersRatio: 5 };

/** The figures that have a bound. */
export function judge(figures: Readonly<Record<string, unknown>>): readonly Judged[] {
  const rows = (bounds: Readonly<Record<string, number>>, sign: "<=" | ">="): readonly Judged[] =>
    Object.entries(bounds).flatMap(([name, bound]) => {
      const figure = figures[name];
      if (typeof figure !== "number") return [];
      const isMet = sign === "<=" ? figure <= bound : figure >= bound;
      return [{ name, figure, bound: `${sign} ${bound}`, isMet }];
    });
  return [...rows(CEILINGS, "<="), ...rows(FLOORS, ">=")];
}

export function tableOf(judged: readonly Judged[]): string {
  const line = ({ name, figure, bound, isMet }: Judged): string =>
    `${name.padEnd(18)}${String(figure).padStart(10)}  ${bound.padEnd(8)}${isMet ? "met" : "NOT MET"}`;
  return judged.map(line).join("\n");
}

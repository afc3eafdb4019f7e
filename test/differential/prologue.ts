// SPDX-License-Identifier: Apache-2.0
import { NOBODY, type Address, type State, type Terms } from "../model/state.ts";
import type { MarketCall } from "../model/calls.ts";
import type { Cast } from "./cast.ts";

const RESOURCES = { cpuMillis: 1n, memoryMiB: 2n, storageMiB: 3n, gpuCount: 0n, gpuModel: "" };
const MAX_UINT = 2n ** 256n - 1n;
const HASH = "0x" + "11".repeat(32);
const FOREVER = 2n ** 40n - 1n;

type Sketch = readonly [
  token: number,
  milliRatePerSecond: bigint,
  collateral: bigint,
  judged: boolean,
  minPeriod: bigint,
  startPeriod: bigint,
  retentionPeriod: bigint,
];

const OF_OWNER: readonly Sketch[] = [
  [0, 277_778n, 5_000n, true, 600n, 600n, 3_600n],
  [0, 7n, 11n, true, 60n, 60n, 0n],
  [0, 1_001n, 1_000n, false, 0n, 3_600n, 600n],
  [1, 7_919n, 999n, true, 300n, 600n, 7_200n],
  [2, 333n, 10n, true, 1n, 120n, 60n],
  [3, 1_000n, 9n, true, 120n, 300n, 300n],
];

const OF_RIVAL: readonly Sketch[] = [
  [0, 999n, 1n, true, 0n, 60n, 1_200n],
  [0, 13n, 0n, true, 2_000n, 900n, 120n],
  [3, 3n, 0n, false, 60n, 60n, 60n],
];

const OF_HYBRID: readonly Sketch[] = [
  [0, 1n, 100n, true, 10n, 300n, 600n],
  [1, 12_345n, 77n, false, 700n, 600n, 0n],
];

function offers(state: State, cast: Cast, from: Address, sketches: readonly Sketch[]): MarketCall[] {
  const tokens = [...state.tokens.keys()];
  return sketches.map(([index, milliRatePerSecond, collateral, judged, ...periods]) => {
    const [minPeriod, startPeriod, retentionPeriod] = periods;
    const terms: Terms = {
      token: tokens[index] ?? NOBODY,
      milliRatePerSecond,
      collateral,
      arbitrator: judged ? cast.of.arbitrator : NOBODY,
      minPeriod,
      startPeriod,
      retentionPeriod,
    };
    return { name: "createOffer", from, args: [terms, 5n, RESOURCES, "ipfs://offer"] };
  });
}

function leases(cast: Cast): MarketCall[] {
  const { owner, rival, hybrid, tenant, otherTenant } = cast.of;
  const opened: readonly (readonly [bigint, Address, Address, bigint])[] = [
    [1n, owner, tenant, 200_000n],
    [2n, owner, otherTenant, 9n],
    [3n, owner, hybrid, 700n],
    [7n, rival, tenant, 500n],
    [10n, hybrid, hybrid, 2n],
    [5n, owner, tenant, 200n],
    [4n, owner, otherTenant, 6_000n],
  ];
  return opened.map(([offerId, provider, from, amount]) => ({
    name: "open",
    from,
    args: [offerId, provider, MAX_UINT, amount, HASH, from],
  }));
}

/** What every sequence begins from: three providers with stake and offers, money in the market, a delegate, open leases. */
export function prologue(state: State, cast: Cast): MarketCall[] {
  const { owner, operator, rival, rivalOperator, hybrid, tenant, otherTenant, delegate } = cast.of;
  const tokens = [...state.tokens.keys()];
  const [token = NOBODY] = tokens;
  const registered: readonly (readonly [Address, Address, bigint])[] = [
    [owner, operator, 3_600n],
    [rival, rivalOperator, 600n],
    [hybrid, operator, 1_800n],
  ];
  return [
    ...registered.map(([from, key, period]): MarketCall => {
      return { name: "register", from, args: [key, period, "https://provider.example", "ipfs://metadata"] };
    }),
    ...[owner, rival, hybrid].flatMap((from) =>
      tokens.map((currency): MarketCall => ({ name: "stake", from, args: [currency, 20_000n] })),
    ),
    ...[tenant, otherTenant, hybrid].flatMap((from) =>
      tokens.map((currency): MarketCall => ({ name: "deposit", from, args: [currency, 3_000_000n] })),
    ),
    ...offers(state, cast, owner, OF_OWNER),
    ...offers(state, cast, rival, OF_RIVAL),
    ...offers(state, cast, hybrid, OF_HYBRID),
    { name: "setDelegate", from: tenant, args: [token, delegate, 500_000n, FOREVER] },
    { name: "setDelegate", from: otherTenant, args: [token, delegate, 10_000n, state.now + 5_000n] },
    ...leases(cast),
    { name: "start", from: operator, args: [0n, [1n, 3n, 6n, 5n]] },
    { name: "start", from: rivalOperator, args: [0n, [4n]] },
  ];
}

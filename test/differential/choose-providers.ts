// SPDX-License-Identifier: Apache-2.0
import { id as hashOf, toBeHex } from "ethers";
import type { MarketCall, Usage } from "../model/calls.ts";
import { allowanceOf, tokenOf, walletOf } from "../model/tokens.ts";
import { NOBODY, type Terms } from "../model/state.ts";
import { rateFor, takeAmount } from "./amounts.ts";
import { ANY_STATUS, type Scene } from "./scene.ts";

const RESOURCES = { cpuMillis: 2_000n, memoryMiB: 4_096n, storageMiB: 1n, gpuCount: 1n, gpuModel: "a100" };

function usageOf(leaseId: bigint): Usage {
  return {
    leaseId,
    measuredAt: 1n,
    servedSeconds: 2n,
    cpuMillisSeconds: 2n ** 64n - 1n,
    memoryMiBSeconds: 3n,
    networkRxBytes: 4n,
    networkTxBytes: 5n,
  };
}

/** Terms of an offer: its periods and collateral from the ends of their bounds, rarely past them. */
function termsFor(scene: Scene): Terms {
  const { dice } = scene;
  const past = dice.chance(0.12) ? dice.below(6) : -1;
  return {
    token: past === 0 ? scene.anyone() : scene.token(),
    milliRatePerSecond: past === 1 ? dice.pick([0n, 2n ** 74n]) : rateFor(scene, undefined),
    collateral:
      past === 5 ? 2n ** 96n : dice.pick([0n, 1n, 9n, 10n, 11n, 1_000n, 1_000n, 10n ** 9n, 2n ** 96n - 1n]),
    arbitrator: dice.pick([NOBODY, scene.cast.of.arbitrator, scene.anyone()]),
    minPeriod: past === 2 ? 86_401n : dice.pick([0n, 1n, 60n, 600n, 86_400n]),
    startPeriod: past === 3 ? dice.pick([59n, 3_601n]) : dice.pick([60n, 61n, 600n, 3_600n]),
    retentionPeriod: past === 4 ? 2_592_001n : dice.pick([0n, 1n, 600n, 2_592_000n]),
  };
}

export const providing = {
  report: (scene: Scene): MarketCall => {
    const { dice } = scene;
    const silent = scene.providers().filter((p) => scene.state.now > p.lastReportAt + p.reportPeriod);
    const provider = silent.length > 0 && dice.chance(0.7) ? dice.pick(silent) : scene.provider();
    const address = dice.chance(0.99) ? provider.address : scene.anyone();
    const length = dice.chance(0.005) ? 129 : dice.pick([0, 0, 0, 1, 2]);
    const mine = [...scene.state.leases.values()].filter(({ id }) => scene.serverOf(id) === provider);
    const entries = Array.from({ length }, () => {
      const known = mine.length > 0 && dice.chance(0.9);
      return usageOf(known ? dice.pick(mine).id : scene.leaseId(...ANY_STATUS));
    });
    const args: [string, bigint, string, string, Usage[]] = [
      address,
      scene.instance(provider),
      hashOf("root"),
      "ipfs://usage",
      entries,
    ];
    return { name: "report", from: scene.hand(provider), args };
  },
  register: (scene: Scene): MarketCall => {
    const period = scene.dice.pick([599n, 600n, 601n, 3_600n, 21_600n, 21_601n]);
    const operator = scene.dice.pick([NOBODY, scene.anyone()]);
    const from = scene.dice.chance(0.7) ? scene.cast.of.newcomer : scene.anyone();
    return { name: "register", from, args: [operator, period, "https://new.example", "ipfs://new"] };
  },
  setOperator: (scene: Scene): MarketCall => {
    const provider = scene.provider();
    const next = scene.dice.weigh([
      [scene.role("operator", "rivalOperator", "spare"), 12],
      [provider.operator, 6],
      [NOBODY, 2],
    ]);
    return { name: "setOperator", from: scene.mostly(provider.address), args: [next] };
  },
  setEndpoint: (scene: Scene): MarketCall => ({
    name: "setEndpoint",
    from: scene.mostly(scene.provider().address),
    args: ["https://moved.example"],
  }),
  setMetadata: (scene: Scene): MarketCall => ({
    name: "setMetadata",
    from: scene.mostly(scene.provider().address),
    args: ["ipfs://other"],
  }),
  claimInstance: (scene: Scene): MarketCall => {
    const provider = scene.provider();
    const address = scene.dice.chance(0.95) ? provider.address : scene.anyone();
    return { name: "claimInstance", from: scene.hand(provider), args: [address, scene.instance(provider)] };
  },
  createOffer: (scene: Scene): MarketCall => ({
    name: "createOffer",
    from: scene.mostly(scene.provider().address),
    args: [termsFor(scene), scene.dice.pick([0n, 1n, 2n, 2n ** 24n - 1n]), RESOURCES, "ipfs://offer"],
  }),
  setCapacity: (scene: Scene): MarketCall => {
    const { id, provider, taken } = scene.offer();
    const server = scene.state.providers.get(provider) ?? scene.provider();
    const offerId = scene.dice.chance(0.96) ? id : 0n;
    const capacity = scene.dice.pick([taken, taken + 1n, 0n, 100n, 100n]);
    return {
      name: "setCapacity",
      from: scene.hand(server),
      args: [scene.instance(server), offerId, capacity],
    };
  },
  closeOffer: (scene: Scene): MarketCall => {
    const { id, provider } = scene.offer();
    const server = scene.state.providers.get(provider) ?? scene.provider();
    return { name: "closeOffer", from: scene.hand(server), args: [scene.instance(server), id] };
  },
  cancelQuote: (scene: Scene): MarketCall => {
    const { dice, pool } = scene;
    const provider = scene.provider();
    const known = pool.length > 0 && dice.chance(0.7);
    const salt = known ? dice.pick(pool).quote.salt : toBeHex(dice.between(0n, 5n), 32);
    const address = dice.chance(0.97) ? provider.address : scene.anyone();
    return {
      name: "cancelQuote",
      from: scene.hand(provider),
      args: [address, scene.instance(provider), salt],
    };
  },
} as const;

export const treasury = {
  deposit: (scene: Scene): MarketCall => {
    const token = scene.tokenOf(scene.dice.chance(0.6) ? scene.focus : undefined);
    const from = scene.focus !== undefined && scene.dice.chance(0.5) ? scene.focus.tenant : scene.anyone();
    const wallet = walletOf(tokenOf(scene.state, token), from);
    const allowance = allowanceOf(tokenOf(scene.state, token), from);
    const amount = scene.dice.weigh([
      [scene.dice.between(1n, 1_000_000n), 12],
      [scene.dice.pick([0n, 1n, 99n, 100n, 199n]), 3],
      [wallet + 1n, 1],
      [allowance < wallet ? allowance + 1n : wallet + 1n, 1],
    ]);
    return { name: "deposit", from, args: [token, amount] };
  },
  withdraw: (scene: Scene): MarketCall => {
    const token = scene.tokenOf(scene.dice.chance(0.6) ? scene.focus : undefined);
    const from = scene.focus !== undefined && scene.dice.chance(0.5) ? scene.focus.tenant : scene.anyone();
    const amount = takeAmount(scene, scene.free(token, from));
    return { name: "withdraw", from, args: [token, amount, scene.recipient()] };
  },
  stake: (scene: Scene): MarketCall => {
    const from = scene.mostly(scene.provider().address);
    const token = scene.token();
    const staked = scene.state.providers.get(from)?.stakes.get(token)?.staked ?? 0n;
    const room = 2n ** 128n - 1n - staked;
    const amount = scene.dice.weigh([
      [scene.dice.between(1n, 10_000n), 12],
      [0n, 1],
      [scene.dice.pick([room, room + 1n]), 1],
    ]);
    return { name: "stake", from, args: [token, amount] };
  },
  withdrawStake: (scene: Scene): MarketCall => {
    const provider = scene.provider();
    const token = scene.token();
    const { staked, locked } = provider.stakes.get(token) ?? { staked: 0n, locked: 0n };
    const amount = takeAmount(scene, staked - locked);
    return {
      name: "withdrawStake",
      from: scene.mostly(provider.address),
      args: [token, amount, scene.recipient()],
    };
  },
  setDelegate: (scene: Scene): MarketCall => {
    const { dice, state, cast } = scene;
    const from = dice.chance(0.9) ? scene.role("tenant", "otherTenant") : scene.anyone();
    const delegate = dice.chance(0.9) ? cast.of.delegate : scene.anyone();
    const cap = dice.weigh([
      [2n ** 128n - 1n, 6],
      [dice.between(0n, 100_000n), 4],
      [0n, 1],
    ] as const);
    const until = dice.weigh([
      [state.now + 9_000n, 6],
      [2n ** 40n - 1n, 4],
      [state.now, 2],
      [0n, 1],
    ] as const);
    return { name: "setDelegate", from, args: [scene.token(), delegate, cap, until] };
  },
} as const;

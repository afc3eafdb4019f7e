// SPDX-License-Identifier: Apache-2.0
import type { FunctionName, MarketCall } from "../model/calls.ts";
import { isSilent } from "../model/clock.ts";
import { endings, quarrels, runs } from "./choose-leases.ts";
import { openings } from "./choose-openings.ts";
import { providing, treasury } from "./choose-providers.ts";
import { columnOf, type Column } from "./columns.ts";
import type { Scene } from "./scene.ts";

type Weights = readonly (readonly [FunctionName, number])[];

const choosers: Record<FunctionName, (scene: Scene) => MarketCall> = {
  ...openings,
  ...runs,
  ...endings,
  ...quarrels,
  ...providing,
  ...treasury,
};

/** Every function that a call can be made of. */
export const FUNCTIONS = Object.keys(choosers) as FunctionName[];

const MONEY_IN: Weights = [
  ["topUp", 3],
  ["topUpFromBalance", 2],
];

/** What is likely to succeed, or to fail by a hair, on a lease of a status. */
const BY_COLUMN: Record<Column, Weights> = {
  None: [["open", 1]],
  Pending: [
    ...MONEY_IN,
    ["start", 22],
    ["amend", 4],
    ["setManifest", 1],
    ["close", 1],
    ["closeByProvider", 1],
  ],
  PendingLate: [
    ...MONEY_IN,
    ["start", 3],
    ["amend", 2],
    ["setManifest", 1],
    ["close", 9],
    ["closeByProvider", 4],
  ],
  Active: [
    ...MONEY_IN,
    ["pause", 6],
    ["settle", 5],
    ["claim", 2],
    ["amend", 4],
    ["setManifest", 1],
    ["close", 3],
    ["closeByProvider", 2],
    ["complete", 1],
    ["openDispute", 5],
  ],
  Paused: [
    ...MONEY_IN,
    ["resume", 8],
    ["amend", 2],
    ["setManifest", 1],
    ["close", 2],
    ["closeByProvider", 1],
    ["complete", 1],
    ["openDispute", 2],
  ],
  Depleted: [
    ["topUp", 6],
    ["topUpFromBalance", 4],
    ["settle", 4],
    ["claim", 2],
    ["setManifest", 1],
    ["close", 6],
    ["closeByProvider", 2],
    ["complete", 1],
    ["openDispute", 2],
  ],
  DepletedPast: [
    ["topUp", 6],
    ["topUpFromBalance", 4],
    ["settle", 2],
    ["claim", 1],
    ["setManifest", 1],
    ["close", 9],
    ["closeByProvider", 4],
    ["complete", 1],
    ["openDispute", 2],
  ],
  LapsedPaused: [
    ["pause", 1],
    ["settle", 1],
    ["close", 3],
    ["closeByProvider", 3],
    ["expireDispute", 1],
    ["resume", 2],
    ["topUp", 1],
  ],
  Lapsed: [
    ["pause", 5],
    ["settle", 4],
    ["claim", 1],
    ["close", 3],
    ["closeByProvider", 3],
    ["expireDispute", 2],
    ["resume", 1],
    ["topUp", 1],
    ["openDispute", 1],
  ],
  Closed: [
    ["releaseCollateral", 8],
    ["openDispute", 6],
    ["close", 1],
  ],
};

const DISPUTED: Weights = [
  ["rule", 14],
  ["expireDispute", 3],
];

const OVERDUE: Weights = [
  ["rule", 2],
  ["expireDispute", 12],
];

const ALONGSIDE: Weights = [
  ["deposit", 5],
  ["withdraw", 4],
  ["stake", 3],
  ["withdrawStake", 3],
  ["setDelegate", 4],
  ["claimInstance", 2],
  ["setOperator", 2],
  ["createOffer", 3],
  ["setCapacity", 3],
  ["closeOffer", 2],
  ["cancelQuote", 2],
  ["register", 2],
  ["setEndpoint", 1],
  ["setMetadata", 1],
];

const OPENINGS: Weights = [
  ["open", 4],
  ["openFromBalance", 4],
  ["openWithPermit", 3],
  ["openWithQuote", 4],
];

const ENOUGH = 9;
const ON_LEASES = Object.keys({ ...runs, ...endings, ...quarrels }) as FunctionName[];

/** The next call: mostly something that the lease in focus is ripe for. */
export function chooseCall(scene: Scene): MarketCall {
  return choosers[chooseFunction(scene)](scene);
}

function chooseFunction(scene: Scene): FunctionName {
  const { dice, state, focus } = scene;
  const silent = scene.providers().some((provider) => isSilent(provider, state.now));
  const open = [...state.leases.values()].filter(({ closedAt }) => closedAt === 0n).length;
  const ripe =
    focus === undefined ? OPENINGS : [...BY_COLUMN[columnOf(state, focus.id)], ...disputeOf(scene)];
  const kind = dice.weigh([
    ["report", silent ? 26 : 5],
    ["open", open < ENOUGH ? 11 : 1],
    ["alongside", 12],
    ["anything", 18],
    ["ripe", 56],
  ]);
  if (kind === "report") return "report";
  if (kind === "open") return dice.weigh(OPENINGS);
  if (kind === "alongside") return dice.weigh(ALONGSIDE);
  if (kind === "ripe") return dice.weigh(ripe);
  scene.wild = true;
  return dice.pick(dice.chance(0.15) ? FUNCTIONS : ON_LEASES);
}

/** What a dispute in focus is ripe for: a ruling while there is time, its end afterwards. */
function disputeOf({ focus, state }: Scene): Weights {
  if (focus?.dispute?.open !== true) return [];
  return state.now > focus.dispute.ruleBy ? OVERDUE : DISPUTED;
}

// SPDX-License-Identifier: Apache-2.0
import type { Seed } from "../seed.ts";

const DISPUTES = "contracts/modules/Disputes.sol";
const COLLATERAL = "contracts/modules/Collateral.sol";
const REGISTRY = "contracts/modules/ProviderRegistry.sol";

/** Attacks on rulings and on what follows from them. */
export const RULING: readonly Seed[] = [
  {
    name: "anybody-rules",
    attack: "A14: whoever likes is the arbitrator",
    file: DISPUTES,
    find: "require(msg.sender == offer.arbitrator, DisputeCallerNotArbitrator(leaseId, msg.sender));",
    replace: "",
  },
  {
    name: "rules-for-ever",
    attack: "B5: an arbitrator who missed his time still takes the stake",
    file: DISPUTES,
    find: "require(block.timestamp <= ruleBy, DisputeRulingTooLate(leaseId, block.timestamp, ruleBy));",
    replace: "",
  },
  {
    name: "rules-on-a-lapsed-lease",
    attack: "specification 6: a small award saves a lapsed provider from forfeiting all",
    file: DISPUTES,
    find: "_requireDisputable(leaseId, account, provider);\n        require(account.isDisputed(), DisputeNotOpen(leaseId));",
    replace: "require(account.isDisputed(), DisputeNotOpen(leaseId));",
  },
  {
    name: "rules-without-a-dispute",
    attack: "B5: an arbitrator takes a stake that nobody complained about",
    file: DISPUTES,
    find: "_requireDisputable(leaseId, account, provider);\n        require(account.isDisputed(), DisputeNotOpen(leaseId));",
    replace: "_requireDisputable(leaseId, account, provider);",
  },
  {
    name: "awards-more-than-was-asked",
    attack: "B3: the award is bounded by the collateral alone",
    file: DISPUTES,
    find: "require(award <= record.amount, DisputeAwardTooLarge(leaseId, award, record.amount));",
    replace: "require(award <= offer.collateral, DisputeAwardTooLarge(leaseId, award, record.amount));",
  },
  {
    name: "expires-at-once",
    attack: "B5: the provider ends every dispute before the arbitrator can rule",
    file: DISPUTES,
    find: "require(block.timestamp > ruleBy, DisputeRulingPending(leaseId, block.timestamp, ruleBy));",
    replace: "",
  },
  {
    name: "never-expires",
    attack: "B5, invariant 24: a silent arbitrator freezes bond and stake for ever",
    file: DISPUTES,
    find: "uint256 ruleBy = block.timestamp + RULING_PERIOD;",
    replace: "uint256 ruleBy = block.timestamp + RULING_PERIOD * 10_000;",
  },
  {
    name: "bond-kept-by-the-market",
    attack: "invariant 22: nobody gets the bond back",
    file: DISPUTES,
    find: "_pay(OfferCodec.tokenOf(offer.price), to, bond);",
    replace: "",
  },
  {
    name: "ruling-unlocks-an-open-lease",
    attack: "specification 5: a lost dispute takes the stake from under a running lease",
    file: DISPUTES,
    find: "return account.isClosed() ? _unlock(leaseId, account, offer) : account;",
    replace: "return _unlock(leaseId, account, offer);",
  },
  {
    name: "expired-and-locked-for-ever",
    attack: "invariant 24: after an expiry the collateral of a closed lease stays locked",
    file: DISPUTES,
    find: "_save(leaseId, _unlockIfClosed(leaseId, account.undisputed(), offer));",
    replace: "_save(leaseId, account.undisputed());",
  },
  {
    name: "award-leaves-the-rest-locked",
    attack: "specification 5: what an award left over is never free again",
    file: REGISTRY,
    find: "record.locked -= uint128(collateral);",
    replace: "record.locked -= uint128(award);",
  },
  {
    name: "award-out-of-the-whole-stake",
    attack: "B3: an award takes all of the collateral",
    file: REGISTRY,
    find: "record.staked -= uint128(award);",
    replace: "record.staked -= uint128(collateral);",
  },
  {
    name: "award-can-be-repeated",
    attack: "specification 5: the collateral is not marked as gone",
    file: COLLATERAL,
    find: "collateral - award);\n        return account.unlocked();",
    replace: "collateral - award);\n        return account;",
  },
];

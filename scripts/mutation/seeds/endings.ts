// SPDX-License-Identifier: Apache-2.0
import type { Seed } from "../seed.ts";

const CODEC = "contracts/libraries/LeaseCodec.sol";
const ENDINGS = "contracts/modules/LeaseEndings.sol";
const COLLATERAL = "contracts/modules/Collateral.sol";
const DISPUTES = "contracts/modules/Disputes.sol";

/** Attacks on how a lease ends, on the stake behind it and on who rules over it. */
export const ENDING: readonly Seed[] = [
  {
    name: "stranger-forfeits-after-a-halt",
    attack: "specification 4: after a halt of the chain a bot forfeits every stake",
    file: ENDINGS,
    find: "require(status == LeaseStatus.Depleted, LeaseCallerNotTenant(leaseId, msg.sender));",
    replace:
      "if (status == LeaseStatus.Lapsed) return (CloseReason.Lapsed, clock);\n        require(status == LeaseStatus.Depleted, LeaseCallerNotTenant(leaseId, msg.sender));",
  },
  {
    name: "data-gone-before-its-time",
    attack: "specification 4: a stranger ends a depleted lease before its retention is over",
    file: ENDINGS,
    find: "require(clock >= retainedUntil, LeaseRetained(leaseId, clock, retainedUntil));",
    replace: "",
  },
  {
    name: "tenant-backs-out-before-the-start",
    attack: "specification 6: a tenant closes while the provider is about to start",
    file: ENDINGS,
    find: "require(block.timestamp > startBy, LeaseStartPending(leaseId, block.timestamp, startBy));",
    replace: "",
  },
  {
    name: "lapse-without-consequence",
    attack: "specification 4: the tenant of a provider who vanished gets no collateral",
    file: ENDINGS,
    find: "return (status == LeaseStatus.Lapsed ? CloseReason.Lapsed : CloseReason.TenantClosed, clock);",
    replace: "return (CloseReason.TenantClosed, clock);",
  },
  {
    name: "provider-ends-a-lapse-for-nothing",
    attack: "specification 4: a lapsed provider closes first and keeps his stake",
    file: ENDINGS,
    find: "if (status == LeaseStatus.Lapsed) ending.reason = CloseReason.Lapsed;",
    replace: "",
  },
  {
    name: "bond-stuck-in-a-lapse",
    attack: "specification 5: the bond of a dispute that a lapse overtook is gone",
    file: ENDINGS,
    find: "account = _voidDispute(leaseId, account, offer, tenant);",
    replace: "",
  },
  {
    name: "refund-paid-twice",
    attack: "D2: the balance of a closed lease stays where it was",
    file: CODEC,
    find: "(KEPT & ~IN_MINIMUM) | (MAX_UINT32 << CLOCK_SHIFT)",
    replace: "(KEPT & ~IN_MINIMUM) | (MAX_UINT32 << CLOCK_SHIFT) | (MAX_BALANCE << BALANCE_SHIFT)",
  },
  {
    name: "unlocked-twice",
    attack: "B6: collateral is released again, out of another lease's",
    file: COLLATERAL,
    find: "if (!account.isClosed() || account.isUnlocked() || account.isDisputed()) continue;",
    replace: "if (!account.isClosed() || account.isDisputed()) continue;",
  },
  {
    name: "released-while-disputed",
    attack: "specification 5: the provider takes the stake out while the arbitrator thinks",
    file: COLLATERAL,
    find: "if (!account.isClosed() || account.isUnlocked() || account.isDisputed()) continue;",
    replace: "if (!account.isClosed() || account.isUnlocked()) continue;",
  },
  {
    name: "released-while-running",
    attack: "specification 5: a running lease loses the stake behind it",
    file: COLLATERAL,
    find: "if (!account.isClosed() || account.isUnlocked() || account.isDisputed()) continue;",
    replace: "if (account.rate() == 0 || account.isUnlocked() || account.isDisputed()) continue;",
  },
  {
    name: "no-window",
    attack: "B1: the provider closes and takes the stake out before anybody can complain",
    file: COLLATERAL,
    find: "block.timestamp > uint256(record.closedAt) + DISPUTE_WINDOW;",
    replace: "block.timestamp >= uint256(record.closedAt);",
  },
  {
    name: "close-unlocks-what-is-disputed",
    attack: "specification 6: a close while disputed frees the collateral that a ruling is about",
    file: COLLATERAL,
    find: "if (account.isUnlocked() || account.isDisputed()) return account;",
    replace: "if (account.isUnlocked()) return account;",
  },
  {
    name: "close-unlocks-what-was-awarded",
    attack: "specification 5: an award, then an unlock of the same collateral",
    file: COLLATERAL,
    find: "if (account.isUnlocked() || account.isDisputed()) return account;",
    replace: "if (account.isDisputed()) return account;",
  },
  {
    name: "forfeited-after-an-award",
    attack: "specification 5: the same collateral goes to the tenant twice",
    file: COLLATERAL,
    find: "if (!account.isUnlocked() && collateral != 0) {",
    replace: "if (collateral != 0) {",
  },
  {
    name: "locked-after-the-last-dispute",
    attack: "specification 5: collateral of a lease that can be disputed no more waits for the window",
    file: COLLATERAL,
    find: " && !account.isDisputeUsed();",
    replace: ";",
  },
  {
    name: "dispute-without-a-bond",
    attack: "B4, specification 5: a tenant freezes a stake for nothing",
    file: DISPUTES,
    find: "_debit(OfferCodec.tokenOf(offer.price), msg.sender, bond);",
    replace: "",
  },
  {
    name: "bond-rounded-down",
    attack: "specification 5: the bond of a small collateral is nothing",
    file: DISPUTES,
    find: "return Math.ceilDiv(collateral, BOND_DIVISOR);",
    replace: "return collateral / BOND_DIVISOR;",
  },
  {
    name: "bond-to-the-loser",
    attack: "B3: whoever was wrong gets the bond",
    file: DISPUTES,
    find: "award > 0 ? tenant : provider",
    replace: "award > 0 ? provider : tenant",
  },
  {
    name: "disputed-again-and-again",
    attack: "B4: one lease, disputed for ever",
    file: DISPUTES,
    find: "require(!account.isDisputed() && !account.isDisputeUsed(), DisputeAlreadyOpened(leaseId));",
    replace: "require(!account.isDisputed(), DisputeAlreadyOpened(leaseId));",
  },
  {
    name: "two-disputes-at-once",
    attack: "specification 5: a second dispute overwrites the first, and its bond is lost",
    file: DISPUTES,
    find: "require(!account.isDisputed() && !account.isDisputeUsed(), DisputeAlreadyOpened(leaseId));",
    replace: "require(!account.isDisputeUsed(), DisputeAlreadyOpened(leaseId));",
  },
  {
    name: "disputed-after-the-window",
    attack: "specification 5: collateral that nobody released can be claimed for ever",
    file: DISPUTES,
    find: "if (status == LeaseStatus.Closed) _requireWithinWindow(leaseId);",
    replace: "",
  },
  {
    name: "stranger-disputes",
    attack: "A14: anybody freezes a stake",
    file: DISPUTES,
    find: "_requireTenant(leaseId);",
    replace: "",
  },
];

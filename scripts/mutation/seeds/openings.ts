// SPDX-License-Identifier: Apache-2.0
import type { Seed } from "../seed.ts";

const OPENINGS = "contracts/modules/LeaseOpenings.sol";
const OFFERS = "contracts/modules/OfferBook.sol";
const ESCROW = "contracts/modules/Escrow.sol";
const BOOK = "contracts/modules/LeaseBook.sol";

/** Attacks on the money that comes in, and on the terms it comes in under. */
export const OPENING: readonly Seed[] = [
  {
    name: "another-offer-under-the-id",
    attack:
      "specification 4: a reorganisation puts another offer under the number, and the lease opens all the same",
    file: OFFERS,
    find: "require(offer.provider == provider, OfferProviderMismatch(offerId, offer.provider, provider));",
    replace: "",
  },
  {
    name: "price-above-the-limit",
    attack: "C4: no bound on what the tenant accepted",
    file: OPENINGS,
    find: "require(milliRate <= maxMilliRate, OfferRateAboveLimit(offerId, milliRate, maxMilliRate));",
    replace: "",
  },
  {
    name: "opens-in-anothers-name",
    attack: "invariant 26: a stranger spends somebody else's free balance",
    file: OPENINGS,
    find: "_requireActsFor(tenant, OfferCodec.tokenOf(offer.price));",
    replace: "",
  },
  {
    name: "idle-provider-farmed",
    attack: "specification 4: leases opened with a provider who is gone, for his lapse",
    file: OPENINGS,
    find: "_requireNotSilent(provider);",
    replace: "",
  },
  {
    name: "minimum-not-covered",
    attack: "specification 4: a lease depletes inside its minimum",
    file: OPENINGS,
    find: "_requirePays(0, amount, opening.milliRatePerSecond, offer.minPeriod);",
    replace: "_requirePays(0, amount, opening.milliRatePerSecond, 0);",
  },
  {
    name: "balance-too-large-for-its-word",
    attack: "A15: a deposit that later calls cannot hold",
    file: OPENINGS,
    find: "require(amount <= LeaseCodec.MAX_BALANCE, LeaseBalanceTooLarge(0, amount, LeaseCodec.MAX_BALANCE));",
    replace: "",
  },
  {
    name: "bare-permit",
    attack: "C1: somebody sends the tenant's permit first, and his opening reverts",
    file: OPENINGS,
    find: "} catch {\n            return;",
    replace: "} catch {\n            revert OfferNotOpen(0);",
  },
  {
    name: "permit-ignored",
    attack: "C1: the permit does nothing",
    file: OPENINGS,
    find: "_permit(OfferCodec.tokenOf(offer.price), amount, permit);",
    replace: "",
  },
  {
    name: "overflow-prone-terms",
    attack: "A15: terms are accepted that no later call can work with",
    file: OFFERS,
    find: "_requireRateInBounds(terms.milliRatePerSecond);",
    replace: "",
  },
  {
    name: "operator-names-himself-arbitrator",
    attack: "specification 2: a stolen daemon key rules on its own disputes",
    file: OFFERS,
    find: "record.capacity = capacity;\n        emit OfferCapacityChanged",
    replace:
      "record.capacity = capacity;\n        if (msg.sender != record.provider) record.arbitrator = msg.sender;\n        emit OfferCapacityChanged",
  },
  {
    name: "one-lease-too-many",
    attack: "A12: more leases than the offer has places",
    file: OFFERS,
    find: "require(offer.taken < offer.capacity,",
    replace: "require(offer.taken <= offer.capacity,",
  },
  {
    name: "opens-under-a-closed-offer",
    attack: "A14: a withdrawn offer is taken",
    file: OFFERS,
    find: "require(!offer.closed, OfferNotOpen(offerId));",
    replace: "",
  },
  {
    name: "credits-what-was-asked",
    attack: "A8: a token with a fee leaves the market short",
    file: ESCROW,
    find: "arrived = IERC20(token).balanceOf(address(this)) - before;",
    replace: "arrived = amount + before - before;",
  },
  {
    name: "stranger-revives-a-lease",
    attack: "D7, specification 4: a stranger's top-up of a depleted lease settles and pauses it",
    file: BOOK,
    find: "_requireTenantOrDelegate(leaseId, _lease(leaseId).tenant, token);",
    replace: "",
  },
  {
    name: "revived-runs-at-once",
    attack: "specification 4: a depleted lease bills again before its workload is back",
    file: BOOK,
    find: "revived = _pause(leaseId, account, offer, _clockAt(provider));",
    replace: "revived = _pause(leaseId, account, offer, _clockAt(provider)).resumed(_clockAt(provider));",
  },
  {
    name: "revived-under-a-silent-provider",
    attack: "specification 4: money goes into a lease whose provider is gone",
    file: BOOK,
    find: "_lease(leaseId).tenant, token);\n            _requireNotSilent(provider);",
    replace: "_lease(leaseId).tenant, token);",
  },
  {
    name: "top-up-ends-the-minimum",
    attack: "invariant 29: a stranger's top-up changes more than a balance",
    file: BOOK,
    find: "_save(leaseId, account.withBalance(balance));",
    replace: "_save(leaseId, account.settled(balance, account.settledClock(), account.remainder()));",
  },
  {
    name: "top-up-from-anothers-balance",
    attack: "invariant 26: a stranger moves the tenant's free balance into his lease",
    file: BOOK,
    find: "_requireTenantOrDelegate(leaseId, tenant, token);",
    replace: "",
  },
];

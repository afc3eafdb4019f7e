// SPDX-License-Identifier: Apache-2.0
import type { Seed } from "../seed.ts";

const QUOTES = "contracts/modules/QuoteBook.sol";
const OPENINGS = "contracts/modules/LeaseOpenings.sol";
const BOOK = "contracts/modules/LeaseBook.sol";

/** Attacks on what was agreed in private. */
export const QUOTING: readonly Seed[] = [
  {
    name: "quote-replayed",
    attack: "C4, invariant 32: one signature opens many leases",
    file: QUOTES,
    find: "_spent[provider][salt] = true;",
    replace: "",
  },
  {
    name: "quote-on-another-chain",
    attack: "C2, C3: what was signed for one market acts on another",
    file: QUOTES,
    find: "return _hashTypedDataV4(keccak256(abi.encode(QUOTE_TYPEHASH, quote)));",
    replace: "return keccak256(abi.encode(QUOTE_TYPEHASH, quote));",
  },
  {
    name: "wrong-type-hash",
    attack: "C4: the digest is not the one that wallets sign",
    file: QUOTES,
    find: '"uint256 leaseId,uint256 expiresAt,bytes32 salt)"',
    replace: '"uint256 expiresAt,uint256 leaseId,bytes32 salt)"',
  },
  {
    name: "expired-quote-acts",
    attack: "C4: no deadline",
    file: QUOTES,
    find: "require(block.timestamp <= quote.expiresAt, QuoteExpired(block.timestamp, quote.expiresAt));",
    replace: "",
  },
  {
    name: "quote-for-somebody-else",
    attack: "specification 3: a stranger takes the price that was made for one tenant",
    file: QUOTES,
    find: "quote.tenant == address(0) || quote.tenant == tenant,",
    replace: "quote.tenant == address(0) || tenant != address(0),",
  },
  {
    name: "quote-for-another-lease",
    attack: "specification 3: a quote to open amends, and one to amend opens",
    file: BOOK,
    find: "require(quote.leaseId == leaseId, QuoteLeaseMismatch(leaseId, quote.leaseId));",
    replace: "",
  },
  {
    name: "quote-for-another-offer",
    attack: "specification 3: a price made for a small machine buys a large one",
    file: BOOK,
    find: "require(quote.offerId == offerId, QuoteOfferMismatch(offerId, quote.offerId));",
    replace: "",
  },
  {
    name: "signed-by-nobody",
    attack: "specification 3: a broken signature is the signature of a provider without an operator",
    file: QUOTES,
    find: "signer != address(0) && signer == operator,",
    replace: "signer == operator,",
  },
  {
    name: "signed-by-anybody",
    attack: "specification 3: any key signs prices",
    file: QUOTES,
    find: "signer != address(0) && signer == operator,",
    replace: "signer != address(0),",
  },
  {
    name: "quoted-rate-out-of-bounds",
    attack: "A15: a rate of nothing, or one that its word cannot hold",
    file: QUOTES,
    find: "_requireRateInBounds(quote.milliRatePerSecond);",
    replace: "",
  },
  {
    name: "stranger-cancels-quotes",
    attack: "A14: anybody spends a provider's quotes",
    file: QUOTES,
    find: "_authorize(provider, instance);",
    replace: "",
  },
  {
    name: "quote-above-the-limit",
    attack: "C4: a quote raises the price above what the tenant accepted",
    file: OPENINGS,
    find: "_requireRateAccepted(offerId, milliRate, maxMilliRate);\n        require(quote.leaseId == 0",
    replace: "require(quote.leaseId == 0",
  },
  {
    name: "quoted-minimum-not-covered",
    attack: "specification 4: the minimum is counted at the offer's rate, and the lease depletes inside it",
    file: OPENINGS,
    find: "_requirePays(0, amount, opening.milliRatePerSecond, offer.minPeriod);",
    replace: "_requirePays(0, amount, OfferCodec.rateOf(offer.price), offer.minPeriod);",
  },
  {
    name: "delegate-amends",
    attack: "specification 5: a stolen key hands the balance to a provider",
    file: BOOK,
    find: "OfferRecord storage offer, address provider) = _load(leaseId);\n        _requireTenant(leaseId);",
    replace:
      "OfferRecord storage offer, address provider) = _load(leaseId);\n        _requireTenantOrDelegate(leaseId, _lease(leaseId).tenant, _tokenOf(offer));",
  },
  {
    name: "amend-reprices-the-past",
    attack: "A1: seconds already used are billed at the new rate",
    file: BOOK,
    find: "if (status == LeaseStatus.Active) (due, account) = account.bill(clock);",
    replace: "",
  },
  {
    name: "amend-below-the-minimum",
    attack: "specification 4: a dearer lease depletes inside its minimum",
    file: BOOK,
    find: "_requirePays(leaseId, account.balance(), quote.milliRatePerSecond, offer.minPeriod);",
    replace: "_requirePays(leaseId, account.balance(), quote.milliRatePerSecond, 0);",
  },
  {
    name: "amend-without-a-provider",
    attack: "specification 6: a running lease is repriced while its provider is gone",
    file: BOOK,
    find: "if (status != LeaseStatus.Pending) _requireNotSilent(provider);",
    replace: "",
  },
  {
    name: "quote-to-amend-opens",
    attack: "specification 3: a price that was made for one running lease opens another",
    file: OPENINGS,
    find: "require(quote.leaseId == 0, QuoteLeaseMismatch(0, quote.leaseId));",
    replace: "",
  },
];

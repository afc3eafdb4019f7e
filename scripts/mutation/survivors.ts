// SPDX-License-Identifier: Apache-2.0

/** A mutant that survives, and why that is right. */
export interface Reviewed {
  readonly id: string;
  /** As the report shows it; for whoever reads this list. */
  readonly change: string;
  readonly reason: string;
}

/** A reason, and the mutants that live by it, each with its change. */
type Group = readonly [reason: string, mutants: Readonly<Record<string, string>>];

const GROUPS: readonly Group[] = [
  [
    "Sum or product of the same numbers: the order says nothing.",
    {
      "LeaseMeter._charge.argument-order.d3988ff484": "account.rate(), elapsed -> elapsed, account.rate()",
      "LeaseBook._revive.argument-order.26db2116e9": "account.rate(), period -> period, account.rate()",
      "ProviderRegistry._requireNotSilent.argument-order.b43962615b": "last, period -> period, last",
      "ProviderRegistry._clockAndLapse.argument-order.dcdb841960": "last, period -> period, last",
      "ProviderRegistry._clockAndLapse.argument-order.941ce692f5":
        "period, LAPSE_PERIOD -> LAPSE_PERIOD, period",
      "ProviderRegistry._isSilent.argument-order.e3db83ee33":
        "record.lastReportAt, record.reportPeriod -> record.reportPeriod, record.lastReportAt",
      "LeaseOpenings._requirePays.argument-order.03d4fb650c": "milliRate, period -> period, milliRate",
    },
  ],
  [
    "A short cut left out: what it spares is found out again or stored again, with the same values; only gas differs.",
    {
      "Escrow._pay.branch.5b7caa66b0": "amount > 0 -> true",
      "Escrow._pay.relation.ff124317b0": "amount > 0 -> amount >= 0",
      "LeaseBook.settle.branch.1bcb9de860": "account.offerId() != run.offerId -> true",
      "LeaseBook.claim.branch.1bcb9de860": "account.offerId() != run.offerId -> true",
      "LeaseBook._settlementOf.no-assignment.3d6716c03c": "run.offerId = offerId; -> {}",
      "OfferBook.createOffer.branch.62bf3f1234":
        "terms.arbitrator != address(0) || terms.collateral != 0 -> true",
      "ProviderRegistry.stake.branch.c0c764f534": "staked == 0 -> true",
      "ProviderRegistry._lockStake.branch.2a49ea3bb4": "amount == 0 -> false",
      "UsageReports._logUsage.no-assignment.14f661e2ad": "offerId = _lease(leaseId).account.offerId(); -> {}",
      "UsageReports._logUsage.branch.60fe67e98d": "offerId == 0 || offerId != own -> true",
      "UsageReports._logUsage.name.1b2d9a3711": "leaseId -> own",
    },
  ],
  [
    "Only asked whether it is zero, and sixty times as much is zero just when it is.",
    {
      "LeaseOpenings._requirePays.sixtyfold.d1fa2be6f5": "period -> (uint256(period) * 60)",
      "ProviderRegistry.register.sixtyfold.600129026c":
        "provider.reportPeriod -> (uint256(provider.reportPeriod) * 60)",
      "ProviderRegistry.providerOf.sixtyfold.a9a3b59796":
        "record.reportPeriod -> (uint256(record.reportPeriod) * 60)",
      "ProviderRegistry._isRegistered.sixtyfold.5581311ce8":
        "_providers[provider].reportPeriod -> (uint256(_providers[provider].reportPeriod) * 60)",
      "ProviderRegistry._registered.sixtyfold.a9a3b59796":
        "record.reportPeriod -> (uint256(record.reportPeriod) * 60)",
    },
  ],
  [
    "The guard is held and a refusal undoes both, so that only the order of two logs, or of two refusals, differs.",
    {
      "Escrow._withdraw.order.94a86b3f25":
        "emit Withdrawn(token, msg.sender, to, amount, balance); // Interaction: _push(token, to... -> _push(token, to, amount); emit Withdrawn(token, msg.sender, to, amount, balance);",
      "LeaseBook.topUp.order.c79b318a3a":
        "if (revived) { _requireTenantOrDelegate(leaseId, _lease(leaseId).tenant, token); _requi... -> uint256 arrived = _pull(token, msg.sender, amount); if (revived) { _requireTenantOrDele...",
      "LeaseOpenings.open.order.fe02397b7f":
        "_requireRateAccepted(offerId, milliRate, maxMilliRate); uint256 arrived = _pull(OfferCo... -> uint256 arrived = _pull(OfferCodec.tokenOf(offer.price), msg.sender, amount); _requireR...",
      "LeaseOpenings.openWithQuote.order.b486d82acd":
        "_useQuote(quote, signature, provider, tenant); uint256 arrived = _pull(OfferCodec.token... -> uint256 arrived = _pull(OfferCodec.tokenOf(offer.price), msg.sender, amount); _useQuote...",
      "ProviderRegistry.withdrawStake.order.68cc3e2a5a":
        "emit StakeWithdrawn(msg.sender, token, to, amount, staked - amount, locked); // Interac... -> _push(token, to, amount); emit StakeWithdrawn(msg.sender, token, to, amount, staked - a...",
    },
  ],
  [
    "A flag at another of the free bits, or the remainder a bit lower where one is free: the word's places are read back as they were written.",
    {
      "LeaseCodec.DISPUTE_USED.literal.87b3127109": "1 -> (1 + 1)",
      "LeaseCodec.DISPUTE_USED.literal.19b22f9f1e": "8 -> (8 + 1)",
      "LeaseCodec.REMAINDER_SHIFT.literal.5f2d979db4": "12 -> (12 - 1)",
    },
  ],
  [
    "Drops the lowest bit of the reason, which is zero in every lease that is not closed; no other comes here.",
    {
      "LeaseCodec.KEPT.literal.fb1812fe72": "1 -> (1 + 1)",
      "LeaseCodec.withBalance.literal.fb1812fe72": "1 -> (1 + 1)",
    },
  ],
  [
    "Differs from 2^31 offers or seconds of reports on, where no test over a chain comes; test/solidity/LeaseCodecLaws.t.sol, which the mutator does not run, finds it.",
    {
      "LeaseCodec.MAX_UINT32.literal.baaa1c0c0c": "32 -> (32 - 1)",
    },
  ],
  [
    "At equality both sides of the choice come to the same.",
    {
      "LeaseMath.charge.relation.15e463cde0": "owed >= MILLI * balance -> owed > MILLI * balance",
      "ServiceClock.valueAt.relation.41583ae3f1": "elapsed < reportPeriod -> elapsed <= reportPeriod",
    },
  ],
  [
    "The remainder that it leaves is erased by the end that always follows, and read by nobody before.",
    {
      "LeaseMeter.billMinimum.literal.3ad4cbd00e": "0 -> (0 + 1)",
    },
  ],
  [
    "A balance that waits to be started is never zero, and a rate is not either: a minimum of zero asks for nothing in both orders.",
    {
      "LeaseBook.amend.argument-order.08ed2f2f19":
        "quote.milliRatePerSecond, offer.minPeriod -> offer.minPeriod, quote.milliRatePerSecond",
    },
  ],
  [
    "A lease that does not exist is refused before, when it is loaded.",
    {
      "LeaseEndings._closeByProvider.literal.65e1a0a9f9": "0x7f -> (0x7f - 1)",
    },
  ],
  [
    "The clock of an end bills a meter that runs, and a lease that was never started has none.",
    {
      "LeaseEndings._closeReason.name.1d79f7510a": "clock -> startBy",
    },
  ],
  [
    "Without a stake nothing is locked, and where nothing is locked the check passes: who has stake is registered.",
    {
      "ProviderRegistry.stake.name.51d7d5b1f5": "staked -> locked",
    },
  ],
  [
    "A return value that is not assigned is zero and empty, which is what would be assigned.",
    {
      "QuoteBook.eip712Domain.no-assignment.e390fcb61b": "(salt, extensions) = (0, new uint256[](0)); -> {}",
    },
  ],
  [
    "The two differ in a flag alone, and the event tells none.",
    {
      "LeaseBook._pause.name.56c1709bb4": "stopped -> billed",
      "LeaseBook._pause.name.f2e6623555": "stopped -> billed",
    },
  ],
  [
    "Both that are compared are one higher, and one higher than none is still not the number before.",
    {
      "UsageReports._logUsage.off-by-one.b88cb7ebbf":
        "_lease(leaseId).account.offerId() -> (_lease(leaseId).account.offerId()) + 1",
    },
  ],
  [
    "The other half of the condition says that the two are the same.",
    {
      "QuoteBook._requireSigned.name.8a3c0615d8": "signer -> operator",
    },
  ],
];

/** Survivors that somebody looked at. One that is killed, or is no mutant any more, must leave the list. */
export const REVIEWED: readonly Reviewed[] = GROUPS.flatMap(([reason, mutants]) =>
  Object.entries(mutants).map(([id, change]) => ({ id, change, reason })),
);

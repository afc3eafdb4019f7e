// SPDX-License-Identifier: Apache-2.0
import type { Seed } from "../seed.ts";

const METER = "contracts/libraries/LeaseMeter.sol";
const ENDINGS = "contracts/modules/LeaseEndings.sol";
const MATH = "contracts/libraries/LeaseMath.sol";
const CLOCK = "contracts/libraries/ServiceClock.sol";
const STORE = "contracts/modules/LeaseStore.sol";
const REGISTRY = "contracts/modules/ProviderRegistry.sol";
const BOOK = "contracts/modules/LeaseBook.sol";

/** Attacks on what a lease costs, and on the clock that it is counted by. */
export const SETTLEMENT: readonly Seed[] = [
  {
    name: "remainder-outlives-depletion",
    attack: "specification 1: the next read underflows and the lease is stuck",
    file: MATH,
    find: "if (owed >= MILLI * balance) return (balance, 0);",
    replace: "if (owed >= MILLI * balance) return (balance, owed % MILLI);",
  },
  {
    name: "settle-restarts-retention",
    attack: "specification 4: a stranger's settle moves the depletion point, and retention never ends",
    file: METER,
    find: "if (balance == 0) clock = depletionClock(account);",
    replace: "",
  },
  {
    name: "late-settlement-reverts",
    attack: "A13: one second past the end, and nobody collects for ever",
    file: MATH,
    find: "if (owed >= MILLI * balance) return (balance, 0);",
    replace:
      "require(owed <= MILLI * balance);\n            if (owed == MILLI * balance) return (balance, 0);",
  },
  {
    name: "rounds-up-at-every-settlement",
    attack: "A4: whoever settles often makes the tenant pay more",
    file: MATH,
    find: "(due, carried) = (owed / MILLI, owed % MILLI);",
    replace: "(due, carried) = ((owed + MILLI - 1) / MILLI, 0);",
  },
  {
    name: "drops-the-remainder",
    attack: "A4, split-independence: whoever settles often makes the provider earn less",
    file: MATH,
    find: "(due, carried) = (owed / MILLI, owed % MILLI);",
    replace: "(due, carried) = (owed / MILLI, 0);",
  },
  {
    name: "snapshot-not-advanced",
    attack: "A7: the same seconds are paid again at the next settlement",
    file: METER,
    find: "billed = account.settled(balance, clock, carried);",
    replace: "billed = account.settled(balance, account.settledClock(), carried);",
  },
  {
    name: "minimum-settled-ahead",
    attack: "specification 4: the settled clock after a minimum is ahead of the service clock",
    file: METER,
    find: "billed = account.settled(account.balance() - due, clock, 0);",
    replace: "billed = account.settled(account.balance() - due, clock + minPeriod, 0);",
  },
  {
    name: "ends-before-its-money",
    attack: "A17: depleted a second before the balance is used up",
    file: MATH,
    find: "(MILLI * balance - remainder + milliRate - 1) / milliRate",
    replace: "(MILLI * balance - remainder) / milliRate",
  },
  {
    name: "minimum-almost-covered",
    attack: "specification 4: a lease depletes inside its minimum",
    file: MATH,
    find: "(milliRate * period + MILLI - 1) / MILLI",
    replace: "(milliRate * period) / MILLI",
  },
  {
    name: "overdrawn-runs-free",
    attack: "A17: a lease without money stays active for ever",
    file: STORE,
    find: "if (!account.isPaused() && clock >= account.depletionClock()) return (LeaseStatus.Depleted, clock);",
    replace: "clock;",
  },
  {
    name: "pause-shelters-the-stake",
    attack: "specification 4: a provider pauses his leases, leaves, and never lapses",
    file: STORE,
    find: "if (lapsed) return (LeaseStatus.Lapsed, clock);",
    replace: "if (lapsed && !account.isPaused()) return (LeaseStatus.Lapsed, clock);",
  },
  {
    name: "depleted-lease-lapses",
    attack: "specification 4: a provider whose work was paid to the end forfeits his stake",
    file: STORE,
    find: "if (!account.isPaused() && clock >= account.depletionClock())",
    replace: "if (!account.isPaused() && !lapsed && clock >= account.depletionClock())",
  },
  {
    name: "minimum-for-whoever-closes",
    attack: "specification 4: a provider who ends the lease himself is paid the minimum",
    file: ENDINGS,
    find: "ending.reason == CloseReason.TenantClosed\n",
    replace: "ending.reason != CloseReason.None\n",
  },
  {
    name: "minimum-for-the-silent",
    attack: "specification 4: a provider who is gone is paid the minimum",
    file: STORE,
    find: " || _isSilent(provider)) {",
    replace: ") {",
  },
  {
    name: "bills-what-never-started",
    attack: "A4: paid without having accepted; a lease never started costs its tenant money",
    file: STORE,
    find: "return account.isMetered() ? account.bill(clock)",
    replace: "return !account.isPaused() ? account.bill(clock)",
  },
  {
    name: "settle-bills-inside-the-minimum",
    attack: "specification 4: a stranger's settle ends the minimum that the tenant would have paid",
    file: BOOK,
    find: "if (!account.isMetered() || _isInMinimum(account, run.minPeriod, run.clock)) return 0;",
    replace: "if (!account.isMetered()) return 0;",
  },
  {
    name: "pays-for-the-pause",
    attack: "A6: pause, wait, close, and the waiting is paid",
    file: BOOK,
    find: "_save(leaseId, account.resumed(clock));",
    replace: "_save(leaseId, account.resumed(account.settledClock()));",
  },
  {
    name: "clock-runs-through-silence",
    attack: "invariant 12: a provider who is gone earns on",
    file: CLOCK,
    find: "return clock + (elapsed < reportPeriod ? elapsed : reportPeriod);",
    replace: "return clock + elapsed + 0 * reportPeriod;",
  },
  {
    name: "report-pays-the-darkness",
    attack: "invariant 13: a report after a long silence makes the clock jump",
    file: REGISTRY,
    find: "clock = _clockAt(provider);\n        record.clock = uint32(clock);",
    replace:
      "clock = uint256(record.clock) + block.timestamp - record.lastReportAt;\n        record.clock = uint32(clock);",
  },
  {
    name: "lapses-as-soon-as-silent",
    attack: "T1: the chain stands still for an hour, and every stake is forfeit",
    file: CLOCK,
    find: "return time > lastReportAt + reportPeriod + lapsePeriod;",
    replace: "return time > lastReportAt + reportPeriod + 0 * lapsePeriod;",
  },
];

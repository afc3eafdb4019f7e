// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import {
  bill,
  closeByProvider,
  closeByTenant,
  costOf,
  depletionClock,
  dueFor,
  type LeaseAccount,
  settle,
  statusOf,
} from "./lease-math.ts";

const MIN_PERIOD = 600n;
const REPORT_PERIOD = 3_600n;
const LAPSE_PERIOD = 259_200n;
/** Registered at second 0, so that a time is the service clock while he reports. */
const provider = { clock: 0n, lastReportAt: 0n, reportPeriod: REPORT_PERIOD };

/** One dollar at one dollar an hour, started at clock 100. */
const account: LeaseAccount = {
  balance: 1_000_000n,
  milliRatePerSecond: 277_778n,
  settledClock: 100n,
  remainder: 0n,
  started: true,
  paused: false,
  inMinimum: true,
  closed: false,
};

describe("the money of a lease", () => {
  it("a tenant who closes inside the minimum pays all of it", () => {
    const { due, refund } = closeByTenant(account, MIN_PERIOD, provider, 130n);
    expect({ due, refund }).to.deep.equal({ due: 166_666n, refund: 833_334n });
  });

  it("a provider who closes then is paid what elapsed", () => {
    const { due, refund } = closeByProvider(account, provider, 130n);
    expect({ due, refund }).to.deep.equal({ due: 8_333n, refund: 991_667n });
  });

  it("a provider who reported last at the start is paid one report period, however late the close", () => {
    const silentSince = { clock: 100n, lastReportAt: 100n, reportPeriod: REPORT_PERIOD };
    const now = 100n + 5n * 3_600n;
    expect(statusOf(account, silentSince, LAPSE_PERIOD, now)).to.equal("depleted");
    const closing = closeByTenant(account, MIN_PERIOD, silentSince, now);
    expect(closing.due).to.equal(1_000_000n);
    expect(closing.account.settledClock).to.equal(3_700n);
  });

  it("a lease that was never started pays nothing", () => {
    const pending = { ...account, started: false, inMinimum: false, settledClock: 0n };
    expect(closeByTenant(pending, MIN_PERIOD, provider, 9_999n)).to.include({ due: 0n, refund: 1_000_000n });
  });

  it("nothing accrues to a paused lease, whoever closes it", () => {
    const paused = { ...account, paused: true, inMinimum: false };
    expect(settle(paused, MIN_PERIOD, 3_000n)).to.deep.equal({ account: paused, due: 0n });
    expect(closeByProvider(paused, provider, 3_000n)).to.include({ due: 0n, refund: 1_000_000n });
  });

  it("nothing is settled twice, and nothing after the close", () => {
    const once = bill(account, 2_000n).account;
    expect(settle(once, MIN_PERIOD, 2_000n).due).to.equal(0n);
    const closed = closeByProvider(once, provider, 2_000n).account;
    expect(settle(closed, MIN_PERIOD, 3_000n)).to.deep.equal({ account: closed, due: 0n });
  });

  const accounts: fc.Arbitrary<LeaseAccount> = fc
    .record({
      balance: fc.bigInt({ min: 1n, max: 2n ** 96n - 1n }),
      milliRatePerSecond: fc.bigInt({ min: 1n, max: 2n ** 74n - 1n }),
      settledClock: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
      remainder: fc.bigInt({ min: 0n, max: 999n }),
    })
    .map((money) => ({ ...account, ...money, inMinimum: false }));

  it("settling often or rarely gives the same totals, to the thousandth", () => {
    const hops = fc.array(fc.bigInt({ min: 0n, max: 100_000n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(accounts, hops, (start, seconds) => {
        const total = seconds.reduce((sum, hop) => sum + hop, 0n);
        const once = bill(start, start.settledClock + total);
        let [often, paid, clock] = [start, 0n, start.settledClock];
        for (const hop of seconds) {
          clock += hop;
          const billed = bill(often, clock);
          [often, paid] = [billed.account, paid + billed.due];
        }
        expect(paid).to.equal(once.due);
        expect(often).to.deep.equal(once.account);
      }),
    );
  });

  it("a balance lasts until its depletion and not a second longer", () => {
    fc.assert(
      fc.property(accounts, (open) => {
        const seconds = depletionClock(open) - open.settledClock;
        const owed = (elapsed: bigint): bigint => open.remainder + open.milliRatePerSecond * elapsed;
        expect(owed(seconds) >= 1_000n * open.balance).to.equal(true);
        expect(owed(seconds - 1n) < 1_000n * open.balance).to.equal(true);
        expect(dueFor(open, seconds)).to.equal(open.balance);
      }),
    );
  });

  it("the cost of a period pays it, and a base unit less does not", () => {
    const periods = fc.bigInt({ min: 1n, max: 86_400n });
    fc.assert(
      fc.property(accounts, periods, ({ milliRatePerSecond }, period) => {
        const cost = costOf(milliRatePerSecond, period);
        expect(1_000n * cost >= milliRatePerSecond * period).to.equal(true);
        expect(1_000n * (cost - 1n) < milliRatePerSecond * period).to.equal(true);
      }),
    );
  });
});

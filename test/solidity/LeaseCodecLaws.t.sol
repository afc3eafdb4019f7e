// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseCodec } from "../../contracts/libraries/LeaseCodec.sol";
import { LeaseAccount } from "../../contracts/types/LeaseAccount.sol";
import { CloseReason } from "../../contracts/types/Enums.sol";
import { Bound } from "./Bound.sol";

/// @title LeaseCodecLaws
/// @notice Every field of a lease's word has a place of its own: what writes one changes no other, whatever the word.
contract LeaseCodecLaws {
    using LeaseCodec for LeaseAccount;

    uint256 private constant BALANCE = ((1 << 96) - 1) << 160;
    uint256 private constant RATE = ((1 << 74) - 1) << 86;
    uint256 private constant CLOCK = ((1 << 32) - 1) << 54;
    uint256 private constant OFFER = ((1 << 32) - 1) << 22;
    uint256 private constant REMAINDER = ((1 << 10) - 1) << 12;
    uint256 private constant REASON = 7;
    uint256 private constant STARTED = 8;
    uint256 private constant PAUSED = 16;
    uint256 private constant IN_MINIMUM = 32;
    uint256 private constant UNLOCKED = 64;
    uint256 private constant DISPUTED = 128;
    uint256 private constant DISPUTE_USED = 256;

    error Broken(uint256 actual, uint256 expected);

    function testFuzz_fieldsAreReadFromTheirPlaces(uint256 word) external pure {
        LeaseAccount account = LeaseAccount.wrap(word);
        _equal(account.balance(), (word & BALANCE) >> 160);
        _equal(account.rate(), (word & RATE) >> 86);
        _equal(account.settledClock(), (word & CLOCK) >> 54);
        _equal(account.offerId(), (word & OFFER) >> 22);
        _equal(account.remainder(), (word & REMAINDER) >> 12);
        _equal(uint256(account.reason()), word & REASON);
    }

    function testFuzz_flagsAreReadFromTheirPlaces(uint256 word) external pure {
        LeaseAccount account = LeaseAccount.wrap(word);
        _same(account.isClosed(), word & REASON != 0);
        _same(account.isStarted(), word & STARTED != 0);
        _same(account.isPaused(), word & PAUSED != 0);
        _same(account.isInMinimum(), word & IN_MINIMUM != 0);
        _same(account.isUnlocked(), word & UNLOCKED != 0);
        _same(account.isDisputed(), word & DISPUTED != 0);
        _same(account.isDisputeUsed(), word & DISPUTE_USED != 0);
    }

    function testFuzz_meterRunsOnlyStartedNotPausedNotClosed(uint256 word) external pure {
        bool expected = word & STARTED != 0 && word & PAUSED == 0 && word & REASON == 0;
        _same(LeaseAccount.wrap(word).isMetered(), expected);
    }

    function testFuzz_newLeaseHoldsWhatItWasGivenAndNothingElse(uint256[3] memory seeds) external pure {
        uint256 balance = Bound.within(seeds[0], 0, LeaseCodec.MAX_BALANCE);
        uint256 rate = Bound.within(seeds[1], 1, LeaseCodec.MAX_RATE);
        uint256 offerId = Bound.within(seeds[2], 0, type(uint32).max);
        LeaseAccount account = LeaseCodec.create(balance, rate, offerId);
        _equal(account.balance(), balance);
        _equal(account.rate(), rate);
        _equal(account.offerId(), offerId);
        _equal(LeaseAccount.unwrap(account) & ~(BALANCE | RATE | OFFER), 0);
    }

    function testFuzz_settlementWritesBalanceClockAndRemainder(
        uint256 word,
        uint256[3] memory seeds
    ) external pure {
        uint256 balance = Bound.within(seeds[0], 0, LeaseCodec.MAX_BALANCE);
        uint256 clock = Bound.within(seeds[1], 0, type(uint32).max);
        uint256 remainder = Bound.within(seeds[2], 0, 999);
        LeaseAccount account = LeaseAccount.wrap(word).settled(balance, clock, remainder);
        _equal(account.balance(), balance);
        _equal(account.settledClock(), clock);
        _equal(account.remainder(), remainder);
        _same(account.isInMinimum(), false);
        _keeps(word, account, BALANCE | CLOCK | REMAINDER | IN_MINIMUM);
    }

    function testFuzz_startWritesClockStartedAndMinimum(uint256 word, uint256 clock) external pure {
        word &= ~(CLOCK | STARTED | IN_MINIMUM);
        clock = Bound.within(clock, 0, type(uint32).max);
        LeaseAccount account = LeaseAccount.wrap(word).started(clock);
        _equal(account.settledClock(), clock);
        _same(account.isStarted(), true);
        _same(account.isInMinimum(), true);
        _keeps(word, account, CLOCK | STARTED | IN_MINIMUM);
    }

    function testFuzz_resumingWritesClockAndPaused(uint256 word, uint256 clock) external pure {
        clock = Bound.within(clock, 0, type(uint32).max);
        LeaseAccount account = LeaseAccount.wrap(word).paused().resumed(clock);
        _equal(account.settledClock(), clock);
        _same(account.isPaused(), false);
        _keeps(word, account, CLOCK | PAUSED);
    }

    function testFuzz_balanceAndRateAreWrittenAlone(
        uint256 word,
        uint256 balance,
        uint256 rate
    ) external pure {
        balance = Bound.within(balance, 0, LeaseCodec.MAX_BALANCE);
        rate = Bound.within(rate, 1, LeaseCodec.MAX_RATE);
        LeaseAccount account = LeaseAccount.wrap(word);
        _equal(account.withBalance(balance).balance(), balance);
        _keeps(word, account.withBalance(balance), BALANCE);
        _equal(account.withRate(rate).rate(), rate);
        _keeps(word, account.withRate(rate), RATE);
    }

    function testFuzz_flagsAreWrittenAlone(uint256 word) external pure {
        LeaseAccount account = LeaseAccount.wrap(word);
        _equal(LeaseAccount.unwrap(account.paused()), word | PAUSED);
        _equal(LeaseAccount.unwrap(account.unlocked()), word | UNLOCKED);
        _equal(LeaseAccount.unwrap(account.disputed()), word | DISPUTED);
        _equal(LeaseAccount.unwrap(account.undisputed()), (word & ~DISPUTED) | DISPUTE_USED);
    }

    function testFuzz_closingEmptiesTheLeaseAndSaysWhy(uint256 word, uint256 reason) external pure {
        word &= ~REASON;
        reason = 1 + (reason % uint256(type(CloseReason).max));
        LeaseAccount account = LeaseAccount.wrap(word).closed(CloseReason(reason));
        _equal(uint256(account.reason()), reason);
        _equal(account.balance(), 0);
        _equal(account.remainder(), 0);
        _keeps(word, account, BALANCE | REMAINDER | IN_MINIMUM | REASON);
    }

    function _keeps(uint256 word, LeaseAccount account, uint256 written) private pure {
        _equal(LeaseAccount.unwrap(account) & ~written, word & ~written);
    }

    function _equal(uint256 actual, uint256 expected) private pure {
        require(actual == expected, Broken(actual, expected));
    }

    function _same(bool actual, bool expected) private pure {
        _equal(actual ? 1 : 0, expected ? 1 : 0);
    }
}

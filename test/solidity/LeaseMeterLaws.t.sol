// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseCodec } from "../../contracts/libraries/LeaseCodec.sol";
import { LeaseMeter } from "../../contracts/libraries/LeaseMeter.sol";
import { LeaseAccount } from "../../contracts/types/LeaseAccount.sol";
import { LeaseDraw } from "./LeaseDraw.sol";

/// @title LeaseMeterLaws
/// @notice What holds for every settlement of a lease, word for word.
contract LeaseMeterLaws {
    using LeaseCodec for LeaseAccount;
    using LeaseMeter for LeaseAccount;

    error Broken(uint256 actual, uint256 expected);

    function testFuzz_twoSettlementsLeaveTheLeaseThatOneLeaves(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        LeaseAccount account = LeaseDraw.accountOf(draw);
        uint256 middle = draw.settledClock + draw.first;
        (uint256 due, LeaseAccount once) = account.bill(middle + draw.second);
        (uint256 firstDue, LeaseAccount between) = account.bill(middle);
        (uint256 secondDue, LeaseAccount twice) = between.bill(_later(between, middle + draw.second));
        require(firstDue + secondDue == due, Broken(firstDue + secondDue, due));
        require(_word(twice) == _word(once), Broken(_word(twice), _word(once)));
    }

    function testFuzz_settlingLeavesDepletionWhereItWas(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        LeaseAccount account = LeaseDraw.accountOf(draw);
        (, LeaseAccount billed) = account.bill(draw.settledClock + draw.first);
        require(
            billed.depletionClock() == account.depletionClock(),
            Broken(billed.depletionClock(), account.depletionClock())
        );
    }

    function testFuzz_settlementNeverGoesPastDepletion(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        LeaseAccount account = LeaseDraw.accountOf(draw);
        uint256 clock = draw.settledClock + draw.first;
        (, LeaseAccount billed) = account.bill(clock);
        uint256 depletion = account.depletionClock();
        uint256 expected = clock < depletion ? clock : depletion;
        require(billed.settledClock() == expected, Broken(billed.settledClock(), expected));
        require((billed.balance() == 0) == (clock >= depletion), Broken(billed.balance(), clock));
    }

    function testFuzz_settlementMovesMoneyAndMakesNone(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        LeaseAccount account = LeaseDraw.accountOf(draw);
        (uint256 due, LeaseAccount billed) = account.bill(draw.settledClock + draw.first);
        require(due == account.accruedAt(draw.settledClock + draw.first), Broken(due, 0));
        require(due + billed.balance() == draw.balance, Broken(due + billed.balance(), draw.balance));
    }

    function testFuzz_settlementEndsTheMinimumAndKeepsTheRest(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        LeaseAccount account = LeaseDraw.accountOf(draw);
        LeaseAccount inMinimum = LeaseAccount.wrap(_word(account) | (1 << 5));
        (, LeaseAccount billed) = inMinimum.bill(draw.settledClock + draw.first);
        require(!billed.isInMinimum(), Broken(_word(billed), 0));
        require(billed.rate() == draw.rate, Broken(billed.rate(), draw.rate));
        require(billed.offerId() == 7, Broken(billed.offerId(), 7));
        require(billed.isMetered(), Broken(_word(billed), 0));
    }

    function testFuzz_minimumIsPaidInWholeAndEndsAtTheClock(uint256[6] memory seeds) external pure {
        LeaseDraw.Draw memory draw = LeaseDraw.from(seeds);
        LeaseAccount account = LeaseDraw.accountOf(draw);
        uint256 minPeriod = draw.first + draw.second;
        (uint256 due, LeaseAccount billed) = account.billMinimum(minPeriod, draw.settledClock + draw.first);
        uint256 owed = (draw.remainder + draw.rate * minPeriod) / 1000;
        uint256 expected = owed < draw.balance ? owed : draw.balance;
        require(due == expected, Broken(due, expected));
        require(billed.balance() == draw.balance - due, Broken(billed.balance(), draw.balance - due));
        require(billed.remainder() == 0, Broken(billed.remainder(), 0));
        require(
            billed.settledClock() == draw.settledClock + draw.first,
            Broken(billed.settledClock(), draw.first)
        );
    }

    /// @dev A provider's clock never stands before a settlement that it caused.
    function _later(LeaseAccount account, uint256 clock) private pure returns (uint256) {
        return clock < account.settledClock() ? account.settledClock() : clock;
    }

    function _word(LeaseAccount account) private pure returns (uint256) {
        return LeaseAccount.unwrap(account);
    }
}

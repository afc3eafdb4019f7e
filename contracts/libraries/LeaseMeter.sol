// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseAccount } from "../types/LeaseAccount.sol";
import { LeaseCodec } from "./LeaseCodec.sol";
import { LeaseMath } from "./LeaseMath.sol";

/// @title LeaseMeter
/// @notice {LeaseMath} applied to a lease whose meter runs. Clocks are service clocks, in seconds.
library LeaseMeter {
    using LeaseCodec for LeaseAccount;

    /// @notice The clock at which the balance is used up.
    function depletionClock(LeaseAccount account) internal pure returns (uint256) {
        uint256 paid = LeaseMath.secondsPaid(account.balance(), account.remainder(), account.rate());
        unchecked {
            // Below 2^32 + 2^107.
            return account.settledClock() + paid;
        }
    }

    /// @notice What was earned since the last settlement, in base units.
    function accruedAt(LeaseAccount account, uint256 clock) internal pure returns (uint256 due) {
        (due, ) = _charge(account, clock - account.settledClock());
    }

    /// @notice Bills up to a clock, or to the depletion point where that is earlier, and ends the minimum.
    /// @return due What was taken from the balance, in base units.
    /// @return billed The lease after it.
    function bill(
        LeaseAccount account,
        uint256 clock
    ) internal pure returns (uint256 due, LeaseAccount billed) {
        uint256 carried;
        (due, carried) = _charge(account, clock - account.settledClock());
        uint256 balance;
        unchecked {
            // A charge is at most the balance.
            balance = account.balance() - due;
        }
        if (balance == 0) clock = depletionClock(account);
        billed = account.settled(balance, clock, carried);
    }

    /// @notice Bills the whole minimum at once, to a clock inside it.
    /// @return due What was taken from the balance, in base units.
    /// @return billed The lease after it.
    function billMinimum(
        LeaseAccount account,
        uint256 minPeriod,
        uint256 clock
    ) internal pure returns (uint256 due, LeaseAccount billed) {
        (due, ) = _charge(account, minPeriod);
        billed = account.settled(account.balance() - due, clock, 0);
    }

    function _charge(
        LeaseAccount account,
        uint256 elapsed
    ) private pure returns (uint256 due, uint256 carried) {
        (due, carried) = LeaseMath.charge(account.balance(), account.remainder(), account.rate(), elapsed);
    }
}

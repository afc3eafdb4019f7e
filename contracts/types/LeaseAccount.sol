// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseReason } from "./Enums.sol";

/// @notice A lease's first storage word, unpacked: all that a settlement reads and writes.
/// @param balance Money left after the last settlement, in token base units, up to 2^96 - 1.
/// @param milliRatePerSecond Price in thousandths of a base unit per second, 1 to 2^74 - 1; 0 means there is no lease.
/// @param settledClock Service clock of the last settlement, in seconds.
/// @param offerId The offer it was opened under.
/// @param remainder Thousandths of a base unit owed beyond the last settlement, 0 to 999.
/// @param reason Why it ended; `None` while it has not.
/// @param started The provider has started it.
/// @param paused Nothing accrues.
/// @param inMinimum Started, and the minimum has not been passed by a settlement.
/// @param unlocked The collateral was unlocked, forfeited or awarded.
struct LeaseAccount {
    uint256 balance;
    uint256 milliRatePerSecond;
    uint256 settledClock;
    uint256 offerId;
    uint256 remainder;
    CloseReason reason;
    bool started;
    bool paused;
    bool inMinimum;
    bool unlocked;
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Bound
/// @notice Turns what a fuzzer draws into values that lie where mistakes hide: the ends of a range, and next to a given number.
library Bound {
    /// @notice A value from `low` to `high`: in one draw of four an end or next to one, otherwise of every magnitude alike.
    function within(uint256 seed, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 width = high - low;
        uint256 pick = seed % 8;
        uint256 draw = uint256(keccak256(abi.encode(seed)));
        if (pick == 0) return low + (draw % 2 > width ? width : draw % 2);
        if (pick == 1) return high - (draw % 2 > width ? width : draw % 2);
        if (pick < 5) draw = (draw >> 8) >> (draw % 248);
        return width == type(uint256).max ? draw : low + (draw % (width + 1));
    }

    /// @notice A value from `low` to `high`, in three draws of four `centre` or the one before or after it.
    function near(uint256 seed, uint256 centre, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 pick = seed % 4;
        if (pick == 3) return within(seed >> 2, low, high);
        uint256 value = centre + pick;
        if (value <= low) return low;
        return value - 1 > high ? high : value - 1;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseStatus } from "../../contracts/types/Enums.sol";

/// @notice A function of a lease, or a role in it.
enum Deed {
    Start,
    Pause,
    Resume,
    TopUp,
    TopUpFromBalance,
    SetManifest,
    Amend,
    Settle,
    Claim,
    Close,
    CloseByAnybody,
    CloseByProvider,
    Complete,
    OpenDispute,
    Rule,
    ExpireDispute,
    ReleaseCollateral
}

/// @title Reach
/// @notice Which function was called on a lease in which status, how often it went through and how often it was refused.
abstract contract Reach {
    uint256 internal constant DEEDS = uint256(type(Deed).max) + 1;
    uint256 internal constant STATUSES = uint256(type(LeaseStatus).max) + 1;
    uint256 private constant ALL = 0x7e;

    mapping(uint256 cell => uint256 count) public went;
    mapping(uint256 cell => uint256 count) public refused;

    /// @notice The cell of a table with a row for each deed and a column for each status.
    function cellOf(LeaseStatus status, Deed deed) public pure returns (uint256 cell) {
        cell = uint256(deed) * STATUSES + uint256(status);
    }

    /// @notice Whether the specification lets a deed go through in a status, as bits of a row.
    function rowOf(Deed deed) public pure returns (uint256 row) {
        if (deed == Deed.Start) return _row(LeaseStatus.Pending);
        if (deed == Deed.Pause) return _row(LeaseStatus.Active) | _row(LeaseStatus.Lapsed);
        if (deed == Deed.Resume) return _row(LeaseStatus.Paused);
        if (deed <= Deed.SetManifest) return _row(LeaseStatus.Pending) | _served();
        if (deed == Deed.Amend) return (_row(LeaseStatus.Pending) | _served()) & ~_row(LeaseStatus.Depleted);
        if (deed == Deed.CloseByAnybody) return _row(LeaseStatus.Pending) | _row(LeaseStatus.Depleted);
        if (deed == Deed.Close || deed == Deed.CloseByProvider) return ALL & ~_row(LeaseStatus.Closed);
        if (deed == Deed.Complete) return _served();
        if (deed == Deed.OpenDispute || deed == Deed.Rule) return _served() | _row(LeaseStatus.Closed);
        if (deed == Deed.ExpireDispute) return ALL & ~_row(LeaseStatus.Pending);
        return ALL;
    }

    /// @notice Whether every cell was reached: where the deed may go through it did, elsewhere it was refused.
    function reachedAll() public view returns (bool) {
        for (uint256 cell = 0; cell < DEEDS * STATUSES; ++cell) {
            if (cell % STATUSES != 0 && countOf(cell) == 0) return false;
        }
        return true;
    }

    /// @notice How often a cell was reached in the way that counts.
    function countOf(uint256 cell) public view returns (uint256 count) {
        count = isAllowed(cell) ? went[cell] : refused[cell];
    }

    /// @notice Whether the deed of a cell may go through.
    function isAllowed(uint256 cell) public pure returns (bool) {
        return rowOf(Deed(cell / STATUSES)) & (1 << (cell % STATUSES)) != 0;
    }

    function _tally(LeaseStatus status, Deed deed, bool done) internal {
        uint256 cell = cellOf(status, deed);
        require(!done || isAllowed(cell), "(16) a call outside the table went through");
        if (done) ++went[cell];
        else ++refused[cell];
    }

    function _served() private pure returns (uint256) {
        return _row(LeaseStatus.Active) | _row(LeaseStatus.Paused) | _row(LeaseStatus.Depleted);
    }

    function _row(LeaseStatus status) private pure returns (uint256) {
        return 1 << uint8(status);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IDelegates } from "../interfaces/IDelegates.sol";
import { Escrow } from "./Escrow.sol";

/// @title Delegates
/// @notice Who may spend for whom?
abstract contract Delegates is Escrow, IDelegates {
    struct Grant {
        uint128 cap;
        uint40 until;
    }

    mapping(address principal => mapping(address token => mapping(address delegate => Grant grant)))
        private _grants;

    /// @inheritdoc IDelegates
    function setDelegate(address token, address delegate, uint128 cap, uint40 until) external nonReentrant {
        _grants[msg.sender][token][delegate] = Grant({ cap: cap, until: until });
        emit DelegateSet(msg.sender, token, delegate, cap, until);
    }

    /// @inheritdoc IDelegates
    function delegateOf(
        address principal,
        address token,
        address delegate
    ) external view nonReentrantView returns (uint256 cap, uint256 until) {
        Grant storage grant = _grants[principal][token][delegate];
        (cap, until) = (grant.cap, grant.until);
    }

    /// @dev True for the principal himself, and for a delegate of his whose time has not run out.
    function _actsFor(address principal, address token) internal view returns (bool) {
        return msg.sender == principal || block.timestamp <= _grants[principal][token][msg.sender].until;
    }

    function _requireActsFor(address principal, address token) internal view {
        if (msg.sender == principal) return;
        uint256 until = _grants[principal][token][msg.sender].until;
        require(block.timestamp <= until, DelegateNotAuthorized(principal, token, msg.sender, until));
    }

    /// @dev Takes from the principal's free balance, and from the cap of a delegate. The caller acts for the principal.
    function _spend(address principal, address token, uint256 amount) internal {
        _debit(token, principal, amount);
        if (msg.sender == principal) return;
        Grant storage grant = _grants[principal][token][msg.sender];
        uint256 cap = grant.cap;
        require(amount <= cap, DelegateCapExceeded(principal, token, msg.sender, amount, cap));
        cap -= amount;
        grant.cap = uint128(cap);
        emit DelegateSpent(principal, token, msg.sender, amount, cap);
    }
}

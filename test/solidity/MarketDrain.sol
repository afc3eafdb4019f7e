// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { CloseCause, LeaseStatus } from "../../contracts/types/Enums.sol";
import { BanningToken } from "./BanningToken.sol";
import { MarketChecks } from "./MarketChecks.sol";

/// @title MarketDrain
/// @notice The fixed script by which everybody leaves, from whatever state: the arbitrator says nothing, and one party is banned by
/// a token until all others are out.
abstract contract MarketDrain is MarketChecks {
    /// @dev Ends leases from one number to another.
    function _endLeases(uint256 first, uint256 last) internal {
        VM.warp(time);
        if (first == 1) _banAll(false);
        for (uint256 leaseId = first; leaseId <= last; ++leaseId) _endAsOwner(leaseId);
    }

    /// @dev Frees the collateral of leases from one number to another.
    function _freeLeases(uint256 first, uint256 last) internal {
        if (first == 1) time += RULING_PERIOD + 1;
        VM.warp(time);
        for (uint256 leaseId = first; leaseId <= last; ++leaseId) _freeAsAnybody(leaseId);
    }

    /// @dev Takes out all that anybody has; what is left was donated.
    function _leaveAll() internal {
        VM.warp(time);
        _check();
        uint256 banned = _draw(ACTORS);
        BanningToken(_tokens[BANNING]).setBanned(_actors[banned], true);
        for (uint256 i = 0; i < ACTORS; ++i) {
            for (uint256 j = 0; j < TOKENS; ++j) _leave(_actors[i], _tokens[j]);
        }
        for (uint256 i = 0; i < TOKENS; ++i) {
            uint256 left = IERC20(_tokens[i]).balanceOf(address(MARKET));
            require(left == _donated[_tokens[i]], "(28) everybody leaves with what is his");
        }
    }

    function _banAll(bool listed) private {
        BanningToken token = BanningToken(_tokens[BANNING]);
        for (uint256 i = 0; i < ACTORS; ++i) token.setBanned(_actors[i], listed);
        token.setBanned(SINK, listed);
    }

    function _endAsOwner(uint256 leaseId) private {
        if (_statusOf(leaseId) == LeaseStatus.Closed) return;
        address provider = _leases[leaseId].provider;
        _instanceUsed = _providers[provider].instance;
        CloseCause cause = CloseCause.Drain;
        bytes memory data = abi.encodeCall(MARKET.closeByProvider, (_instanceUsed, _single(leaseId), cause));
        require(_send(provider, data), "(28) a lease does not end");
    }

    function _freeAsAnybody(uint256 leaseId) private {
        if (_leases[leaseId].disputed) {
            bytes memory data = abi.encodeCall(MARKET.expireDispute, (leaseId));
            require(_send(_stranger, data), "(24) a dispute does not end");
        }
        if (_leases[leaseId].freed || _leases[leaseId].collateral == 0) return;
        _send(_stranger, abi.encodeCall(MARKET.releaseCollateral, (_single(leaseId))));
        require(_leases[leaseId].freed, "(24) collateral stays locked");
    }

    function _leave(address account, address token) private {
        uint256 free = _free[token][account];
        require(
            _send(account, abi.encodeCall(MARKET.withdraw, (token, free, SINK))),
            "(33) money does not leave"
        );
        uint256 staked = _staked[token][account];
        require(_locked[token][account] == 0, "(28) collateral stays locked");
        require(
            _send(account, abi.encodeCall(MARKET.withdrawStake, (token, staked, SINK))),
            "(33) stake does not leave"
        );
    }
}

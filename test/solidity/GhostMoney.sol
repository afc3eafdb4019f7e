// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { GhostBooks } from "./GhostBooks.sol";
import { Vm } from "./Vm.sol";

/// @title GhostMoney
/// @notice Money that comes, goes or is handed to a delegate, as the events tell it.
abstract contract GhostMoney is GhostBooks {
    /// @dev Tokens that came in and are not spoken for yet by the event that follows; what a delegate just spent.
    uint256 internal _pulled;
    address internal _pulledToken;
    uint256 internal _delegated;

    function _enterTransfer(Vm.Log memory log, address market) internal {
        uint256 amount = abi.decode(log.data, (uint256));
        if (_account(log.topics[2]) == market) {
            _held[log.emitter] += amount;
            _pulled += amount;
            _pulledToken = log.emitter;
        }
        if (_account(log.topics[1]) == market) _held[log.emitter] -= amount;
    }

    function _enterDeposit(Vm.Log memory log) internal {
        (uint256 amount, uint256 balance) = abi.decode(log.data, (uint256, uint256));
        (address token, address account) = (_account(log.topics[1]), _account(log.topics[2]));
        require(account == _caller, "(26) a deposit is the caller's");
        _free[token][account] += _arrive(token, amount);
        require(_free[token][account] == balance, "(01) Deposited: total");
    }

    function _enterWithdrawal(Vm.Log memory log) internal {
        (uint256 amount, uint256 balance) = abi.decode(log.data, (uint256, uint256));
        (address token, address account) = (_account(log.topics[1]), _account(log.topics[2]));
        require(account == _caller, "(26) only the owner withdraws");
        _free[token][account] -= amount;
        require(_free[token][account] == balance, "(01) Withdrawn: total");
    }

    function _enterStake(Vm.Log memory log) internal {
        (uint256 amount, uint256 total, uint256 lockedNow) = abi.decode(
            log.data,
            (uint256, uint256, uint256)
        );
        (address provider, address token) = (_account(log.topics[1]), _account(log.topics[2]));
        _staked[token][provider] += _arrive(token, amount);
        require(_staked[token][provider] == total, "(01) StakeDeposited: total");
        require(_locked[token][provider] == lockedNow, "(19) StakeDeposited: locked");
    }

    function _enterUnstake(Vm.Log memory log) internal {
        (uint256 amount, uint256 total, uint256 lockedNow) = abi.decode(
            log.data,
            (uint256, uint256, uint256)
        );
        (address provider, address token) = (_account(log.topics[1]), _account(log.topics[2]));
        require(provider == _caller, "(27) only the owner moves stake");
        require(amount <= _staked[token][provider] - _locked[token][provider], "(21) locked stake left");
        _staked[token][provider] -= amount;
        require(_staked[token][provider] == total, "(01) StakeWithdrawn: total");
        require(_locked[token][provider] == lockedNow, "(19) StakeWithdrawn: locked");
    }

    function _enterGrant(Vm.Log memory log) internal {
        (uint256 cap, uint256 until) = abi.decode(log.data, (uint256, uint256));
        address principal = _account(log.topics[1]);
        require(principal == _caller, "(26) only the principal names a delegate");
        _grants[principal][_account(log.topics[2])][_account(log.topics[3])] = Grant(cap, until);
    }

    function _enterSpending(Vm.Log memory log) internal {
        (uint256 amount, uint256 cap) = abi.decode(log.data, (uint256, uint256));
        require(_account(log.topics[3]) == _caller, "(26) only the delegate spends");
        Grant storage grant = _grants[_account(log.topics[1])][_account(log.topics[2])][_caller];
        require(time <= grant.until, "(26) a delegate's time is over");
        grant.cap -= amount;
        require(grant.cap == cap, "(26) DelegateSpent: cap");
        _delegated = amount;
    }

    /// @dev Whether the caller may open for a tenant or revive his lease.
    function _actsFor(address tenant, address token) internal view returns (bool) {
        return _caller == tenant || time <= _grants[tenant][token][_caller].until;
    }

    /// @dev Out of what came in with this call from the caller, or else out of the tenant's free balance.
    function _pay(Lease storage lease, address payer, uint256 amount) internal {
        if (payer != address(0)) {
            require(payer == _caller, "(26) the payer is the caller");
            _arrive(lease.token, amount);
            return;
        }
        require(_caller == lease.tenant || _delegated == amount, "(26) spent from a foreign balance");
        _delegated = 0;
        _free[lease.token][lease.tenant] -= amount;
    }

    function _arrive(address token, uint256 amount) internal returns (uint256) {
        require(amount == _pulled && token == _pulledToken, "(02) credited what did not arrive");
        _pulled = 0;
        return amount;
    }

    /// @dev At the end of a call: what nothing spoke for was donated.
    function _closeMoney() internal {
        if (_pulled > 0) _donated[_pulledToken] += _pulled;
        _pulled = 0;
        require(_delegated == 0, "(26) a delegate spent on nothing");
    }
}

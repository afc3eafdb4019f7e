// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IEscrow } from "../../contracts/interfaces/IEscrow.sol";
import { ILeaseBook } from "../../contracts/interfaces/ILeaseBook.sol";
import { IProviderRegistry } from "../../contracts/interfaces/IProviderRegistry.sol";
import { CloseCause, CloseReason } from "../../contracts/types/Enums.sol";
import { Vm } from "./Vm.sol";

/// @title GhostLedger
/// @notice The market's books, kept a second time from its events and the tokens' transfers alone.
contract GhostLedger {
    struct Lease {
        address provider;
        address tenant;
        address token;
        uint256 offerId;
        uint256 deposited;
        uint256 paid;
        uint256 refunded;
        uint256 collateral;
        bool closed;
        bool freed;
    }

    address public immutable market;

    mapping(uint256 leaseId => Lease lease) private _leases;
    mapping(uint256 offerId => uint256 open) public openLeases;
    mapping(uint256 offerId => address token) public tokenOf;
    mapping(address token => mapping(address account => uint256 amount)) public free;
    mapping(address token => mapping(address provider => uint256 amount)) public staked;
    mapping(address token => mapping(address provider => uint256 amount)) public locked;
    mapping(address token => uint256 amount) public held;
    mapping(address token => uint256 amount) public donated;
    mapping(address provider => uint256 sequence) public sequence;
    mapping(CloseReason reason => uint256 count) public endings;
    uint256 public leaseCount;

    /// @dev Tokens that came in and are not spoken for yet by the event that follows.
    uint256 private _pulled;
    address private _pulledToken;

    constructor(address market_) {
        market = market_;
    }

    /// @notice Tells the currency of an offer.
    /// @param offerId The offer.
    /// @param token Its currency.
    function noteOffer(uint256 offerId, address token) external {
        tokenOf[offerId] = token;
    }

    /// @notice What the events tell about a lease.
    /// @param leaseId The lease.
    /// @return lease Its books.
    function leaseOf(uint256 leaseId) external view returns (Lease memory lease) {
        lease = _leases[leaseId];
    }

    /// @notice Enters the events of one call. Tokens that nothing follows were donated.
    /// @param logs The events, in their order.
    function enter(Vm.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == market) _enterOwn(logs[i]);
            else if (logs[i].topics[0] == IERC20.Transfer.selector) _enterTransfer(logs[i]);
        }
        if (_pulled > 0) donated[_pulledToken] += _pulled;
        _pulled = 0;
    }

    function _enterTransfer(Vm.Log calldata log) private {
        uint256 amount = abi.decode(log.data, (uint256));
        if (_account(log.topics[2]) == market) {
            held[log.emitter] += amount;
            _pulled += amount;
            _pulledToken = log.emitter;
        }
        if (_account(log.topics[1]) == market) held[log.emitter] -= amount;
    }

    function _enterOwn(Vm.Log calldata log) private {
        bytes32 kind = log.topics[0];
        if (kind == IEscrow.Deposited.selector) _enterDeposit(log);
        else if (kind == IEscrow.Withdrawn.selector) _enterWithdrawal(log);
        else if (kind == IProviderRegistry.StakeDeposited.selector) _enterStake(log);
        else if (kind == IProviderRegistry.StakeWithdrawn.selector) _enterUnstake(log);
        else if (kind == ILeaseBook.LeaseOpened.selector) _enterOpening(log);
        else if (kind == ILeaseBook.LeaseToppedUp.selector) _enterTopUp(log);
        else _enterLife(log, kind);
    }

    function _enterLife(Vm.Log calldata log, bytes32 kind) private {
        if (kind == ILeaseBook.LeaseSettled.selector) _enterSettlement(log);
        else if (kind == ILeaseBook.LeasePaused.selector) _enterPause(log);
        else if (kind == ILeaseBook.LeaseClosed.selector) _enterClose(log);
        else if (kind == ILeaseBook.CollateralUnlocked.selector) _enterUnlock(log);
        else if (kind == ILeaseBook.CollateralForfeited.selector) _enterForfeit(log);
        else if (kind == ILeaseBook.LeaseStarted.selector || kind == ILeaseBook.LeaseResumed.selector) {
            (, uint256 number) = abi.decode(log.data, (uint256, uint256));
            _count(log, number);
        } else if (kind == ILeaseBook.LeaseManifestChanged.selector) {
            (, uint256 number) = abi.decode(log.data, (bytes32, uint256));
            _count(log, number);
        }
    }

    function _enterDeposit(Vm.Log calldata log) private {
        (uint256 amount, uint256 balance) = abi.decode(log.data, (uint256, uint256));
        (address token, address account) = (_account(log.topics[1]), _account(log.topics[2]));
        free[token][account] += _spend(amount);
        require(free[token][account] == balance, "Deposited: total");
    }

    function _enterWithdrawal(Vm.Log calldata log) private {
        (uint256 amount, uint256 balance) = abi.decode(log.data, (uint256, uint256));
        (address token, address account) = (_account(log.topics[1]), _account(log.topics[2]));
        free[token][account] -= amount;
        require(free[token][account] == balance, "Withdrawn: total");
    }

    function _enterStake(Vm.Log calldata log) private {
        (uint256 amount, uint256 total, uint256 lockedNow) = abi.decode(
            log.data,
            (uint256, uint256, uint256)
        );
        (address provider, address token) = (_account(log.topics[1]), _account(log.topics[2]));
        staked[token][provider] += _spend(amount);
        require(staked[token][provider] == total, "StakeDeposited: total");
        require(locked[token][provider] == lockedNow, "StakeDeposited: locked");
    }

    function _enterUnstake(Vm.Log calldata log) private {
        (uint256 amount, uint256 total, uint256 lockedNow) = abi.decode(
            log.data,
            (uint256, uint256, uint256)
        );
        (address provider, address token) = (_account(log.topics[1]), _account(log.topics[2]));
        staked[token][provider] -= amount;
        require(staked[token][provider] == total, "StakeWithdrawn: total");
        require(locked[token][provider] == lockedNow, "StakeWithdrawn: locked");
    }

    function _enterOpening(Vm.Log calldata log) private {
        (uint256 offerId, , uint256 balance, uint256 collateral, , , uint256 number) = abi.decode(
            log.data,
            (uint256, uint256, uint256, uint256, uint256, bytes32, uint256)
        );
        require(uint256(log.topics[1]) == ++leaseCount, "LeaseOpened: number");
        Lease storage lease = _leases[leaseCount];
        lease.provider = _account(log.topics[2]);
        lease.tenant = _account(log.topics[3]);
        lease.offerId = offerId;
        lease.token = tokenOf[offerId];
        lease.collateral = collateral;
        lease.deposited = balance;
        _fund(lease, lease.tenant, balance);
        locked[lease.token][lease.provider] += collateral;
        ++openLeases[offerId];
        _count(log, number);
    }

    function _enterTopUp(Vm.Log calldata log) private {
        (uint256 amount, uint256 balance, , uint256 number) = abi.decode(
            log.data,
            (uint256, uint256, bool, uint256)
        );
        Lease storage lease = _lease(log);
        lease.deposited += amount;
        _fund(lease, _account(log.topics[3]), amount);
        require(balance == lease.deposited - lease.paid, "LeaseToppedUp: total");
        _count(log, number);
    }

    function _enterSettlement(Vm.Log calldata log) private {
        (uint256 due, uint256 balance, ) = abi.decode(log.data, (uint256, uint256, uint256));
        _bill(_lease(log), due, balance);
    }

    function _enterPause(Vm.Log calldata log) private {
        (uint256 due, uint256 balance, , uint256 number) = abi.decode(
            log.data,
            (uint256, uint256, uint256, uint256)
        );
        _bill(_lease(log), due, balance);
        _count(log, number);
    }

    function _enterClose(Vm.Log calldata log) private {
        (CloseReason reason, , uint256 due, uint256 refund, , uint256 number) = abi.decode(
            log.data,
            (CloseReason, CloseCause, uint256, uint256, uint256, uint256)
        );
        Lease storage lease = _lease(log);
        require(!lease.closed, "LeaseClosed: twice");
        lease.closed = true;
        lease.refunded = refund;
        _bill(lease, due, refund);
        free[lease.token][lease.tenant] += refund;
        --openLeases[lease.offerId];
        ++endings[reason];
        _count(log, number);
    }

    function _enterUnlock(Vm.Log calldata log) private {
        Lease storage lease = _lease(log);
        _freeCollateral(lease, abi.decode(log.data, (uint256)));
    }

    function _enterForfeit(Vm.Log calldata log) private {
        uint256 amount = abi.decode(log.data, (uint256));
        Lease storage lease = _lease(log);
        _freeCollateral(lease, amount);
        staked[lease.token][lease.provider] -= amount;
        free[lease.token][lease.tenant] += amount;
    }

    function _freeCollateral(Lease storage lease, uint256 amount) private {
        require(lease.closed && !lease.freed, "collateral: freed twice, or too early");
        require(amount == lease.collateral && amount > 0, "collateral: amount");
        lease.freed = true;
        locked[lease.token][lease.provider] -= amount;
    }

    function _bill(Lease storage lease, uint256 due, uint256 balance) private {
        lease.paid += due;
        free[lease.token][lease.provider] += due;
        require(balance == lease.deposited - lease.paid, "bill: balance");
    }

    /// @dev Out of what came in with this call, or else out of the payer's free balance.
    function _fund(Lease storage lease, address payer, uint256 amount) private {
        if (_pulled > 0) _spend(amount);
        else free[lease.token][payer] -= amount;
    }

    function _spend(uint256 amount) private returns (uint256) {
        require(amount == _pulled, "credited what did not arrive");
        _pulled = 0;
        return amount;
    }

    function _count(Vm.Log calldata log, uint256 number) private {
        address provider = _account(log.topics[2]);
        require(number == ++sequence[provider], "sequence: gap");
    }

    function _lease(Vm.Log calldata log) private view returns (Lease storage lease) {
        lease = _leases[uint256(log.topics[1])];
        require(lease.provider == _account(log.topics[2]), "event: provider");
    }

    function _account(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}

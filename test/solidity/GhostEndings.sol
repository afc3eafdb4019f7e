// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseCause, CloseReason, LeaseStatus } from "../../contracts/types/Enums.sol";
import { GhostLeases } from "./GhostLeases.sol";
import { Vm } from "./Vm.sol";

/// @title GhostEndings
/// @notice Ends, collateral and disputes, as the events tell them.
abstract contract GhostEndings is GhostLeases {
    struct Ending {
        CloseReason reason;
        CloseCause cause;
        uint256 due;
        uint256 refund;
        uint256 settledClock;
        uint256 sequence;
    }

    struct Claim {
        uint256 amount;
        uint256 bond;
        uint256 ruleBy;
    }

    /// @dev Of a ruling in this call: the award that {CollateralAwarded} must tell, or that the rest must be freed.
    uint256 private _awarded;
    /// @dev Leases that this call ended or whose dispute it ended.
    uint256[] private _judged;

    function _enterClose(Vm.Log memory log) internal {
        Ending memory told = abi.decode(log.data, (Ending));
        Lease storage lease = _lease(log);
        require(_account(log.topics[3]) == lease.tenant, "(16) LeaseClosed: tenant");
        _checkEnding(lease, _status(log), told.reason);
        _billEnding(lease, told);
        require(lease.paid + told.refund == lease.deposited, "(08) paid and refunded is deposited");
        require(lease.started || told.due == 0, "(09) a lease never started costs nothing");
        (lease.reason, lease.refunded, lease.closedAt) = (told.reason, told.refund, time);
        (lease.balance, lease.remainder, lease.inMinimum) = (0, 0, false);
        _free[lease.token][lease.tenant] += told.refund;
        --_offers[lease.offerId].taken;
        ++_endings[told.reason];
        _judged.push(uint256(log.topics[1]));
        _count(log, told.sequence);
    }

    function _checkEnding(Lease storage lease, LeaseStatus status, CloseReason reason) private view {
        bool running = status == LeaseStatus.Active || status == LeaseStatus.Paused;
        if (reason == CloseReason.NotStarted) {
            require(status == LeaseStatus.Pending && time > lease.startBy, "(16) NotStarted");
        } else if (reason == CloseReason.Depleted) {
            uint256 until = _depletionOf(lease) + _offers[lease.offerId].retentionPeriod;
            require(status == LeaseStatus.Depleted, "(16) Depleted");
            require(_clockAt(lease.provider) >= until, "(16) ended within retention");
        } else if (reason == CloseReason.TenantClosed) {
            require(_caller == lease.tenant, "(26) TenantClosed: caller");
            require(running || status == LeaseStatus.Depleted, "(16) TenantClosed");
        } else if (reason == CloseReason.Lapsed) {
            require(status == LeaseStatus.Lapsed, "(25) Lapsed");
            if (_caller != lease.tenant) _requireProvider(lease.provider);
        } else {
            _requireProvider(lease.provider);
            if (reason == CloseReason.Declined) require(status == LeaseStatus.Pending, "(16) Declined");
            else require(running || status == LeaseStatus.Depleted, "(16) an end by the provider");
        }
    }

    function _billEnding(Lease storage lease, Ending memory told) private {
        if (!_isMetered(lease)) {
            require(told.due == 0, "(12) due while it stands");
            require(told.settledClock == lease.settledClock, "(12) a clock that stands");
            require(told.refund == lease.balance, "(08) refund");
            return;
        }
        bool own = told.reason == CloseReason.TenantClosed && !_isSilent(lease.provider);
        if (!own || !_isInMinimum(lease)) {
            _bill(lease, told.due, told.refund, told.settledClock);
            return;
        }
        uint256 owed = (lease.remainder + lease.rate * _offers[lease.offerId].minPeriod) / 1000;
        require(told.due == owed, "(06) the minimum");
        require(told.settledClock == _clockAt(lease.provider), "(12) the minimum: clock");
        _take(lease, told.due, told.refund);
        lease.settledClock = told.settledClock;
    }

    function _enterUnlock(Vm.Log memory log) internal {
        Lease storage lease = _lease(log);
        require(lease.reason != CloseReason.None && !lease.disputed, "(20) unlocked too early");
        bool late = time > lease.closedAt + DISPUTE_WINDOW || _caller == lease.tenant;
        require(_isDue(lease) || late, "(20) unlocked within the window");
        _freeCollateral(lease, abi.decode(log.data, (uint256)));
    }

    function _enterForfeit(Vm.Log memory log) internal {
        uint256 amount = abi.decode(log.data, (uint256));
        Lease storage lease = _lease(log);
        require(lease.reason == CloseReason.Lapsed && lease.closedAt == time, "(21) forfeited");
        _freeCollateral(lease, amount);
        _staked[lease.token][lease.provider] -= amount;
        _free[lease.token][lease.tenant] += amount;
    }

    function _enterAward(Vm.Log memory log) internal {
        (uint256 amount, uint256 rest) = abi.decode(log.data, (uint256, uint256));
        Lease storage lease = _lease(log);
        require(amount == _awarded && amount > 0, "(21) an award that was not ruled");
        _awarded = 0;
        _freeCollateral(lease, amount + rest);
        _staked[lease.token][lease.provider] -= amount;
        _free[lease.token][lease.tenant] += amount;
    }

    function _freeCollateral(Lease storage lease, uint256 amount) private {
        require(!lease.freed, "(20) collateral freed twice");
        require(amount == lease.collateral && amount > 0, "(22) collateral: amount");
        lease.freed = true;
        _locked[lease.token][lease.provider] -= amount;
    }

    function _enterDispute(Vm.Log memory log) internal {
        (uint256 amount, uint256 bond, uint256 ruleBy, ) = abi.decode(
            log.data,
            (uint256, uint256, uint256, string)
        );
        Lease storage lease = _lease(log);
        require(lease.tenant == _caller, "(26) DisputeOpened: caller");
        require(lease.started && !lease.disputed && !lease.disputeUsed, "(20) DisputeOpened");
        _checkDisputable(lease, _status(log));
        require(amount > 0 && amount <= lease.collateral, "(22) DisputeOpened: amount");
        require(bond == (lease.collateral + 9) / 10, "(22) the bond is a tenth, rounded up");
        require(ruleBy == time + RULING_PERIOD, "(24) DisputeOpened: ruleBy");
        (lease.claimed, lease.bond, lease.ruleBy, lease.disputed) = (amount, bond, ruleBy, true);
        _free[lease.token][lease.tenant] -= bond;
        _bonds[lease.token] += bond;
    }

    function _checkDisputable(Lease storage lease, LeaseStatus status) private view {
        require(!lease.freed && _offers[lease.offerId].arbitrator != address(0), "(20) nothing to dispute");
        if (status == LeaseStatus.Closed) {
            require(lease.reason != CloseReason.TenantClosed, "(20) disputed after the own close");
            require(time <= lease.closedAt + DISPUTE_WINDOW, "(24) disputed after the window");
        } else {
            require(status != LeaseStatus.Pending && status != LeaseStatus.Lapsed, "(16) DisputeOpened");
        }
    }

    function _enterRuling(Vm.Log memory log) internal {
        (uint256 award, uint256 bond, ) = abi.decode(log.data, (uint256, uint256, string));
        Lease storage lease = _lease(log);
        require(_caller == _offers[lease.offerId].arbitrator, "(26) DisputeRuled: caller");
        require(_status(log) != LeaseStatus.Lapsed, "(16) ruled while Lapsed");
        require(time <= lease.ruleBy && award <= lease.claimed, "(21) a ruling within its bounds");
        _awarded = award;
        _endDispute(log, lease, bond, award > 0 ? lease.tenant : lease.provider);
    }

    function _enterExpiry(Vm.Log memory log) internal {
        Lease storage lease = _lease(log);
        require(time > lease.ruleBy, "(24) expired too early");
        _endDispute(log, lease, abi.decode(log.data, (uint256)), lease.tenant);
    }

    function _enterVoid(Vm.Log memory log) internal {
        Lease storage lease = _lease(log);
        require(lease.reason == CloseReason.Lapsed && lease.closedAt == time, "(22) voided");
        _endDispute(log, lease, abi.decode(log.data, (uint256)), lease.tenant);
    }

    function _endDispute(Vm.Log memory log, Lease storage lease, uint256 bond, address to) private {
        require(lease.disputed && bond == lease.bond, "(22) the bond that was paid");
        (lease.disputed, lease.disputeUsed) = (false, true);
        _bonds[lease.token] -= bond;
        _free[lease.token][to] += bond;
        _judged.push(uint256(log.topics[1]));
    }

    /// @dev At the end of a call: what an end or a ruling must do to the collateral was done.
    function _closeEndings() internal {
        require(_awarded == 0, "(22) an award that was not paid");
        for (uint256 i = _judged.length; i > 0; --i) {
            Lease storage lease = _leases[_judged[i - 1]];
            _judged.pop();
            require(!_isDue(lease) || lease.freed, "(20) collateral that stays locked");
        }
    }
}

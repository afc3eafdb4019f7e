// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { LeaseStatus } from "../../contracts/types/Enums.sol";
import { GhostMoney } from "./GhostMoney.sol";
import { Vm } from "./Vm.sol";

/// @title GhostLeases
/// @notice The life of a lease up to its end, as the events tell it, each held against what the moment allows.
abstract contract GhostLeases is GhostMoney {
    struct Opening {
        uint256 offerId;
        uint256 rate;
        uint256 balance;
        uint256 collateral;
        uint256 startBy;
        bytes32 manifestHash;
        address payer;
        uint256 sequence;
    }

    /// @dev Until the event that explains it: a lease opened at a rate that is not its offer's, the rate of a quote just used, and a
    /// Depleted lease that was just stopped by its revival.
    uint256 internal _unquoted;
    uint256 internal _quotedRate;
    uint256 internal _revived;

    function _enterOpening(Vm.Log memory log) internal {
        Opening memory told = abi.decode(log.data, (Opening));
        require(uint256(log.topics[1]) == ++_leaseCount, "(17) lease numbers have no gap");
        Lease storage lease = _leases[_leaseCount];
        OfferBookEntry storage offer = _offers[told.offerId];
        (lease.provider, lease.tenant) = (_account(log.topics[2]), _account(log.topics[3]));
        (lease.offerId, lease.token, lease.rate) = (told.offerId, offer.token, told.rate);
        (lease.balance, lease.deposited) = (told.balance, told.balance);
        (lease.collateral, lease.startBy) = (told.collateral, told.startBy);
        _pay(lease, told.payer, told.balance);
        _checkOpening(lease, offer);
        _locked[offer.token][offer.provider] += told.collateral;
        ++offer.taken;
        _live.push(_leaseCount);
        if (told.rate != offer.rate) _unquoted = _leaseCount;
        _count(log, told.sequence);
    }

    function _checkOpening(Lease storage lease, OfferBookEntry storage offer) private view {
        require(lease.provider == offer.provider && !offer.closed, "(16) opened under a closed offer");
        require(offer.taken < offer.capacity, "(18) opened beyond the capacity");
        require(!_isSilent(offer.provider), "(25) opened with a silent provider");
        require(_actsFor(lease.tenant, offer.token), "(26) opened for somebody else");
        require(lease.collateral == offer.collateral, "(19) the collateral is the offer's");
        require(lease.startBy == time + offer.startPeriod, "(16) startBy");
        uint256 least = lease.rate * offer.minPeriod;
        require(lease.balance > 0 && 1000 * lease.balance >= least, "(06) opened below the minimum");
    }

    function _enterStart(Vm.Log memory log) internal {
        (uint256 clock, uint256 number) = abi.decode(log.data, (uint256, uint256));
        Lease storage lease = _lease(log);
        _requireProvider(lease.provider);
        require(_status(log) == LeaseStatus.Pending, "(16) LeaseStarted");
        require(time <= lease.startBy && !_isSilent(lease.provider), "(16) started too late");
        require(clock == _clockAt(lease.provider), "(13) LeaseStarted: clock");
        (lease.started, lease.settledClock) = (true, clock);
        lease.inMinimum = _offers[lease.offerId].minPeriod > 0;
        _count(log, number);
    }

    function _enterPause(Vm.Log memory log) internal {
        (uint256 due, uint256 balance, uint256 clock, uint256 number) = abi.decode(
            log.data,
            (uint256, uint256, uint256, uint256)
        );
        Lease storage lease = _lease(log);
        LeaseStatus status = _status(log);
        require(_isMetered(lease), "(16) LeasePaused while it stands");
        if (status == LeaseStatus.Depleted) _revived = uint256(log.topics[1]);
        else _requireProvider(lease.provider);
        _bill(lease, due, balance, clock);
        lease.paused = true;
        _count(log, number);
    }

    function _enterResume(Vm.Log memory log) internal {
        (uint256 clock, uint256 number) = abi.decode(log.data, (uint256, uint256));
        Lease storage lease = _lease(log);
        _requireProvider(lease.provider);
        require(_status(log) == LeaseStatus.Paused, "(16) LeaseResumed");
        require(!_isSilent(lease.provider), "(12) resumed while silent");
        require(clock == _clockAt(lease.provider), "(13) LeaseResumed: clock");
        (lease.paused, lease.settledClock) = (false, clock);
        _count(log, number);
    }

    function _enterTopUp(Vm.Log memory log) internal {
        (uint256 amount, uint256 balance, uint256 number) = abi.decode(log.data, (uint256, uint256, uint256));
        Lease storage lease = _lease(log);
        LeaseStatus status = _status(log);
        require(status != LeaseStatus.Depleted, "(16) LeaseToppedUp while Depleted");
        require(status != LeaseStatus.Lapsed && status != LeaseStatus.Closed, "(16) LeaseToppedUp");
        if (_revived != 0) _checkRevival(lease, amount, uint256(log.topics[1]));
        require(amount > 0, "(29) a topUp of nothing");
        _pay(lease, _account(log.topics[3]), amount);
        lease.deposited += amount;
        lease.balance += amount;
        require(balance == lease.balance, "(29) LeaseToppedUp: balance");
        _count(log, number);
    }

    function _checkRevival(Lease storage lease, uint256 amount, uint256 leaseId) private {
        require(_revived == leaseId && _actsFor(lease.tenant, lease.token), "(29) a stranger's revival");
        require(!_isSilent(lease.provider), "(16) revived while silent");
        uint256 minimum = _offers[lease.offerId].minPeriod;
        uint256 reported = _providers[lease.provider].reportPeriod;
        uint256 period = minimum > reported ? minimum : reported;
        require(1000 * amount >= lease.rate * period, "(16) revived with too little");
        _revived = 0;
    }

    function _enterManifest(Vm.Log memory log) internal {
        (, uint256 number) = abi.decode(log.data, (bytes32, uint256));
        require(_lease(log).tenant == _caller, "(26) LeaseManifestChanged: caller");
        _count(log, number);
    }

    function _enterAmendment(Vm.Log memory log) internal {
        (uint256 rate, uint256 due, uint256 balance, uint256 clock, uint256 number) = abi.decode(
            log.data,
            (uint256, uint256, uint256, uint256, uint256)
        );
        Lease storage lease = _lease(log);
        require(lease.tenant == _caller, "(26) LeaseAmended: caller");
        LeaseStatus status = _status(log);
        if (status == LeaseStatus.Active) _bill(lease, due, balance, clock);
        else require(status == LeaseStatus.Pending || status == LeaseStatus.Paused, "(16) LeaseAmended");
        require(status == LeaseStatus.Active || due == 0, "(12) LeaseAmended: due");
        require(balance == lease.balance && clock == lease.settledClock, "(12) LeaseAmended: books");
        require(rate == _quotedRate && rate > 0, "(32) amended without a quote");
        (lease.rate, _quotedRate) = (rate, 0);
        if (status == LeaseStatus.Pending) {
            uint256 least = rate * _offers[lease.offerId].minPeriod;
            require(1000 * balance >= least, "(06) amended below the minimum");
        } else require(!_isSilent(lease.provider), "(16) amended while silent");
        _count(log, number);
    }

    function _enterSettlement(Vm.Log memory log) internal {
        (uint256 due, uint256 balance, uint256 clock) = abi.decode(log.data, (uint256, uint256, uint256));
        Lease storage lease = _lease(log);
        require(_isMetered(lease), "(12) settled while it stands");
        require(!_isInMinimum(lease), "(06) settled in the minimum");
        uint256 depletion = _depletionOf(lease);
        _bill(lease, due, balance, clock);
        require(_depletionOf(lease) == depletion, "(10) a settlement moved the depletion point");
    }

    /// @dev What elapsed, exactly: the thousandths that do not make a unit are carried, and at the depletion point all is paid.
    function _bill(Lease storage lease, uint256 due, uint256 balance, uint256 clock) internal {
        uint256 depletion = _depletionOf(lease);
        uint256 clockNow = _clockAt(lease.provider);
        require(clock == (clockNow < depletion ? clockNow : depletion), "(12) billed beyond the clock");
        uint256 owed = lease.remainder + lease.rate * (clock - lease.settledClock);
        bool all = clock == depletion;
        require(due == (all ? lease.balance : owed / 1000), "(06) what is due");
        _take(lease, due, balance);
        (lease.settledClock, lease.inMinimum) = (clock, false);
        lease.remainder = all ? 0 : owed % 1000;
    }

    function _take(Lease storage lease, uint256 due, uint256 balance) internal {
        lease.paid += due;
        lease.balance -= due;
        _free[lease.token][lease.provider] += due;
        require(balance == lease.balance, "(05) billed: balance");
        require(lease.paid <= lease.deposited, "(05) paid more than was deposited");
    }

    function _count(Vm.Log memory log, uint256 number) internal {
        require(number == ++_providers[_account(log.topics[2])].sequence, "(17) sequence without a gap");
    }

    function _lease(Vm.Log memory log) internal view returns (Lease storage lease) {
        lease = _leases[uint256(log.topics[1])];
        require(lease.provider == _account(log.topics[2]), "(16) an event of an unknown lease");
    }

    function _status(Vm.Log memory log) internal view returns (LeaseStatus) {
        return _statusOf(uint256(log.topics[1]));
    }

    function _closeLeases() internal view {
        require(_unquoted == 0 && _quotedRate == 0, "(32) another rate without a quote");
        require(_revived == 0, "(16) stopped without a revival");
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CloseReason, LeaseStatus } from "../../contracts/types/Enums.sol";

/// @title GhostBooks
/// @notice What the market's events tell: money, leases, offers, providers, delegates and quotes, and what follows from them at a
/// moment. Nothing in here is read from the market.
abstract contract GhostBooks {
    struct Lease {
        address provider;
        address tenant;
        address token;
        uint256 offerId;
        uint256 rate;
        uint256 balance;
        uint256 remainder;
        uint256 settledClock;
        uint256 deposited;
        uint256 paid;
        uint256 refunded;
        uint256 startBy;
        uint256 closedAt;
        uint256 collateral;
        uint256 claimed;
        uint256 bond;
        uint256 ruleBy;
        CloseReason reason;
        bool started;
        bool paused;
        bool inMinimum;
        bool freed;
        bool disputed;
        bool disputeUsed;
    }

    struct OfferBookEntry {
        address provider;
        address token;
        address arbitrator;
        uint256 rate;
        uint256 collateral;
        uint256 minPeriod;
        uint256 startPeriod;
        uint256 retentionPeriod;
        uint256 capacity;
        uint256 taken;
        bool closed;
    }

    struct ProviderEntry {
        address operator;
        uint256 reportPeriod;
        uint256 lastReportAt;
        uint256 clock;
        uint256 instance;
        uint256 sequence;
    }

    struct Grant {
        uint256 cap;
        uint256 until;
    }

    struct QuoteEntry {
        address signer;
        uint256 expiresAt;
        bool spent;
    }

    uint256 internal constant LAPSE_PERIOD = 72 hours;
    uint256 internal constant DISPUTE_WINDOW = 48 hours;
    uint256 internal constant RULING_PERIOD = 7 days;

    /// @notice Now: the runner forgets a warp between calls, this does not.
    uint256 public time = 1_800_000_000;

    /// @dev Who makes the call whose events are entered, and with which instance where he claims one.
    address internal _caller;
    uint256 internal _instanceUsed;

    mapping(uint256 leaseId => Lease lease) internal _leases;
    mapping(uint256 offerId => OfferBookEntry offer) internal _offers;
    mapping(address provider => ProviderEntry entry) internal _providers;
    mapping(address principal => mapping(address token => mapping(address delegate => Grant grant)))
        internal _grants;
    mapping(address provider => mapping(bytes32 salt => QuoteEntry quote)) internal _quotes;
    mapping(address token => mapping(address account => uint256 amount)) internal _free;
    mapping(address token => mapping(address provider => uint256 amount)) internal _staked;
    mapping(address token => mapping(address provider => uint256 amount)) internal _locked;
    mapping(address token => uint256 amount) internal _bonds;
    mapping(address token => uint256 amount) internal _held;
    mapping(address token => uint256 amount) internal _donated;
    mapping(CloseReason reason => uint256 count) internal _endings;
    uint256 internal _leaseCount;
    uint256 internal _offerCount;

    /// @dev Leases that are open, or whose collateral is still locked.
    uint256[] internal _live;

    function _clockAt(address provider) internal view returns (uint256) {
        ProviderEntry storage entry = _providers[provider];
        uint256 elapsed = time - entry.lastReportAt;
        return entry.clock + (elapsed < entry.reportPeriod ? elapsed : entry.reportPeriod);
    }

    function _silentAfter(address provider) internal view returns (uint256) {
        return _providers[provider].lastReportAt + _providers[provider].reportPeriod;
    }

    function _isSilent(address provider) internal view returns (bool) {
        return time > _silentAfter(provider);
    }

    function _isLapsed(address provider) internal view returns (bool) {
        return time > _silentAfter(provider) + LAPSE_PERIOD;
    }

    function _depletionOf(Lease storage lease) internal view returns (uint256) {
        uint256 rate = lease.rate;
        return lease.settledClock + (1000 * lease.balance - lease.remainder + rate - 1) / rate;
    }

    function _isMetered(Lease storage lease) internal view returns (bool) {
        return lease.started && !lease.paused && lease.reason == CloseReason.None;
    }

    function _isInMinimum(Lease storage lease) internal view returns (bool) {
        uint256 until = lease.settledClock + _offers[lease.offerId].minPeriod;
        return lease.inMinimum && _clockAt(lease.provider) < until;
    }

    function _statusOf(uint256 leaseId) internal view returns (LeaseStatus) {
        Lease storage lease = _leases[leaseId];
        if (lease.offerId == 0) return LeaseStatus.None;
        if (lease.reason != CloseReason.None) return LeaseStatus.Closed;
        if (!lease.started) return LeaseStatus.Pending;
        if (!lease.paused && _clockAt(lease.provider) >= _depletionOf(lease)) return LeaseStatus.Depleted;
        if (_isLapsed(lease.provider)) return LeaseStatus.Lapsed;
        return lease.paused ? LeaseStatus.Paused : LeaseStatus.Active;
    }

    /// @dev Whether the collateral of a lease must be gone by the end of the call that left it so.
    function _isDue(Lease storage lease) internal view returns (bool) {
        if (lease.reason == CloseReason.None || lease.collateral == 0 || lease.disputed) return false;
        if (!lease.started || lease.disputeUsed) return true;
        if (lease.reason == CloseReason.TenantClosed || lease.reason == CloseReason.Lapsed) return true;
        return _offers[lease.offerId].arbitrator == address(0);
    }

    function _requireProvider(address provider) internal view {
        ProviderEntry storage entry = _providers[provider];
        require(_caller == provider || _caller == entry.operator, "(26) only a provider acts for himself");
        require(_instanceUsed == entry.instance, "(34) an older instance never acts");
    }

    function _account(bytes32 topic) internal pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { LeaseStatus } from "../../contracts/types/Enums.sol";
import { Dispute, LeaseSummary, Offer, ProviderSummary } from "../../contracts/types/Structs.sol";
import { MarketHandler } from "./MarketHandler.sol";

/// @title MarketChecks
/// @notice Holds the market against its books: each law of the list under its number. What a law forbids an event to tell is
/// refused where the event is entered; what it forbids the market to hold is refused here.
abstract contract MarketChecks is MarketHandler {
    mapping(address token => uint256 sum) private _leased;
    mapping(address token => mapping(address provider => uint256 sum)) private _secured;
    mapping(address provider => uint256 clock) private _clockSeen;
    mapping(address provider => uint256 time) private _seenAt;

    /// @dev Everything that can change: accounts, providers, offers, and every lease that is open or holds collateral.
    function _check() internal {
        _checkLiving();
        for (uint256 i = 0; i < 3; ++i) _checkProvider(_actors[i]);
        for (uint256 i = 0; i < TOKENS; ++i) _checkToken(_tokens[i], i);
        _checkOffers();
        _checkGrants();
    }

    /// @dev Leases from one number to another, whatever became of them.
    function _checkLeases(uint256 first, uint256 last) internal view {
        for (uint256 leaseId = first; leaseId <= last; ++leaseId) _checkLease(leaseId, _leases[leaseId]);
    }

    function _checkLiving() private {
        for (uint256 i = 0; i < TOKENS; ++i) {
            _leased[_tokens[i]] = 0;
            for (uint256 j = 0; j < 3; ++j) _secured[_tokens[i]][_actors[j]] = 0;
        }
        require(MARKET.leaseCount() == _leaseCount, "(17) leaseCount");
        for (uint256 i = _live.length; i > 0; --i) {
            uint256 leaseId = _live[i - 1];
            Lease storage lease = _leases[leaseId];
            LeaseStatus status = _checkLease(leaseId, lease);
            _leased[lease.token] += lease.balance;
            bool free = lease.freed || lease.collateral == 0;
            if (!free) _secured[lease.token][lease.provider] += lease.collateral;
            if (status == LeaseStatus.Closed && free) _bury(i - 1);
        }
    }

    function _bury(uint256 index) private {
        _live[index] = _live[_live.length - 1];
        _live.pop();
    }

    function _checkLease(uint256 leaseId, Lease storage lease) private view returns (LeaseStatus status) {
        LeaseSummary memory told = MARKET.leaseSummary(leaseId);
        status = _statusOf(leaseId);
        require(told.status == status && told.reason == lease.reason, "(16) status");
        _checkFacts(told, lease);
        _checkMoneyOf(told, lease);
        _checkMeter(told, lease);
        _checkDispute(leaseId, told, lease);
    }

    function _checkFacts(LeaseSummary memory told, Lease storage lease) private view {
        require(told.tenant == lease.tenant && told.provider == lease.provider, "(11) parties");
        require(told.offerId == lease.offerId && told.token == lease.token, "(11) offer");
        require(told.startBy == lease.startBy && told.closedAt == lease.closedAt, "(11) times");
        require(told.silent == _isSilent(lease.provider), "(13) silent");
        require(told.inMinimum == _isInMinimum(lease), "(06) inMinimum");
        bool late = told.status == LeaseStatus.Pending && time > lease.startBy;
        require(told.startLate == late, "(16) startLate");
    }

    function _checkMoneyOf(LeaseSummary memory told, Lease storage lease) private view {
        require(told.balance == lease.balance, "(11) balance");
        require(told.milliRatePerSecond == lease.rate, "(11) rate");
        require(told.settledClock == lease.settledClock, "(11) settledClock");
        require(told.remainder == lease.remainder, "(07) remainder");
        bool closed = told.status == LeaseStatus.Closed;
        uint256 rest = closed ? lease.refunded : lease.balance;
        require(lease.paid + rest == lease.deposited, "(08) paid and the rest is what was deposited");
        require(!closed || told.balance == 0, "(08) a closed lease holds nothing");
        require(1000 * told.balance >= told.remainder, "(06) the remainder is covered");
        require(told.balance > 0 || told.remainder == 0, "(06) an empty lease owes nothing");
    }

    function _checkMeter(LeaseSummary memory told, Lease storage lease) private view {
        require(told.clockNow == _clockAt(lease.provider), "(13) clockNow");
        uint256 depletion = _depletionOf(lease);
        uint256 shown = depletion < type(uint32).max ? depletion : type(uint32).max;
        require(told.depletionClock == shown, "(10) depletionClock");
        require(told.settledClock <= told.clockNow, "(12) billed ahead of the clock");
        require(told.accrued + told.refundable <= told.balance, "(05) accrued and refundable");
        if (!_isMetered(lease)) {
            require(told.accrued == 0, "(12) accrued while it stands");
            return;
        }
        uint256 owed = (lease.remainder + lease.rate * (told.clockNow - lease.settledClock)) / 1000;
        require(told.accrued == (owed < told.balance ? owed : told.balance), "(06) accrued");
    }

    function _checkDispute(uint256 leaseId, LeaseSummary memory told, Lease storage lease) private view {
        require(told.collateral == (lease.freed ? 0 : lease.collateral), "(20) collateral");
        require(told.disputed == lease.disputed, "(23) disputed");
        if (lease.claimed == 0) return;
        Dispute memory dispute = MARKET.disputeOf(leaseId);
        require(dispute.amount == lease.claimed && dispute.bond == lease.bond, "(22) dispute");
        require(dispute.ruleBy == lease.ruleBy && dispute.open == lease.disputed, "(24) dispute");
        require(dispute.used == lease.disputeUsed, "(20) dispute");
    }

    function _checkProvider(address provider) private {
        ProviderSummary memory told = MARKET.providerOf(provider);
        ProviderEntry storage entry = _providers[provider];
        require(told.operator == entry.operator && told.instance == entry.instance, "(34) daemon");
        require(told.reportPeriod == entry.reportPeriod, "(13) reportPeriod");
        require(told.clock == entry.clock && told.lastReportAt == entry.lastReportAt, "(15) only a report");
        require(told.sequence == entry.sequence, "(17) sequence");
        require(told.clockNow == _clockAt(provider), "(13) clockNow");
        require(told.silent == _isSilent(provider) && told.lapsed == _isLapsed(provider), "(13) lapsed");
        require(told.clockNow >= _clockSeen[provider], "(13) the clock went back");
        uint256 passed = time - _seenAt[provider];
        require(told.clockNow - _clockSeen[provider] <= passed, "(13) the clock ran ahead");
        (_clockSeen[provider], _seenAt[provider]) = (told.clockNow, time);
    }

    function _checkToken(address token, uint256 index) private view {
        uint256 owed = _leased[token] + _bonds[token];
        for (uint256 i = 0; i < ACTORS; ++i) {
            address account = _actors[i];
            uint256 free = MARKET.balanceOf(token, account);
            require(free == _free[token][account], "(26) a free balance that no event tells");
            owed += free;
            if (i < 3) owed += _checkStake(token, account);
        }
        require(MARKET.balanceOf(token, SINK) == 0, "(26) a stranger was credited");
        require(owed == _held[token] - _donated[token], "(03) all in minus all out is owed");
        require(_held[token] == IERC20(token).balanceOf(address(MARKET)), "(02) the market holds it");
        uint256 idle = _staked[token][_actors[IDLE]];
        require(
            idle == (index == 1 ? IDLE_STAKE - IDLE_STAKE / 100 : IDLE_STAKE),
            "(25) an idle provider lost"
        );
    }

    function _checkStake(address token, address provider) private view returns (uint256) {
        (uint256 staked, uint256 locked) = MARKET.stakeOf(token, provider);
        require(staked == _staked[token][provider], "(21) a stake that no event tells");
        require(locked == _locked[token][provider], "(19) locked that no event tells");
        require(locked == _secured[token][provider], "(19) locked is the sum of collateral");
        require(locked <= staked, "(19) locked is part of staked");
        return staked;
    }

    function _checkOffers() private view {
        require(MARKET.offerCount() == _offerCount, "(17) offerCount");
        for (uint256 offerId = 1; offerId <= _offerCount; ++offerId) {
            OfferBookEntry storage entry = _offers[offerId];
            Offer memory told = MARKET.offerOf(offerId);
            require(told.taken == entry.taken, "(18) taken is the number of open leases");
            require(told.capacity == entry.capacity && told.closed == entry.closed, "(18) capacity");
            require(told.terms.milliRatePerSecond == entry.rate, "(16) terms");
            require(told.terms.collateral == entry.collateral, "(16) terms");
        }
    }

    /// @dev What three tenants let each other spend.
    function _checkGrants() private {
        address token = _tokens[_draw(TOKENS)];
        for (uint256 i = 0; i < 9; ++i) {
            (address principal, address delegate) = (_actors[5 + i / 3], _actors[5 + (i % 3)]);
            Grant storage grant = _grants[principal][token][delegate];
            (uint256 cap, uint256 until) = MARKET.delegateOf(principal, token, delegate);
            require(cap == grant.cap && until == grant.until, "(26) a delegate's cap");
        }
        address provider = _provider();
        bytes32 salt = bytes32(_draw(8));
        bool spent = MARKET.isQuoteSpent(provider, salt);
        require(spent == _quotes[provider][salt].spent, "(32) a quote that no event spent");
    }
}

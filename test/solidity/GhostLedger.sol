// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IDelegates } from "../../contracts/interfaces/IDelegates.sol";
import { IDisputes } from "../../contracts/interfaces/IDisputes.sol";
import { IEscrow } from "../../contracts/interfaces/IEscrow.sol";
import { ILeaseBook } from "../../contracts/interfaces/ILeaseBook.sol";
import { IOfferBook } from "../../contracts/interfaces/IOfferBook.sol";
import { IProviderRegistry } from "../../contracts/interfaces/IProviderRegistry.sol";
import { IQuoteBook } from "../../contracts/interfaces/IQuoteBook.sol";
import { IUsageReports } from "../../contracts/interfaces/IUsageReports.sol";
import { OfferTerms } from "../../contracts/types/Structs.sol";
import { GhostEndings } from "./GhostEndings.sol";
import { Vm } from "./Vm.sol";

/// @title GhostLedger
/// @notice The market's books, kept a second time from its events and the tokens' transfers alone.
abstract contract GhostLedger is GhostEndings {
    /// @dev Whether the call opens a lease with a quote.
    bool internal _opensWithQuote;

    /// @dev Enters the events of one call that went through.
    function _enter(Vm.Log[] memory logs, address market) internal {
        for (uint256 i = 0; i < logs.length; ++i) {
            Vm.Log memory log = logs[i];
            if (log.emitter == market) _enterOwn(log, log.topics[0]);
            else if (log.topics[0] == IERC20.Transfer.selector) _enterTransfer(log, market);
        }
        _closeMoney();
        _closeLeases();
        _closeEndings();
    }

    function _enterOwn(Vm.Log memory log, bytes32 kind) private {
        if (kind == ILeaseBook.LeaseSettled.selector) _enterSettlement(log);
        else if (kind == ILeaseBook.LeaseOpened.selector) _enterOpening(log);
        else if (kind == ILeaseBook.LeaseStarted.selector) _enterStart(log);
        else if (kind == ILeaseBook.LeasePaused.selector) _enterPause(log);
        else if (kind == ILeaseBook.LeaseResumed.selector) _enterResume(log);
        else if (kind == ILeaseBook.LeaseToppedUp.selector) _enterTopUp(log);
        else if (kind == ILeaseBook.LeaseClosed.selector) _enterClose(log);
        else if (kind == ILeaseBook.LeaseManifestChanged.selector) _enterManifest(log);
        else if (kind == ILeaseBook.LeaseAmended.selector) _enterAmendment(log);
        else _enterCollateral(log, kind);
    }

    function _enterCollateral(Vm.Log memory log, bytes32 kind) private {
        if (kind == ILeaseBook.CollateralUnlocked.selector) _enterUnlock(log);
        else if (kind == ILeaseBook.CollateralForfeited.selector) _enterForfeit(log);
        else if (kind == ILeaseBook.CollateralAwarded.selector) _enterAward(log);
        else if (kind == IDisputes.DisputeOpened.selector) _enterDispute(log);
        else if (kind == IDisputes.DisputeRuled.selector) _enterRuling(log);
        else if (kind == IDisputes.DisputeExpired.selector) _enterExpiry(log);
        else if (kind == IDisputes.DisputeVoided.selector) _enterVoid(log);
        else _enterAccounts(log, kind);
    }

    function _enterAccounts(Vm.Log memory log, bytes32 kind) private {
        if (kind == IEscrow.Deposited.selector) _enterDeposit(log);
        else if (kind == IEscrow.Withdrawn.selector) _enterWithdrawal(log);
        else if (kind == IProviderRegistry.StakeDeposited.selector) _enterStake(log);
        else if (kind == IProviderRegistry.StakeWithdrawn.selector) _enterUnstake(log);
        else if (kind == IDelegates.DelegateSet.selector) _enterGrant(log);
        else if (kind == IDelegates.DelegateSpent.selector) _enterSpending(log);
        else if (kind == IQuoteBook.QuoteUsed.selector) _enterQuote(log);
        else if (kind == IQuoteBook.QuoteCancelled.selector) _enterCancel(log);
        else _enterProvider(log, kind);
    }

    function _enterProvider(Vm.Log memory log, bytes32 kind) private {
        if (kind == IUsageReports.ProviderReported.selector) _enterReport(log);
        else if (kind == IProviderRegistry.ProviderRegistered.selector) _enterRegistration(log);
        else if (kind == IProviderRegistry.ProviderOperatorChanged.selector) _enterOperator(log);
        else if (kind == IProviderRegistry.ProviderInstanceClaimed.selector) _enterInstance(log);
        else if (kind == IOfferBook.OfferCreated.selector) _enterOffer(log);
        else if (kind == IOfferBook.OfferCapacityChanged.selector) _enterCapacity(log);
        else if (kind == IOfferBook.OfferClosed.selector) _enterOfferEnd(log);
        else _enterWords(log, kind);
    }

    /// @dev Events that change nothing that is kept; an event of no known kind is a fault.
    function _enterWords(Vm.Log memory log, bytes32 kind) private view {
        bool own = kind == IProviderRegistry.ProviderEndpointChanged.selector;
        own = own || kind == IProviderRegistry.ProviderMetadataChanged.selector;
        require(!own || _account(log.topics[1]) == _caller, "(26) only the owner describes himself");
        bool completed = kind == ILeaseBook.LeaseCompleted.selector;
        require(own || completed || kind == IUsageReports.UsageReported.selector, "an unknown event");
    }

    function _enterQuote(Vm.Log memory log) private {
        (uint256 rate, ) = abi.decode(log.data, (uint256, bytes32));
        address provider = _account(log.topics[1]);
        QuoteEntry storage quote = _quotes[provider][log.topics[2]];
        require(!quote.spent, "(32) a quote acts once");
        require(quote.signer != address(0), "(32) a quote that nobody signed");
        require(quote.signer == _providers[provider].operator, "(32) a quote of an earlier operator");
        require(time <= quote.expiresAt, "(32) a quote that is over");
        quote.spent = true;
        if (!_opensWithQuote) {
            _quotedRate = rate;
            return;
        }
        uint256 leaseId = uint256(log.topics[3]);
        require(leaseId == _leaseCount && _leases[leaseId].rate == rate, "(32) opened at another rate");
        _unquoted = 0;
    }

    function _enterCancel(Vm.Log memory log) private {
        address provider = _account(log.topics[1]);
        _requireProvider(provider);
        QuoteEntry storage quote = _quotes[provider][log.topics[2]];
        require(!quote.spent, "(32) a spent quote was cancelled");
        quote.spent = true;
    }

    function _enterReport(Vm.Log memory log) private {
        (uint256 clock, , uint256 instance) = abi.decode(log.data, (uint256, string, uint256));
        address provider = _account(log.topics[1]);
        _requireProvider(provider);
        ProviderEntry storage entry = _providers[provider];
        require(clock == _clockAt(provider), "(13) a report continues the clock");
        require(instance == entry.instance, "(34) ProviderReported: instance");
        (entry.clock, entry.lastReportAt) = (clock, time);
    }

    function _enterRegistration(Vm.Log memory log) private {
        (uint256 reportPeriod, , ) = abi.decode(log.data, (uint256, string, string));
        address provider = _account(log.topics[1]);
        require(_providers[provider].reportPeriod == 0, "(13) registered twice");
        _providers[provider] = ProviderEntry(_account(log.topics[2]), reportPeriod, time, 0, 0, 0);
    }

    function _enterOperator(Vm.Log memory log) private {
        address provider = _account(log.topics[1]);
        require(provider == _caller, "(27) only the owner names an operator");
        ProviderEntry storage entry = _providers[provider];
        entry.operator = _account(log.topics[2]);
        require(
            abi.decode(log.data, (uint256)) == ++entry.instance,
            "(34) ProviderOperatorChanged: instance"
        );
    }

    function _enterInstance(Vm.Log memory log) private {
        uint256 instance = abi.decode(log.data, (uint256));
        address provider = _account(log.topics[1]);
        _requireProvider(provider);
        require(_account(log.topics[2]) == _caller, "(34) ProviderInstanceClaimed: caller");
        require(instance == ++_providers[provider].instance, "(34) ProviderInstanceClaimed: instance");
    }

    function _enterOffer(Vm.Log memory log) private {
        (OfferTerms memory terms, uint256 capacity) = abi.decode(log.data, (OfferTerms, uint256));
        require(uint256(log.topics[1]) == ++_offerCount, "(17) offer numbers have no gap");
        require(_account(log.topics[2]) == _caller, "(27) only the owner offers");
        OfferBookEntry storage offer = _offers[_offerCount];
        (offer.provider, offer.token, offer.arbitrator) = (_caller, terms.token, terms.arbitrator);
        (offer.rate, offer.collateral) = (terms.milliRatePerSecond, terms.collateral);
        (offer.minPeriod, offer.startPeriod) = (terms.minPeriod, terms.startPeriod);
        (offer.retentionPeriod, offer.capacity) = (terms.retentionPeriod, capacity);
    }

    function _enterCapacity(Vm.Log memory log) private {
        _requireProvider(_account(log.topics[2]));
        OfferBookEntry storage offer = _offers[uint256(log.topics[1])];
        require(!offer.closed, "(16) a closed offer's capacity");
        offer.capacity = abi.decode(log.data, (uint256));
    }

    function _enterOfferEnd(Vm.Log memory log) private {
        _requireProvider(_account(log.topics[2]));
        OfferBookEntry storage offer = _offers[uint256(log.topics[1])];
        require(!offer.closed, "(16) an offer closed twice");
        offer.closed = true;
    }
}

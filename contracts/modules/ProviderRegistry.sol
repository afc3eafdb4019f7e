// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IProviderRegistry } from "../interfaces/IProviderRegistry.sol";
import { ServiceClock } from "../libraries/ServiceClock.sol";
import { ProviderSummary } from "../types/Structs.sol";
import { Delegates } from "./Delegates.sol";

/// @title ProviderRegistry
/// @notice Who may provide, and with what at risk?
abstract contract ProviderRegistry is Delegates, IProviderRegistry {
    struct Provider {
        // slot 0: all that a lease's transitions read and write
        uint32 clock;
        uint40 lastReportAt;
        uint16 reportPeriod;
        uint32 instance;
        uint64 sequence;
        // slot 1
        address operator;
    }

    struct Stake {
        uint128 staked;
        uint128 locked;
    }

    /// @inheritdoc IProviderRegistry
    uint256 public immutable override LAPSE_PERIOD;

    mapping(address provider => Provider record) private _providers;
    mapping(address token => mapping(address provider => Stake stake)) private _stakes;

    constructor(uint256 lapsePeriod) {
        LAPSE_PERIOD = lapsePeriod;
    }

    /// @inheritdoc IProviderRegistry
    function register(
        address operator,
        uint256 reportPeriod,
        string calldata endpoint,
        string calldata metadataURI
    ) external nonReentrant {
        // Check:
        Provider storage provider = _providers[msg.sender];
        require(provider.reportPeriod == 0, ProviderAlreadyRegistered(msg.sender));
        require(
            reportPeriod >= ServiceClock.MIN_REPORT_PERIOD && reportPeriod <= ServiceClock.MAX_REPORT_PERIOD,
            ProviderReportPeriodOutOfBounds(
                reportPeriod,
                ServiceClock.MIN_REPORT_PERIOD,
                ServiceClock.MAX_REPORT_PERIOD
            )
        );

        // Effect:
        provider.lastReportAt = uint40(block.timestamp);
        provider.reportPeriod = uint16(reportPeriod);
        provider.operator = operator;
        emit ProviderRegistered(msg.sender, operator, reportPeriod, endpoint, metadataURI);
    }

    /// @inheritdoc IProviderRegistry
    function setOperator(address operator) external nonReentrant {
        Provider storage provider = _registered(msg.sender);
        uint32 instance = provider.instance + 1;
        provider.operator = operator;
        provider.instance = instance;
        emit ProviderOperatorChanged(msg.sender, operator, instance);
    }

    /// @inheritdoc IProviderRegistry
    function setEndpoint(string calldata endpoint) external nonReentrant {
        _registered(msg.sender);
        emit ProviderEndpointChanged(msg.sender, endpoint);
    }

    /// @inheritdoc IProviderRegistry
    function setMetadata(string calldata metadataURI) external nonReentrant {
        _registered(msg.sender);
        emit ProviderMetadataChanged(msg.sender, metadataURI);
    }

    /// @inheritdoc IProviderRegistry
    function claimInstance(
        address provider,
        uint256 expected
    ) external nonReentrant returns (uint256 instance) {
        _authorize(provider, expected);
        Provider storage record = _providers[provider];
        record.instance = record.instance + 1;
        instance = record.instance;
        emit ProviderInstanceClaimed(provider, instance, msg.sender);
    }

    /// @inheritdoc IProviderRegistry
    function stake(address token, uint256 amount) external nonReentrant {
        // Check: who has stake is registered, for ever.
        Stake storage record = _stakes[token][msg.sender];
        (uint256 staked, uint256 locked) = (record.staked, record.locked);
        if (staked == 0) _registered(msg.sender);

        // Interaction: first, because only what arrived is credited; the guard is held.
        uint256 arrived = _pull(token, msg.sender, amount);

        // Effect:
        staked += arrived;
        require(staked <= type(uint128).max, StakeTooLarge(msg.sender, staked, type(uint128).max));
        record.staked = uint128(staked);
        emit StakeDeposited(msg.sender, token, arrived, staked, locked);
    }

    /// @inheritdoc IProviderRegistry
    function withdrawStake(address token, uint256 amount, address to) external nonReentrant {
        // Check:
        _requireRecipient(to);
        Stake storage record = _stakes[token][msg.sender];
        (uint256 staked, uint256 locked) = (record.staked, record.locked);
        require(amount <= staked - locked, StakeInsufficient(msg.sender, token, amount, staked - locked));

        // Effect:
        record.staked = uint128(staked - amount);
        emit StakeWithdrawn(msg.sender, token, to, amount, staked - amount, locked);

        // Interaction:
        _push(token, to, amount);
    }

    /// @inheritdoc IProviderRegistry
    function providerOf(address provider) external view returns (ProviderSummary memory summary) {
        Provider storage record = _providers[provider];
        if (record.reportPeriod == 0) return summary;
        (uint256 clock, bool lapsed) = _clockAndLapse(provider);
        summary = ProviderSummary({
            operator: record.operator,
            reportPeriod: record.reportPeriod,
            instance: record.instance,
            sequence: record.sequence,
            lastReportAt: record.lastReportAt,
            clock: record.clock,
            clockNow: uint32(clock),
            silent: _isSilent(provider),
            lapsed: lapsed
        });
    }

    /// @inheritdoc IProviderRegistry
    function clockOf(address provider) external view returns (uint256 clock) {
        _registered(provider);
        clock = _clockAt(provider);
    }

    /// @inheritdoc IProviderRegistry
    function stakeOf(
        address token,
        address provider
    ) external view nonReentrantView returns (uint256 staked, uint256 locked) {
        Stake storage record = _stakes[token][provider];
        (staked, locked) = (record.staked, record.locked);
    }

    /// @dev Owner or operator, with the current instance.
    function _authorize(address provider, uint256 instance) internal view {
        Provider storage record = _registered(provider);
        require(
            msg.sender == provider || msg.sender == record.operator,
            ProviderCallerNotAuthorized(provider, msg.sender)
        );
        require(instance == record.instance, ProviderInstanceStale(provider, instance, record.instance));
    }

    function _requireNotSilent(address provider) internal view {
        Provider storage record = _providers[provider];
        (uint256 last, uint256 period) = (record.lastReportAt, record.reportPeriod);
        require(
            !ServiceClock.isSilent(last, period, block.timestamp),
            ProviderSilent(provider, last, period)
        );
    }

    function _isRegistered(address provider) internal view returns (bool) {
        return _providers[provider].reportPeriod != 0;
    }

    function _clockAt(address provider) internal view returns (uint256) {
        Provider storage record = _providers[provider];
        return ServiceClock.valueAt(record.clock, record.lastReportAt, record.reportPeriod, block.timestamp);
    }

    /// @dev Clock and lapse from one read.
    function _clockAndLapse(address provider) internal view returns (uint256 clock, bool lapsed) {
        Provider storage record = _providers[provider];
        (uint256 last, uint256 period) = (record.lastReportAt, record.reportPeriod);
        clock = ServiceClock.valueAt(record.clock, last, period, block.timestamp);
        lapsed = ServiceClock.isLapsed(last, period, LAPSE_PERIOD, block.timestamp);
    }

    function _isSilent(address provider) internal view returns (bool) {
        Provider storage record = _providers[provider];
        return ServiceClock.isSilent(record.lastReportAt, record.reportPeriod, block.timestamp);
    }

    function _operatorOf(address provider) internal view returns (address) {
        return _providers[provider].operator;
    }

    function _reportPeriodOf(address provider) internal view returns (uint256) {
        return _providers[provider].reportPeriod;
    }

    /// @dev The only writer of the service clock.
    function _recordReport(address provider) internal returns (uint256 clock) {
        Provider storage record = _providers[provider];
        clock = _clockAt(provider);
        record.clock = uint32(clock);
        record.lastReportAt = uint40(block.timestamp);
    }

    function _nextSequence(address provider) internal returns (uint256 sequence) {
        Provider storage record = _providers[provider];
        unchecked {
            // One a call: no number of calls counts to 2^64.
            sequence = uint256(record.sequence) + 1;
        }
        record.sequence = uint64(sequence);
    }

    function _lockStake(address token, address provider, uint256 amount) internal {
        if (amount == 0) return;
        Stake storage record = _stakes[token][provider];
        (uint256 staked, uint256 locked) = (record.staked, record.locked);
        require(amount <= staked - locked, StakeInsufficient(provider, token, amount, staked - locked));
        record.locked = uint128(locked + amount);
    }

    function _unlockStake(address token, address provider, uint256 amount) internal {
        _stakes[token][provider].locked -= uint128(amount);
    }

    /// @dev Takes an award out of a lease's collateral; all of the collateral is locked no longer.
    function _takeStake(address token, address provider, uint256 award, uint256 collateral) internal {
        Stake storage record = _stakes[token][provider];
        record.staked -= uint128(award);
        record.locked -= uint128(collateral);
    }

    function _registered(address provider) private view returns (Provider storage record) {
        record = _providers[provider];
        require(record.reportPeriod != 0, ProviderUnknown(provider));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ProviderSummary } from "../types/Structs.sol";

/// @title IProviderRegistry
/// @notice Who may provide, and with what at risk? A provider is the account that registered; his operator is the key of his
/// daemon; his stake is what stands behind his leases.
interface IProviderRegistry {
    /// @notice A provider registered; his service clock starts at 0.
    /// @param provider The account that registered.
    /// @param operator The daemon's key; zero for none.
    /// @param reportPeriod Seconds for which a report keeps the service clock running; for ever.
    /// @param endpoint Address of the gateway.
    /// @param metadataURI Where the provider describes himself.
    event ProviderRegistered(
        address indexed provider,
        address indexed operator,
        uint256 reportPeriod,
        string endpoint,
        string metadataURI
    );

    /// @notice A provider named another key for his daemon.
    /// @param provider The provider.
    /// @param operator The key from now on; zero for none.
    /// @param instance The instance number from now on; calls under an older one revert.
    event ProviderOperatorChanged(address indexed provider, address indexed operator, uint256 instance);

    /// @notice A provider's gateway moved.
    /// @param provider The provider.
    /// @param endpoint Its address from now on.
    event ProviderEndpointChanged(address indexed provider, string endpoint);

    /// @notice A provider described himself anew.
    /// @param provider The provider.
    /// @param metadataURI Where the description is from now on.
    event ProviderMetadataChanged(address indexed provider, string metadataURI);

    /// @notice A daemon took over; every older one's calls revert from now on.
    /// @param provider The provider.
    /// @param instance The new instance number.
    /// @param caller The key that claimed it.
    event ProviderInstanceClaimed(address indexed provider, uint256 instance, address indexed caller);

    /// @notice Stake came in.
    /// @param provider Whose stake.
    /// @param token The currency.
    /// @param amount What arrived, in token base units.
    /// @param staked All of his stake in this token after it.
    /// @param locked The part of it that stands behind leases.
    event StakeDeposited(
        address indexed provider,
        address indexed token,
        uint256 amount,
        uint256 staked,
        uint256 locked
    );

    /// @notice Unlocked stake went out.
    /// @param provider Whose stake.
    /// @param token The currency.
    /// @param to Who was paid.
    /// @param amount What was sent, in token base units.
    /// @param staked All of his stake in this token after it.
    /// @param locked The part of it that stands behind leases.
    event StakeWithdrawn(
        address indexed provider,
        address indexed token,
        address indexed to,
        uint256 amount,
        uint256 staked,
        uint256 locked
    );

    /// @notice Nobody registered under this address.
    /// @param provider The address.
    error ProviderUnknown(address provider);

    /// @notice The account is a provider already; registering twice would rewind its clock.
    /// @param provider The account.
    error ProviderAlreadyRegistered(address provider);

    /// @notice The report period is out of bounds.
    /// @param actual What was asked for, in seconds.
    /// @param minimum The shortest, in seconds.
    /// @param maximum The longest, in seconds.
    error ProviderReportPeriodOutOfBounds(uint256 actual, uint256 minimum, uint256 maximum);

    /// @notice The caller is neither the provider nor his operator.
    /// @param provider The provider.
    /// @param caller Who called.
    error ProviderCallerNotAuthorized(address provider, address caller);

    /// @notice Another daemon has taken over.
    /// @param provider The provider.
    /// @param actual The instance that the caller named.
    /// @param current The instance that may act.
    error ProviderInstanceStale(address provider, uint256 actual, uint256 current);

    /// @notice The provider's last report is too old for this.
    /// @param provider The provider.
    /// @param lastReportAt When it was, in seconds since 1970.
    /// @param reportPeriod How long a report counts, in seconds.
    error ProviderSilent(address provider, uint256 lastReportAt, uint256 reportPeriod);

    /// @notice Unlocked stake is smaller than what was asked for.
    /// @param provider The provider.
    /// @param token The currency.
    /// @param requested What was asked for, in token base units.
    /// @param available Stake that stands behind no lease, in token base units.
    error StakeInsufficient(address provider, address token, uint256 requested, uint256 available);

    /// @notice More stake than a ledger entry can hold.
    /// @param provider The provider.
    /// @param staked What it would be, in token base units.
    /// @param maximum The most, in token base units.
    error StakeTooLarge(address provider, uint256 staked, uint256 maximum);

    /// @notice Makes the caller a provider, once and for ever.
    /// @param operator The daemon's key; zero for none.
    /// @param reportPeriod Seconds for which a report keeps the service clock running, 600 to 21,600; never changes.
    /// @param endpoint Address of the gateway.
    /// @param metadataURI Where the provider describes himself.
    function register(
        address operator,
        uint256 reportPeriod,
        string calldata endpoint,
        string calldata metadataURI
    ) external;

    /// @notice Names another key for the caller's daemon and shuts out every running one.
    /// @dev Warning: naming an earlier operator again revives quotes that he signed and that have not expired.
    /// @param operator The key from now on; zero for none.
    function setOperator(address operator) external;

    /// @notice Says where the caller's gateway is.
    /// @param endpoint Its address.
    function setEndpoint(string calldata endpoint) external;

    /// @notice Says where the caller describes himself.
    /// @param metadataURI The address of the description.
    function setMetadata(string calldata metadataURI) external;

    /// @notice Takes over from another daemon of the provider; of two that race, one wins. Owner or operator.
    /// @param provider The provider.
    /// @param expected The instance that the caller believes to be current.
    /// @return instance The caller's instance from now on.
    function claimInstance(address provider, uint256 expected) external returns (uint256 instance);

    /// @notice Pulls tokens from the caller, a provider, into his stake. Needs an allowance for the market.
    /// @param token The currency.
    /// @param amount How much to pull, in token base units.
    function stake(address token, uint256 amount) external;

    /// @notice Pays out the caller's stake, at any time, as far as it stands behind no lease.
    /// @param token The currency.
    /// @param amount How much, in token base units.
    /// @param to Who is paid.
    function withdrawStake(address token, uint256 amount, address to) external;

    /// @notice A provider as it stands; all zero when nobody registered under the address.
    /// @param provider The provider.
    /// @return summary The provider.
    function providerOf(address provider) external view returns (ProviderSummary memory summary);

    /// @notice A provider's service clock: the time for which he is paid.
    /// @param provider The provider.
    /// @return clock In seconds since he registered, silences taken out.
    function clockOf(address provider) external view returns (uint256 clock);

    /// @notice A provider's stake in one token.
    /// @param token The currency.
    /// @param provider The provider.
    /// @return staked All of it, in token base units.
    /// @return locked The part that stands behind leases, in token base units.
    function stakeOf(address token, address provider) external view returns (uint256 staked, uint256 locked);

    /// @notice How long a provider must be silent beyond his report period to lapse.
    /// @return period In seconds.
    function LAPSE_PERIOD() external view returns (uint256 period);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Usage } from "../types/Structs.sol";

/// @title IUsageReports
/// @notice Was the provider there, and what was used? One report keeps the service clock of all his leases running.
interface IUsageReports {
    /// @notice The provider was there. Nothing else moves his service clock.
    /// @param provider The provider.
    /// @param clock His service clock at the report, in seconds.
    /// @param usageRoot Root of the usage tree of all his leases; zero for none.
    /// @param usageURI Where the tree is.
    /// @param instance The daemon that reported.
    event ProviderReported(
        address indexed provider,
        uint256 clock,
        bytes32 indexed usageRoot,
        string usageURI,
        uint256 instance
    );

    /// @notice What a lease has used since it started, by its provider's own measurement.
    /// @param provider The provider.
    /// @param leaseId The lease.
    /// @param usage The figures.
    event UsageReported(address indexed provider, uint256 indexed leaseId, Usage usage);

    /// @notice The lease is served by another provider.
    /// @param leaseId The lease.
    /// @param actual Who serves it.
    /// @param expected Who reported.
    error UsageLeaseForeign(uint256 leaseId, address actual, address expected);

    /// @notice Says that the provider is there, and what his leases have used.
    /// @param provider The provider.
    /// @param instance The caller's instance.
    /// @param usageRoot Root of the usage tree; zero for none.
    /// @param usageURI Where the tree is.
    /// @param entries Figures to show in the log, at most 128, each of a lease of this provider.
    function report(
        address provider,
        uint256 instance,
        bytes32 usageRoot,
        string calldata usageURI,
        Usage[] calldata entries
    ) external;

    /// @notice Whether a usage figure is in a reported tree.
    /// @dev A leaf is keccak256(keccak256(abi.encode(usage))); of each pair the smaller comes first.
    /// @param usageRoot Root of the tree.
    /// @param usage The figure.
    /// @param proof The siblings from the leaf to the root.
    /// @return valid True when it is.
    function verifyUsage(
        bytes32 usageRoot,
        Usage calldata usage,
        bytes32[] calldata proof
    ) external pure returns (bool valid);
}

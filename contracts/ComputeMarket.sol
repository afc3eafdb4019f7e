// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IComputeMarket } from "./interfaces/IComputeMarket.sol";
import { LeaseEndings } from "./modules/LeaseEndings.sol";
import { ProviderRegistry } from "./modules/ProviderRegistry.sol";
import { UsageReports } from "./modules/UsageReports.sol";

/// @title ComputeMarket
/// @notice An open market for compute. No owner, no upgrade, no pause switch: the rules below are all there is.
contract ComputeMarket is UsageReports, IComputeMarket {
    /// @notice Fixes the periods for ever; production values are 72 hours and 48 hours.
    /// @param lapsePeriod How long a provider must be silent beyond his report period to lapse, in seconds.
    /// @param disputeWindow How long after a close collateral stays locked where the lease has an arbitrator, in seconds.
    constructor(
        uint256 lapsePeriod,
        uint256 disputeWindow
    ) ProviderRegistry(lapsePeriod) LeaseEndings(disputeWindow) {}

    /// @inheritdoc IComputeMarket
    function version() external pure returns (string memory) {
        return "1.0.0";
    }
}

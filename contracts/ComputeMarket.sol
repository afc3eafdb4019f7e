// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IComputeMarket } from "./interfaces/IComputeMarket.sol";
import { Collateral } from "./modules/Collateral.sol";
import { Disputes } from "./modules/Disputes.sol";
import { ProviderRegistry } from "./modules/ProviderRegistry.sol";
import { UsageReports } from "./modules/UsageReports.sol";

/// @title ComputeMarket
/// @notice An open market for compute. No owner, no upgrade, no pause switch: the rules below are all there is.
contract ComputeMarket is UsageReports, IComputeMarket {
    /// @notice Fixes the periods for ever; production values are 72 hours, 48 hours and 7 days.
    /// @param lapsePeriod How long a provider must be silent beyond his report period to lapse, in seconds.
    /// @param disputeWindow How long after a close collateral that can still be disputed stays locked, in seconds.
    /// @param rulingPeriod How long an arbitrator has to rule on a dispute, in seconds.
    constructor(
        uint256 lapsePeriod,
        uint256 disputeWindow,
        uint256 rulingPeriod
    ) ProviderRegistry(lapsePeriod) Collateral(disputeWindow) Disputes(rulingPeriod) {}

    /// @inheritdoc IComputeMarket
    function version() external pure returns (string memory) {
        return "1.0.0";
    }
}

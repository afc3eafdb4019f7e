// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IDelegates } from "./IDelegates.sol";
import { IDisputes } from "./IDisputes.sol";
import { IEscrow } from "./IEscrow.sol";
import { ILeaseBook } from "./ILeaseBook.sol";
import { ILeaseViews } from "./ILeaseViews.sol";
import { IOfferBook } from "./IOfferBook.sol";
import { IProviderRegistry } from "./IProviderRegistry.sol";
import { IQuoteBook } from "./IQuoteBook.sol";
import { IUsageReports } from "./IUsageReports.sol";

/// @title IComputeMarket
/// @notice An open market for compute: provider registrations, offers, leases and the money behind them, in one contract without
/// an owner.
interface IComputeMarket is
    IEscrow,
    IDelegates,
    IProviderRegistry,
    IOfferBook,
    IQuoteBook,
    ILeaseBook,
    IDisputes,
    ILeaseViews,
    IUsageReports
{
    /// @notice The version of this contract's rules.
    /// @return version A semantic version.
    function version() external pure returns (string memory version);
}

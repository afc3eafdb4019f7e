// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { IDelegates } from "../../contracts/interfaces/IDelegates.sol";
import { IDisputes } from "../../contracts/interfaces/IDisputes.sol";
import { IEscrow } from "../../contracts/interfaces/IEscrow.sol";
import { ILeaseBook } from "../../contracts/interfaces/ILeaseBook.sol";
import { IOfferBook } from "../../contracts/interfaces/IOfferBook.sol";
import { IProviderRegistry } from "../../contracts/interfaces/IProviderRegistry.sol";
import { IQuoteBook } from "../../contracts/interfaces/IQuoteBook.sol";
import { IUsageReports } from "../../contracts/interfaces/IUsageReports.sol";
import { BanningToken } from "./BanningToken.sol";
import { QuietToken } from "./QuietToken.sol";

/// @title TypedErrors
/// @notice The only answers that a refused call may give: the market's own errors, and those of a token that would not move.
abstract contract TypedErrors {
    mapping(bytes4 selector => bool known) internal _known;

    constructor() {
        _knowTokens();
        _knowAccounts();
        _knowLeases();
        _knowDisputes();
    }

    function _knowTokens() private {
        _known[BanningToken.Banned.selector] = true;
        _known[QuietToken.Unfunded.selector] = true;
        _known[IERC20Errors.ERC20InsufficientBalance.selector] = true;
        _known[IERC20Errors.ERC20InsufficientAllowance.selector] = true;
        _known[SafeERC20.SafeERC20FailedOperation.selector] = true;
    }

    function _knowAccounts() private {
        _known[IEscrow.EscrowRecipientInvalid.selector] = true;
        _known[IEscrow.EscrowNothingArrived.selector] = true;
        _known[IEscrow.EscrowBalanceInsufficient.selector] = true;
        _known[IDelegates.DelegateNotAuthorized.selector] = true;
        _known[IDelegates.DelegateCapExceeded.selector] = true;
        _known[IProviderRegistry.ProviderUnknown.selector] = true;
        _known[IProviderRegistry.ProviderAlreadyRegistered.selector] = true;
        _known[IProviderRegistry.ProviderReportPeriodOutOfBounds.selector] = true;
        _known[IProviderRegistry.ProviderCallerNotAuthorized.selector] = true;
        _known[IProviderRegistry.ProviderInstanceStale.selector] = true;
        _known[IProviderRegistry.ProviderSilent.selector] = true;
        _known[IProviderRegistry.StakeInsufficient.selector] = true;
        _known[IProviderRegistry.StakeTooLarge.selector] = true;
        _known[IUsageReports.UsageLeaseForeign.selector] = true;
    }

    function _knowLeases() private {
        _known[IOfferBook.OfferUnknown.selector] = true;
        _known[IOfferBook.OfferTokenInvalid.selector] = true;
        _known[IOfferBook.OfferRateOutOfBounds.selector] = true;
        _known[IOfferBook.OfferCollateralTooLarge.selector] = true;
        _known[IOfferBook.OfferMinPeriodTooLong.selector] = true;
        _known[IOfferBook.OfferStartPeriodOutOfBounds.selector] = true;
        _known[IOfferBook.OfferRetentionPeriodTooLong.selector] = true;
        _known[IOfferBook.OfferProviderMismatch.selector] = true;
        _known[IOfferBook.OfferNotOpen.selector] = true;
        _known[IOfferBook.OfferFull.selector] = true;
        _known[IOfferBook.OfferRateAboveLimit.selector] = true;
        _known[ILeaseBook.LeaseUnknown.selector] = true;
        _known[ILeaseBook.LeaseStatusUnexpected.selector] = true;
        _known[ILeaseBook.LeaseCallerNotTenant.selector] = true;
        _known[ILeaseBook.LeaseAmountTooSmall.selector] = true;
        _known[ILeaseBook.LeaseBalanceTooLarge.selector] = true;
        _known[ILeaseBook.LeaseStartTooLate.selector] = true;
        _known[ILeaseBook.LeaseStartPending.selector] = true;
        _known[ILeaseBook.LeaseRetained.selector] = true;
        _known[ILeaseBook.LeaseListTooLong.selector] = true;
    }

    function _knowDisputes() private {
        _known[IQuoteBook.QuoteSpent.selector] = true;
        _known[IQuoteBook.QuoteExpired.selector] = true;
        _known[IQuoteBook.QuoteTenantMismatch.selector] = true;
        _known[IQuoteBook.QuoteLeaseMismatch.selector] = true;
        _known[IQuoteBook.QuoteOfferMismatch.selector] = true;
        _known[IQuoteBook.QuoteSignerInvalid.selector] = true;
        _known[IDisputes.DisputeAlreadyOpened.selector] = true;
        _known[IDisputes.DisputeNotOpen.selector] = true;
        _known[IDisputes.DisputeArbitratorAbsent.selector] = true;
        _known[IDisputes.DisputeCollateralAbsent.selector] = true;
        _known[IDisputes.DisputeTooLate.selector] = true;
        _known[IDisputes.DisputeAmountOutOfBounds.selector] = true;
        _known[IDisputes.DisputeAwardTooLarge.selector] = true;
        _known[IDisputes.DisputeCallerNotArbitrator.selector] = true;
        _known[IDisputes.DisputeRulingTooLate.selector] = true;
        _known[IDisputes.DisputeRulingPending.selector] = true;
    }
}

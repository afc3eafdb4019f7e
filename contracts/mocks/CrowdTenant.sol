// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IEscrow } from "../interfaces/IEscrow.sol";
import { ILeaseBook } from "../interfaces/ILeaseBook.sol";

/// @title CrowdTenant
/// @notice For gas figures: a wallet that opens many leases in one transaction, from money that it was sent.
contract CrowdTenant {
    /// @notice Puts all tokens that it has into the market.
    /// @param market The market.
    /// @param token The currency.
    function deposit(IEscrow market, IERC20 token) external {
        uint256 amount = token.balanceOf(address(this));
        token.approve(address(market), amount);
        market.deposit(address(token), amount);
    }

    /// @notice Opens leases of one offer, each from the free balance.
    /// @param market The market.
    /// @param offerId The offer.
    /// @param provider Whose offer it is.
    /// @param amount What each lease gets, in token base units.
    /// @param count How many.
    function open(
        ILeaseBook market,
        uint256 offerId,
        address provider,
        uint256 amount,
        uint256 count
    ) external {
        for (uint256 i = 0; i < count; ++i) {
            market.openFromBalance(offerId, provider, type(uint256).max, amount, bytes32(0), address(this));
        }
    }
}

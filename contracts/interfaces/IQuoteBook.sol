// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Quote } from "../types/Structs.sol";

/// @title IQuoteBook
/// @notice What was agreed in private? A quote is signed by the operator of record as EIP-712 data under the domain that
/// `eip712Domain` shows; it changes price and resources of one lease, nothing else, and acts once.
interface IQuoteBook {
    /// @notice A quote became part of a lease.
    /// @param provider Whose quote.
    /// @param salt Which of his.
    /// @param leaseId The lease that was opened or amended.
    /// @param milliRatePerSecond The lease's price from now on, in thousandths of a token base unit per second.
    /// @param resourcesHash EIP-712 hash of the resources that it gets; zero for those of the offer.
    event QuoteUsed(
        address indexed provider,
        bytes32 indexed salt,
        uint256 indexed leaseId,
        uint256 milliRatePerSecond,
        bytes32 resourcesHash
    );

    /// @notice A quote can no longer be used.
    /// @param provider Whose quote.
    /// @param salt Which of his.
    event QuoteCancelled(address indexed provider, bytes32 indexed salt);

    /// @notice The quote was used or cancelled before.
    /// @param provider Whose quote.
    /// @param salt Which of his.
    error QuoteSpent(address provider, bytes32 salt);

    /// @notice The quote's time has run out.
    /// @param time Now, in seconds since 1970.
    /// @param expiresAt Its last second, in seconds since 1970.
    error QuoteExpired(uint256 time, uint256 expiresAt);

    /// @notice The quote is for somebody else.
    /// @param actual The tenant of the lease.
    /// @param expected Whom the quote names.
    error QuoteTenantMismatch(address actual, address expected);

    /// @notice The quote is for another lease; one that opens a lease names none.
    /// @param actual The lease; 0 for one that is being opened.
    /// @param expected The lease that the quote names.
    error QuoteLeaseMismatch(uint256 actual, uint256 expected);

    /// @notice The quote is for another offer than the lease's.
    /// @param actual The lease's offer.
    /// @param expected The offer that the quote names.
    error QuoteOfferMismatch(uint256 actual, uint256 expected);

    /// @notice The quote is not signed by the provider's operator of record.
    /// @param provider Whose quote it would be.
    /// @param signer Who signed it; zero where the signature is malformed.
    /// @param operator Who had to sign it; zero where the provider has no operator.
    error QuoteSignerInvalid(address provider, address signer, address operator);

    /// @notice Makes a quote unusable before anybody uses it.
    /// @param provider Whose quote: the caller, or whose operator the caller is.
    /// @param instance The caller's instance.
    /// @param salt Which of his.
    function cancelQuote(address provider, uint256 instance, bytes32 salt) external;

    /// @notice What the operator signs: the EIP-712 digest of a quote, on this chain and for this contract.
    /// @param quote The quote.
    /// @return digest The digest.
    function hashQuote(Quote calldata quote) external view returns (bytes32 digest);

    /// @notice Whether a quote was used or cancelled.
    /// @param provider Whose quote.
    /// @param salt Which of his.
    /// @return spent True when it can no longer act.
    function isQuoteSpent(address provider, bytes32 salt) external view returns (bool spent);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IQuoteBook } from "../interfaces/IQuoteBook.sol";
import { Quote } from "../types/Structs.sol";
import { OfferBook } from "./OfferBook.sol";

/// @title QuoteBook
/// @notice What was agreed in private?
abstract contract QuoteBook is OfferBook, EIP712, IQuoteBook {
    bytes32 private constant QUOTE_TYPEHASH = keccak256(
        "Quote(uint256 offerId,address tenant,uint256 milliRatePerSecond,bytes32 resourcesHash,"
        "uint256 leaseId,uint256 expiresAt,bytes32 salt)"
    );

    string private constant DOMAIN_NAME = "ComputeMarket";
    string private constant DOMAIN_VERSION = "1";

    mapping(address provider => mapping(bytes32 salt => bool spent)) private _spent;

    constructor() EIP712(DOMAIN_NAME, DOMAIN_VERSION) {}

    /// @inheritdoc IQuoteBook
    function cancelQuote(address provider, uint256 instance, bytes32 salt) external nonReentrant {
        _authorize(provider, instance);
        _spendQuote(provider, salt);
        emit QuoteCancelled(provider, salt);
    }

    /// @inheritdoc IQuoteBook
    function hashQuote(Quote calldata quote) external view returns (bytes32 digest) {
        digest = _hashQuote(quote);
    }

    /// @inheritdoc IQuoteBook
    function isQuoteSpent(address provider, bytes32 salt) external view returns (bool spent) {
        spent = _spent[provider][salt];
    }

    /// @notice The domain of quotes, as ERC-5267 wants it shown.
    /// @return fields Which of the following are used, as bits.
    /// @return name The contract's name.
    /// @return version The version of what is signed.
    /// @return chainId This chain.
    /// @return verifyingContract This contract.
    /// @return salt Not used.
    /// @return extensions Not used.
    function eip712Domain()
        public
        view
        override
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        (fields, name, version) = (hex"0f", DOMAIN_NAME, DOMAIN_VERSION);
        (chainId, verifyingContract) = (block.chainid, address(this));
        (salt, extensions) = (0, new uint256[](0));
    }

    /// @dev Lets a quote of this provider act, once. The caller checks that offer and lease are those that it names.
    function _useQuote(
        Quote calldata quote,
        bytes calldata signature,
        address provider,
        address tenant
    ) internal {
        require(
            quote.tenant == address(0) || quote.tenant == tenant,
            QuoteTenantMismatch(tenant, quote.tenant)
        );
        require(block.timestamp <= quote.expiresAt, QuoteExpired(block.timestamp, quote.expiresAt));
        _requireRateInBounds(quote.milliRatePerSecond);
        _requireSigned(quote, signature, provider);
        _spendQuote(provider, quote.salt);
    }

    function _logQuoteUsed(Quote calldata quote, address provider, uint256 leaseId) internal {
        emit QuoteUsed(provider, quote.salt, leaseId, quote.milliRatePerSecond, quote.resourcesHash);
    }

    function _requireSigned(Quote calldata quote, bytes calldata signature, address provider) private view {
        (address signer, , ) = ECDSA.tryRecoverCalldata(_hashQuote(quote), signature);
        address operator = _operatorOf(provider);
        require(signer != address(0) && signer == operator, QuoteSignerInvalid(provider, signer, operator));
    }

    function _spendQuote(address provider, bytes32 salt) private {
        require(!_spent[provider][salt], QuoteSpent(provider, salt));
        _spent[provider][salt] = true;
    }

    function _hashQuote(Quote calldata quote) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(QUOTE_TYPEHASH, quote)));
    }
}

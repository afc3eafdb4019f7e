// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { IUsageReports } from "../interfaces/IUsageReports.sol";
import { LeaseCodec } from "../libraries/LeaseCodec.sol";
import { LeaseAccount } from "../types/LeaseAccount.sol";
import { Usage } from "../types/Structs.sol";
import { LeaseViews } from "./LeaseViews.sol";

/// @title UsageReports
/// @notice Was the provider there, and what was used?
abstract contract UsageReports is LeaseViews, IUsageReports {
    using LeaseCodec for LeaseAccount;

    /// @inheritdoc IUsageReports
    function report(
        address provider,
        uint256 instance,
        bytes32 usageRoot,
        string calldata usageURI,
        Usage[] calldata entries
    ) external nonReentrant {
        // Check:
        _authorize(provider, instance);
        require(entries.length <= MAX_LIST, LeaseListTooLong(entries.length, MAX_LIST));

        // Effect:
        uint256 clock = _recordReport(provider);
        emit ProviderReported(provider, clock, usageRoot, usageURI, instance);
        uint256 own;
        for (uint256 i = 0; i < entries.length; ++i) {
            own = _logUsage(provider, entries[i], own);
        }
    }

    /// @inheritdoc IUsageReports
    function verifyUsage(
        bytes32 usageRoot,
        Usage calldata usage,
        bytes32[] calldata proof
    ) external pure returns (bool valid) {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(usage))));
        valid = MerkleProof.verifyCalldata(proof, usageRoot, leaf);
    }

    /// @dev Leases of one offer have one provider: `own` is the offer last seen to be his, and what is answered is the next such.
    function _logUsage(
        address provider,
        Usage calldata usage,
        uint256 own
    ) private returns (uint256 offerId) {
        uint256 leaseId = usage.leaseId;
        offerId = _lease(leaseId).account.offerId();
        if (offerId == 0 || offerId != own) {
            (, , address actual) = _load(leaseId);
            require(actual == provider, UsageLeaseForeign(leaseId, actual, provider));
        }
        emit UsageReported(provider, leaseId, usage);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { Address } from "@openzeppelin/contracts/utils/Address.sol";

/// @title ContractWallet
/// @notice For tests: a wallet that is a contract and calls whatever anybody tells it to.
contract ContractWallet {
    /// @notice Makes one call, and fails as that call fails.
    /// @param target Whom to call.
    /// @param data With what.
    /// @return answer What came back.
    function execute(address target, bytes calldata data) external returns (bytes memory answer) {
        answer = Address.functionCall(target, data);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { ERC1967Utils } from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import { Proxy } from "@openzeppelin/contracts/proxy/Proxy.sol";

/// @title UsdcShapedProxy
/// @notice For gas figures: stands before {UsdcShapedToken} as the dollar's proxy does, its administrator read in every call.
contract UsdcShapedProxy is Proxy {
    /// @notice The administrator may not use the token.
    error CallerIsAdmin();

    constructor(address implementation, address admin) {
        ERC1967Utils.upgradeToAndCall(implementation, "");
        ERC1967Utils.changeAdmin(admin);
    }

    function _fallback() internal override {
        require(msg.sender != ERC1967Utils.getAdmin(), CallerIsAdmin());
        super._fallback();
    }

    function _implementation() internal view override returns (address) {
        return ERC1967Utils.getImplementation();
    }
}

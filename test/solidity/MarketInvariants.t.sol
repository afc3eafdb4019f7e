// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { CampaignWorld } from "./CampaignWorld.sol";

/// @title MarketInvariants
/// @notice What holds after every twenty-five calls that anybody makes, and at the end of all of them.
contract MarketInvariants {
    /// @notice Functions that the runner may call.
    /// @param addr Of which contract.
    /// @param selectors Which ones.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    CampaignWorld private _world;

    function setUp() external {
        _world = new CampaignWorld();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_world);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_world), new bytes4[](1));
        targets[0].selectors[0] = CampaignWorld.act.selector;
    }

    /// @notice The laws are checked where the calls are made, each under its number; here it is seen that calls are made at all.
    function invariant_01_to_34_hold() external view {
        require(_world.acts() * _world.CALLS() <= _world.calls(), "calls are counted");
    }

    function afterInvariant() external {
        _world.finish();
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Where a lease stands. Never stored: computed from the lease and its provider's service clock, first match in the
/// order None, Closed, Pending, Depleted, Lapsed, Paused, Active.
enum LeaseStatus {
    None,
    Pending,
    Active,
    Paused,
    Depleted,
    Lapsed,
    Closed
}

/// @notice Why a lease ended. `None` while it has not.
enum CloseReason {
    None,
    TenantClosed,
    ProviderClosed,
    Declined,
    NotStarted,
    Depleted,
    Lapsed,
    Completed
}

/// @notice What made a provider end a lease; his own statement, emitted and not judged.
enum CloseCause {
    Unspecified,
    Image,
    Manifest,
    Capacity,
    Hardware,
    Drain,
    Abuse,
    Price
}

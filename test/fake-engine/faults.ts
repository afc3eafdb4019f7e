// SPDX-License-Identifier: Apache-2.0

/** A request as it arrives, before anything was done about it. */
export interface EngineCall {
  /** Counts all requests from 1. */
  readonly number: number;
  /** Such as `POST /containers/{id}/start`. */
  readonly endpoint: string;
  /** Name of the container, network, volume or image that it is about; empty where it is about none. */
  readonly subject: string;
  /** Whether it changes anything when it succeeds. */
  readonly mutates: boolean;
}

export type Fault =
  /** An error instead of the effect. */
  | { readonly kind: "refuse"; readonly status: number; readonly message: string }
  /** The effect, and the connection is reset instead of the reply. */
  | { readonly kind: "drop" }
  /** No effect and no answer; once released, both, for those who still wait. */
  | { readonly kind: "hang" }
  /** The effect, and half of a reply that never ends. */
  | { readonly kind: "stall" }
  /** The effect, and another body in the reply's place. */
  | { readonly kind: "garble"; readonly change: (body: string) => string };

/** What goes wrong with a request; null for nothing. */
export type Faults = (call: EngineCall) => Fault | null;

/** A single fault, for a test that names it. */
export interface OneFault {
  readonly faults: Faults;
  /** Whether the request came. */
  readonly met: () => boolean;
}

export const noFaults: Faults = () => null;

/** The fault for the first request to the endpoint, and none before or after it. */
export function once(endpoint: string, fault: Fault): OneFault {
  let hasMet = false;
  const faults: Faults = (call) => {
    if (hasMet || call.endpoint !== endpoint) return null;
    hasMet = true;
    return fault;
  };
  return { faults, met: () => hasMet };
}

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Desired } from "../domain/desired.ts";
import type { LeaseView } from "../domain/lease-view.ts";
import type { ObservedContainer } from "../domain/observed.ts";
import { container, hashOf, lease, leaseId, observed, run, service, workload } from "../test/builders.ts";
import { phaseOf } from "./phase.ts";

const web = service("web");
const job = service("job", { restart: { on: "never" } });
const spec = workload([web, job]);
const finished = container("job", { state: "exited" });
const awaited: Desired = {
  kind: "awaitManifest",
  leaseId,
  status: "active",
  startLate: false,
  mayClose: false,
};

function view(
  desired: Desired,
  containers: readonly ObservedContainer[],
  changes: Partial<LeaseView> = {},
): LeaseView {
  const block = { number: 1n, timestamp: 2n };
  const none = {
    seenAt: 0,
    step: null,
    lastError: null,
    leftovers: [],
    fault: null,
    exit: null,
    isUnhealthy: false,
  };
  return { leaseId, lease: lease(), block, desired, observed: observed(containers), ...none, ...changes };
}

const fault = { leaseId, manifestHash: hashOf("a"), code: "E", message: "", cause: "image" } as const;
const table: readonly (readonly [string, LeaseView | null, string])[] = [
  ["nothing was looked at yet", null, "awaiting-manifest"],
  ["the manifest is awaited", view(awaited, []), "awaiting-manifest"],
  ["a new manifest is awaited and the old one runs", view(awaited, [container("web")]), "running"],
  ["the image is fetched", view(run(spec), [], { step: "ensureImage" }), "pulling"],
  ["containers are being made", view(run(spec), [container("web", { state: "created" })]), "starting"],
  ["some services run and some do not yet", view(run(spec), [container("web")]), "starting"],
  ["all services run", view(run(spec), [container("web"), container("job")]), "running"],
  ["one runs and one has finished for good", view(run(spec), [container("web"), finished]), "running"],
  [
    "one has ended and is to be started again",
    view(run(spec), [container("web", { state: "exited" }), container("job")]),
    "starting",
  ],
  ["all have finished for good", view(run(workload([job])), [finished]), "stopped"],
  ["it cannot be brought up", view(run(spec), [], { fault }), "failed"],
  ["it rests", view({ kind: "suspend", leaseId, retentionOver: false }, []), "stopped"],
  ["its close may be taken back", view({ kind: "rest", leaseId }, [container("web")]), "stopped"],
  ["it is being removed", view({ kind: "remove", leaseId }, [container("web")]), "stopped"],
  ["the chain does not show it", view({ kind: "freeze", leaseId }, [container("web")]), "unknown"],
  [
    "it could not be found out about",
    view({ kind: "leave", leaseId, why: "" }, [container("web")]),
    "unknown",
  ],
];

describe("phase of a workload", () => {
  for (const [when, seen, phase] of table) {
    it(`is ${phase} when ${when}`, () => {
      expect(phaseOf("active", seen, false)).to.equal(phase);
    });
  }

  it("is stopped when the lease is closed or depleted, whatever was seen", () => {
    for (const status of ["closed", "depleted"] as const) {
      expect(phaseOf(status, view(run(spec), [container("web"), container("job")]), true)).to.equal(
        "stopped",
      );
    }
  });

  it("is unknown while chain or engine is dark, unless it is known to have failed", () => {
    const up = view(run(spec), [container("web"), container("job")]);
    expect(phaseOf("active", up, true)).to.equal("unknown");
    expect(phaseOf("active", { ...up, fault }, true)).to.equal("failed");
  });
});

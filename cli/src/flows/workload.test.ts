// SPDX-License-Identifier: Apache-2.0
import type { GatewayStatus, LeaseStatus, LeaseSummary } from "@berth/sdk";
import { expect } from "chai";
import type { WorkloadView } from "./await-workload.ts";
import { isHealthy, isRunning } from "./await-workload.ts";
import { urlOf } from "./bring-up.ts";
import { depletesIn } from "./lease-view.ts";

type Service = GatewayStatus["services"][number];

function view(
  status: LeaseStatus,
  phase: GatewayStatus["phase"],
  services: readonly Partial<Service>[],
): WorkloadView {
  const whole = services.map((service) => ({
    ...{ name: "web", state: "running" as const, health: "none" as const, exitCode: null },
    ...service,
  }));
  const told = { leaseId: "1", status, phase, services: whole, endpoints: [], lastError: null };
  return {
    lease: { status } as LeaseSummary,
    status: { ...told, chainBlock: { number: "1", timestamp: "1" } },
    trouble: "",
  };
}

describe("a workload", () => {
  it("runs once the chain bills it and the provider runs it, and not on the word of one of them", () => {
    expect(isRunning(view("active", "running", []))).to.equal(true);
    expect(isRunning(view("pending", "running", []))).to.equal(false);
    expect(isRunning(view("active", "starting", []))).to.equal(false);
    expect(isRunning({ ...view("active", "running", []), status: null })).to.equal(false);
  });

  it("is healthy once every service passes its check, runs without one, or ended well", () => {
    const well: readonly Partial<Service>[] = [
      { health: "healthy" },
      { health: "none" },
      { state: "exited", exitCode: 0 },
    ];
    expect(isHealthy(view("active", "running", well))).to.equal(true);
    const ill: readonly Partial<Service>[] = [
      { health: "starting" },
      { health: "unhealthy" },
      { state: "exited", exitCode: 1 },
      { state: "frozen", health: "healthy" },
      { state: "absent" },
    ];
    for (const service of ill) {
      expect(isHealthy(view("active", "running", [...well, service])), JSON.stringify(service)).to.equal(
        false,
      );
    }
    expect(isHealthy(view("active", "running", []))).to.equal(false);
  });

  it("answers at its first TCP port", () => {
    const port = { service: "web", containerPort: 80, address: "203.0.113.7", port: 32000 } as const;
    expect(urlOf([])).to.equal(null);
    expect(urlOf([{ ...port, protocol: "udp" }])).to.equal(null);
    expect(urlOf([{ ...port, protocol: "tcp" }])).to.equal("http://203.0.113.7:32000");
    expect(urlOf([{ ...port, protocol: "tcp", address: "2001:db8::1" }])).to.equal(
      "http://[2001:db8::1]:32000",
    );
    expect(urlOf([{ ...port, protocol: "tcp", url: "https://a.example" }])).to.equal("https://a.example");
  });

  it("has a time left only while its meter runs towards an end that can be told", () => {
    const lease = { status: "active", depletionClock: 500n, clockNow: 200n } as LeaseSummary;
    expect(depletesIn(lease)).to.equal(300n);
    expect(depletesIn({ ...lease, status: "paused" })).to.equal(null);
    expect(depletesIn({ ...lease, depletionClock: 2n ** 32n - 1n })).to.equal(null);
  });
});

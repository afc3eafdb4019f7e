// SPDX-License-Identifier: Apache-2.0
import type { IsolationTier } from "@berth/sdk";
import { expect } from "chai";
import type { MarketIdentity } from "../../domain/identity.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import { MANIFEST_HASH, service, workload } from "../contract-fixtures.ts";
import { containerOptions } from "./container-options.ts";

const identity: MarketIdentity = { chainId: 31337, market: "0xAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaa" };
const options = (changes: Partial<ServiceSpec> = {}, tier: IsolationTier = "runc") =>
  containerOptions(
    {
      identity,
      leaseId: 5n,
      service: service("berth/hello:local", changes),
      tier,
      isMapped: tier === "userns",
      publishAddress: "127.0.0.1",
    },
    workload(5n, tier),
  );

describe("container options", () => {
  it("says whose the container is, by name and labels alone", () => {
    expect(options()).to.deep.include({
      name: "berth-31337-aaaaaaaa-5-web",
      Labels: {
        "berth.lease": "5",
        "berth.chain": "31337",
        "berth.market": "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "berth.service": "web",
        "berth.manifest": MANIFEST_HASH,
        "berth.image": "berth/hello:local",
      },
    });
  });

  it("the service's name is found in the lease's network", () => {
    expect(options().NetworkingConfig).to.deep.equal({
      EndpointsConfig: { "berth-31337-aaaaaaaa-5-net": { Aliases: ["web"] } },
    });
  });

  it("environment becomes NAME=value, value with every sign it has", () => {
    expect(options({ environment: { URL: "a=b\nc", EMPTY: "" } }).Env).to.deep.equal([
      "URL=a=b\nc",
      "EMPTY=",
    ]);
  });

  it("lets no health check of the image's run where the manifest has none", () => {
    expect(options({ healthcheck: null }).Healthcheck).to.deep.equal({ Test: ["NONE"] });
  });

  it("a health check's times are told in nanoseconds", () => {
    const healthcheck = {
      test: ["CMD", "true"],
      intervalMs: 2000,
      timeoutMs: 1,
      retries: 3,
      startPeriodMs: 0,
    };
    expect(options({ healthcheck }).Healthcheck).to.deep.equal({
      Test: ["CMD", "true"],
      Interval: 2_000_000_000,
      Timeout: 1_000_000,
      Retries: 3,
      StartPeriod: 0,
    });
  });

  it("what the manifest leaves open is left to the image, and an empty entrypoint takes the image's away", () => {
    const open = options({ command: null, entrypoint: null, workingDir: null, stopSignal: null });
    expect(open).to.include({
      Cmd: undefined,
      Entrypoint: undefined,
      WorkingDir: undefined,
      StopSignal: undefined,
    });
    expect(options({ entrypoint: [] }).Entrypoint).to.deep.equal([""]);
  });

  it("published and exposed ports are both known to the container", () => {
    const expose = [{ containerPort: 53, protocol: "udp" }] as const;
    expect(options({ expose }).ExposedPorts).to.deep.equal({ "8080/tcp": {}, "53/udp": {} });
  });

  it("runs as a user of the lease's own unless the manifest names one", () => {
    expect(options().User).to.equal("1900000005:1900000005");
    expect(options({}, "userns").User).to.equal("1005:1005");
    expect(options({ user: "1000" }).User).to.equal("1000:1000");
    expect(options({ user: "1000:2000" }).User).to.equal("1000:2000");
  });

  it("root runs with six capabilities where the tier bears it, and a user that is not mapped does not run", () => {
    for (const tier of ["userns", "gvisor"] as const) {
      const { User, HostConfig } = options({ user: "0" }, tier);
      expect(User).to.equal("0:0");
      expect(HostConfig?.CapAdd).to.deep.equal([
        ...["CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_BIND_SERVICE", "SETGID", "SETUID"],
      ]);
      expect(options({ user: "1000:0" }, tier).HostConfig?.CapAdd).to.deep.equal([]);
    }
    expect(() => options({ user: "65536" }, "userns"))
      .to.throw()
      .with.property("code", "E_USER_REFUSED");
  });

  for (const user of [
    "0",
    "0:0",
    "1000:0",
    "0:1000",
    "root",
    "",
    "-1",
    "1e3",
    "1000:",
    "4294967296",
    " 1000",
  ]) {
    it(`does not run as "${user}"`, () => {
      expect(() => options({ user }))
        .to.throw()
        .with.property("code", "E_USER_REFUSED");
    });
  }
});

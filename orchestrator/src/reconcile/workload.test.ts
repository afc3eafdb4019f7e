// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { hashOf, leaseId } from "../test/builders.ts";
import { documentOf } from "../test/manifests.ts";
import { workloadOf } from "./workload.ts";

const resources = {
  cpuMillis: 1_000,
  memoryMiB: 512,
  storageMiB: 1_024,
  gpuCount: 0,
  gpuModel: "",
  tier: "runc",
} as const;
const compose = `name: shop
services:
  api:
    image: api:2
    depends_on: [db]
    command: ["serve"]
    environment: { MODE: live }
    ports: ["8080", "53/udp"]
    expose: ["9000"]
    user: "1000:1000"
    working_dir: /srv
    stop_signal: SIGINT
    init: true
    restart: on-failure:3
    tmpfs: ["/tmp:size=16m"]
    healthcheck: { test: ["CMD", "ok"], interval: 5s, timeout: 2s, retries: 4, start_period: 1s }
    deploy: { resources: { limits: { cpus: "0.25", memory: 128m, pids: 32 } } }
  db:
    image: db:1
    volumes: ["data:/var/lib/db"]
volumes:
  data:
`;

describe("workload", () => {
  it("takes every field of the manifest, gives every service its limits, and starts in dependency order", () => {
    const spec = workloadOf(leaseId, hashOf("a"), documentOf(compose), resources);
    expect(spec).to.deep.include({
      leaseId,
      manifestHash: hashOf("a"),
      volumes: [{ name: "data", sizeMiB: 1_008 }],
    });
    expect(spec.services.map(({ name }) => name)).to.deep.equal(["db", "api"]);
    const [db, api] = spec.services;
    expect(api).to.deep.include({
      name: "api",
      image: "api:2",
      command: ["serve"],
      entrypoint: null,
      environment: { MODE: "live" },
      ports: [
        { containerPort: 8080, protocol: "tcp" },
        { containerPort: 53, protocol: "udp" },
      ],
      expose: [{ containerPort: 9000, protocol: "tcp" }],
      cpuMillis: 250,
      memoryMiB: 128,
      pids: 32,
      tmpfs: [{ path: "/tmp", sizeMiB: 16 }],
      user: "1000:1000",
      workingDir: "/srv",
      init: true,
      stopSignal: "SIGINT",
      restart: { on: "failure", attempts: 3 },
    });
    expect(api?.healthcheck).to.deep.include({ intervalMs: 5_000, timeoutMs: 2_000, retries: 4 });
    expect(db).to.deep.include({ cpuMillis: 750, memoryMiB: 384 });
    expect(db?.volumes).to.deep.equal([{ volume: "data", path: "/var/lib/db", readOnly: false }]);
  });

  it("refuses a manifest that asks for more than the offer holds", () => {
    const small = { ...resources, memoryMiB: 100 };
    expect(() => workloadOf(leaseId, hashOf("a"), documentOf(compose), small))
      .to.throw(UserError)
      .with.property("code", "E_RESOURCES_ABOVE_OFFER");
  });
});

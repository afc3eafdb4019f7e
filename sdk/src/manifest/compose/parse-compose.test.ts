// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { PLAIN_SERVICE } from "../manifest.fixture.ts";
import type { Service } from "../types.ts";
import { parseCompose } from "./parse-compose.ts";

const ENVIRONMENT = { SECRET: "s3cret", TAG: "7" };

function service(lines: string): Service {
  const indented = lines.replaceAll("\n", "\n    ");
  const text = `name: test\nservices:\n  web:\n    image: busybox\n    ${indented}\nvolumes: {data: , more: {}}`;
  return parseCompose(text, { environment: ENVIRONMENT }).services["web"] ?? expect.fail("no service");
}

const ACCEPTED: readonly [title: string, lines: string, expected: Partial<Service>][] = [
  ["every default of a service", "", PLAIN_SERVICE],
  ["a command as a list", 'command: ["sh", "-c", "echo $$HOME"]', { command: ["sh", "-c", "echo $HOME"] }],
  ["a command as one text", "command: httpd -p '80 80'", { command: ["httpd", "-p", "80 80"] }],
  ["an empty command as the image's", "command:\nentrypoint: ~", { command: null, entrypoint: null }],
  ["an entrypoint", "entrypoint: [/bin/run, '']", { entrypoint: ["/bin/run", ""] }],
  [
    "an environment as a map",
    'environment: {A: x, B: 1, C: true, D: "", SECRET: , E: "1.10", F: -2.5}',
    { environment: { A: "x", B: "1", C: "true", D: "", SECRET: "s3cret", E: "1.10", F: "-2.5" } },
  ],
  [
    "an environment as a list",
    "environment: [A=x=y, B=, SECRET, 'C=${TAG}']",
    { environment: { A: "x=y", B: "", SECRET: "s3cret", C: "7" } },
  ],
  [
    "an environment that objects have names of",
    "environment: {constructor: a}",
    { environment: { constructor: "a" } },
  ],
  [
    "ports in the short syntax",
    'ports: ["80", 443, 53/udp, "${TAG}"]',
    {
      ports: [
        { containerPort: 80, protocol: "tcp" },
        { containerPort: 443, protocol: "tcp" },
        { containerPort: 53, protocol: "udp" },
        { containerPort: 7, protocol: "tcp" },
      ],
    },
  ],
  [
    "ports in the long syntax",
    'ports: [{target: 80}, {target: "80", protocol: udp}]',
    {
      ports: [
        { containerPort: 80, protocol: "tcp" },
        { containerPort: 80, protocol: "udp" },
      ],
    },
  ],
  [
    "a port that speaks HTTP",
    "ports: [{target: 8080, app_protocol: http}, 53/udp]",
    {
      ports: [
        { containerPort: 8080, protocol: "tcp", appProtocol: "http" },
        { containerPort: 53, protocol: "udp" },
      ],
    },
  ],
  [
    "exposed ports",
    'expose: ["5432", 53/udp]',
    {
      expose: [
        { containerPort: 5432, protocol: "tcp" },
        { containerPort: 53, protocol: "udp" },
      ],
    },
  ],
  [
    "limits",
    "deploy: {resources: {limits: {cpus: 0.50, memory: 1.5g, pids: 64}}}",
    { limits: { cpuMillis: 500, memoryMiB: 1536, pids: 64 } },
  ],
  [
    "a memory limit rounded up to whole MiB",
    "deploy: {resources: {limits: {memory: 33554433}}}",
    { limits: { cpuMillis: null, memoryMiB: 33, pids: null } },
  ],
  [
    "volumes in the short syntax",
    "volumes: ['data:/data', 'more:/more:ro', 'data:/again:rw']",
    {
      volumes: [
        { volume: "data", path: "/data", readOnly: false },
        { volume: "more", path: "/more", readOnly: true },
        { volume: "data", path: "/again", readOnly: false },
      ],
    },
  ],
  [
    "volumes in the long syntax",
    "volumes: [{type: volume, source: data, target: /data, read_only: true}]",
    { volumes: [{ volume: "data", path: "/data", readOnly: true }] },
  ],
  ["a tmpfs without a size as 64 MiB", "tmpfs: /run", { tmpfs: [{ path: "/run", sizeMiB: 64 }] }],
  [
    "tmpfs mounts with sizes",
    "tmpfs: ['/run:size=8m', '/tmp:size=1000000']",
    {
      tmpfs: [
        { path: "/run", sizeMiB: 8 },
        { path: "/tmp", sizeMiB: 1 },
      ],
    },
  ],
  [
    "a health check in a shell, with Compose's defaults",
    "healthcheck: {test: curl -f localhost || exit 1}",
    {
      healthcheck: {
        test: ["CMD-SHELL", "curl -f localhost || exit 1"],
        intervalMs: 30_000,
        timeoutMs: 30_000,
        retries: 3,
        startPeriodMs: 0,
      },
    },
  ],
  [
    "a health check in full",
    "healthcheck: {test: [CMD, 'true', x], interval: 1m30s, timeout: 1500ms, retries: 5, start_period: 0, disable: false}",
    {
      healthcheck: {
        test: ["CMD", "true", "x"],
        intervalMs: 90_000,
        timeoutMs: 1500,
        retries: 5,
        startPeriodMs: 0,
      },
    },
  ],
  ["a disabled health check as none", "healthcheck: {disable: true}", { healthcheck: null }],
  ["the test NONE as no health check", "healthcheck: {test: [NONE]}", { healthcheck: null }],
  ["a user by number", "user: 1000", { user: "1000" }],
  ["a user and a group", 'user: "1000:2000"', { user: "1000:2000" }],
  ["a working directory", "working_dir: /srv/app", { workingDir: "/srv/app" }],
  ["restart: no", "restart: no", { restart: { on: "never" } }],
  ["restart: always", "restart: always", { restart: { on: "always" } }],
  ["restart: unless-stopped as always", "restart: unless-stopped", { restart: { on: "always" } }],
  ["restart: on-failure", "restart: on-failure", { restart: { on: "failure", attempts: null } }],
  ["restart: on-failure:3", "restart: on-failure:3", { restart: { on: "failure", attempts: 3 } }],
  ["init and a stop signal", "init: false\nstop_signal: SIGQUIT", { init: false, stopSignal: "SIGQUIT" }],
  ["truth values of variables", 'init: "${INIT:-false}"', { init: false }],
  [
    "labels as a map",
    "labels: {com.example.a: x, b: , c: 1}",
    { labels: { "com.example.a": "x", b: "", c: "1" } },
  ],
  ["labels as a list", "labels: [a=x, b]", { labels: { a: "x", b: "" } }],
];

describe("parseCompose", () => {
  for (const [title, lines, expected] of ACCEPTED) {
    it(`reads ${title}`, () => expect(service(lines)).to.deep.include(expected));
  }

  it("reads the demonstration's file", () => {
    const text = readFileSync(new URL("../../../../templates/hello/compose.yaml", import.meta.url), "utf8");
    const manifest = parseCompose(text, { environment: {} });
    expect(manifest.name).to.equal("hello");
    expect(manifest.market).to.deep.equal({ maxRatePerHour: "1", deposit: "1", tier: null });
    expect(manifest.services["web"]).to.deep.include({
      ports: [{ containerPort: 8080, protocol: "tcp" }],
      limits: { cpuMillis: 250, memoryMiB: 64, pids: null },
    });
  });

  it("reads dependencies as a list and as a map with conditions", () => {
    const text = `
name: test
services:
  web: {image: a, depends_on: [api, db]}
  api: {image: a, depends_on: {db: {condition: service_healthy}, setup: {condition: service_completed_successfully}, log: {condition: service_started}}}
  db: {image: a, healthcheck: {test: x}}
  setup: {image: a}
  log: {image: a}`;
    const { services } = parseCompose(text, { environment: {} });
    expect(services["web"]?.dependsOn).to.deep.equal({ api: "started", db: "started" });
    expect(services["api"]?.dependsOn).to.deep.equal({ db: "healthy", setup: "completed", log: "started" });
  });

  it("reads market terms a second and an hour as tokens an hour", () => {
    const terms = (lines: string) =>
      parseCompose(`name: t\nservices: {a: {image: b}}\nx-berth: ${lines}`, { environment: {} }).market;
    expect(terms("{maxRate: 0.0005/s, deposit: 2.50}")).to.deep.equal({
      maxRatePerHour: "1.8",
      deposit: "2.5",
      tier: null,
    });
    expect(terms("{tier: gvisor}").tier).to.equal("gvisor");
    expect(terms("{}")).to.deep.equal({ maxRatePerHour: null, deposit: null, tier: null });
  });

  it("shares service keys by anchors and merges", () => {
    const text = "name: t\nservices:\n  a: &a {image: x, user: 5}\n  b: {<<: *a, user: 6}";
    const { services } = parseCompose(text, { environment: {} });
    expect([services["a"]?.user, services["b"]?.user, services["b"]?.image]).to.deep.equal(["5", "6", "x"]);
  });
});

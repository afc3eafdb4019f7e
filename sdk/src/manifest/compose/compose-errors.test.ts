// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ManifestError } from "../errors.ts";
import { refusalsOf } from "../manifest.fixture.ts";
import { MAX_MANIFEST_BYTES } from "../types.ts";
import { parseCompose } from "./parse-compose.ts";

describe("errors of parseCompose", () => {
  it("refuses a file above the limit before it reads it, and takes one at the limit", () => {
    const text = "name: t\nservices: {a: {image: x}}\n#";
    const atLimit = text + "é".repeat((MAX_MANIFEST_BYTES - text.length) / 2);
    expect(parseCompose(atLimit + (text.length % 2 === 0 ? "" : "x"), { environment: {} }).name).to.equal(
      "t",
    );
    const above = refusalsOf(() => parseCompose(`${atLimit}xx`, { environment: {} }));
    expect(above.map((refusal) => refusal.code)).to.deep.equal(["E_MANIFEST_TOO_LARGE"]);
    const broken = refusalsOf(() => parseCompose("[".repeat(MAX_MANIFEST_BYTES + 1), { environment: {} }));
    expect(broken[0]?.code).to.equal("E_MANIFEST_TOO_LARGE");
  });

  it("refuses a small file whose manifest is above the limit", () => {
    const value = "x".repeat(4000);
    const lines = Array.from({ length: 15 }, (_, index) => `    V${index}: ${value}`).join("\n");
    const text = `name: t\nservices:\n  a: &a\n   image: x\n   environment:\n${lines}\n  b: *a`;
    const refusals = refusalsOf(() => parseCompose(text, { environment: {} }));
    expect(refusals.map((refusal) => refusal.code)).to.deep.equal(["E_MANIFEST_TOO_LARGE"]);
  });

  it("reports all refusals of a file together, in its order, each once", () => {
    const text = `version: "3"
name: Bad Name
services:
  web:
    privileged: true
    image: busybox
    ports: ["8080:80", "99999"]
    user: root
x-berth: {region: eu}`;
    const refusals = refusalsOf(() => parseCompose(text, { environment: {} }));
    expect(refusals.map(({ path, at, code }) => [path, at, code])).to.deep.equal([
      ["version", "1:1", "E_MANIFEST_KEY_REFUSED"],
      ["name", "2:1", "E_MANIFEST_VALUE"],
      ["services.web.privileged", "5:5", "E_MANIFEST_KEY_REFUSED"],
      ["services.web.ports.0", "7:13", "E_MANIFEST_VALUE"],
      ["services.web.ports.1", "7:24", "E_MANIFEST_VALUE"],
      ["services.web.user", "8:5", "E_MANIFEST_VALUE"],
      ["x-berth.region", "9:11", "E_MANIFEST_KEY_UNKNOWN"],
    ]);
  });

  it("counts items as the file does, whatever was refused before them", () => {
    const text = 'name: t\nservices: {a: {image: x, ports: [y, 80, 80], volumes: [z, "other:/data"]}}';
    const refusals = refusalsOf(() => parseCompose(text, { environment: {} }));
    expect(refusals.map(({ path }) => path)).to.have.members([
      "services.a.ports.0",
      "services.a.ports.2",
      "services.a.volumes.0",
      "services.a.volumes.1",
    ]);
  });

  it("says in one error what happened, what is at risk and what to do", () => {
    const one = "name: t\nservices: {a: {image: x, privileged: true}}";
    expect(() => parseCompose(one, { environment: {} }))
      .to.throw(
        ManifestError,
        "services.a.privileged (line 2:26): a privileged container owns the provider's machine",
      )
      .that.includes({ code: "E_MANIFEST_KEY_REFUSED", retryable: false })
      .and.has.property("facts")
      .that.deep.equals({ path: "services.a.privileged", at: "2:26", refusals: "1" });
    const two = "name: t\nservices: {a: {image: x, privileged: true, pid: host}}";
    expect(() => parseCompose(two, { environment: {} }))
      .to.throw(ManifestError, /refused in 2 places:\n- services.a.privileged .*\n- services.a.pid /)
      .with.property("next")
      .that.contains("2 places");
  });

  it("does not quote an environment value in an error", () => {
    const text = `name: t
services:
  web:
    image: x
    environment: {A: "${"s3cret".repeat(1000)}", "B-C": s3cret, D: [s3cret], E: 07.70, "F\\n": s3cret}
    labels: {"berth.x": s3cret}
    command: ["s3cret\\0"]`;
    const refusals = refusalsOf(() => parseCompose(text, { environment: {} }));
    expect(refusals.map(({ path }) => path)).to.include.members([
      "services.web.environment.A",
      "services.web.environment.B-C",
      "services.web.environment.D",
      "services.web.environment.E",
    ]);
    expect(JSON.stringify(refusals)).not.to.match(/s3cret|7\.7/);
  });

  it("shows a hostile key in printable characters", () => {
    const text = 'name: t\nservices: {a: {image: x, "\\e[31m\\u202e\\x9b": 1}}';
    const [refusal] = refusalsOf(() => parseCompose(text, { environment: {} }));
    expect(refusal?.path).to.equal('services.a."\\u001b[31m\\u202e\\u009b"');
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { findHttpProblems } from "./http-rules.ts";
import { PLAIN_SERVICE } from "./manifest.fixture.ts";
import type { Port } from "./types.ts";

const http = (containerPort: number): Port => ({ containerPort, protocol: "tcp", appProtocol: "http" });

function reasonsOf(name: string, ports: readonly Port[]): readonly string[] {
  return findHttpProblems(name, { ...PLAIN_SERVICE, ports }).map(
    ({ path, reason }) => `${path.join(".")} ${reason}`,
  );
}

describe("an HTTP port", () => {
  for (const name of ["web", "a", "0", "a-1", "web-2-x"]) {
    it(`begins a hostname with ${name}`, () => {
      expect(reasonsOf(name, [http(80)])).to.deep.equal([]);
    });
  }

  for (const name of ["my_app", "web-", "a_"]) {
    it(`is refused in a service called ${name}, which no hostname begins with`, () => {
      expect(reasonsOf(name, [http(80)])).to.deep.equal([`ports.0 "${name}" cannot begin a hostname`]);
    });

    it(`asks nothing of ${name} where no port speaks HTTP`, () => {
      expect(reasonsOf(name, [{ containerPort: 80, protocol: "tcp" }])).to.deep.equal([]);
    });
  }

  it("is one of a service", () => {
    const ports: readonly Port[] = [http(80), { containerPort: 53, protocol: "udp" }, http(81)];
    expect(reasonsOf("web", ports)).to.deep.equal(["ports.2 a service has one HTTP port"]);
  });

  it("is a tcp port", () => {
    const port: Port = { containerPort: 80, protocol: "udp", appProtocol: "http" };
    expect(reasonsOf("web", [port])).to.deep.equal(["ports.0 HTTP is spoken over tcp"]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { contractImportProblems, driverProblems, licenceProblems, nameProblems } from "./source-rules.ts";

const HEADER = "// SPDX-License-Identifier: Apache-2.0\n";

function contract(path: string, ...imports: readonly string[]): { path: string; text: string } {
  return { path, text: HEADER + imports.map((target) => `import { A } from "${target}";\n`).join("") };
}

describe("source rules", () => {
  it("wants the licence on the first line, or after a #!", () => {
    const sources = [
      { path: "a.ts", text: HEADER },
      { path: "b.sh", text: `#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n` },
      { path: "c.ts", text: `export {};\n\n${HEADER}` },
    ];
    expect(licenceProblems(sources))
      .to.have.lengthOf(1)
      .and.to.match(/^c\.ts/);
  });

  it("wants kebab-case", () => {
    const paths = [
      "a/host-config.ts",
      "a/host-config.docker.test.ts",
      "hardhat.config.ts",
      "a/hostConfig.ts",
      "a/Host.ts",
    ];
    const problems = nameProblems(paths.map((path) => ({ path, text: "" })));
    expect(problems.map((problem) => problem.split(":")[0])).to.deep.equal(["a/hostConfig.ts", "a/Host.ts"]);
  });

  it("wants one driver, in its adapter, and leaves tests alone", () => {
    const text = "const docker = new Dockerode();";
    const home = { path: "orchestrator/src/runtime/docker/client.ts", text };
    expect(driverProblems([home, { path: "test/e2e/a.test.ts", text }])).to.deep.equal([]);
    expect(
      driverProblems([home, { ...home, path: "orchestrator/src/runtime/docker/b.ts" }]),
    ).to.have.lengthOf(1);
    expect(driverProblems([{ path: "cli/src/a.ts", text }])).to.have.lengthOf(1);
  });
});

describe("imports of contracts", () => {
  it("go downwards, or stay in their layer", () => {
    const sources = [
      contract("contracts/ComputeMarket.sol", "./modules/A.sol", "./interfaces/IA.sol"),
      contract("contracts/modules/A.sol", "./B.sol", "../libraries/L.sol", "@openzeppelin/contracts/a.sol"),
      contract("contracts/libraries/L.sol", "../interfaces/IA.sol", "../types/T.sol"),
      contract("contracts/mocks/M.sol", "../modules/A.sol", "./N.sol"),
    ];
    expect(contractImportProblems(sources)).to.deep.equal([]);
  });

  for (const [from, to] of [
    ["contracts/types/T.sol", "../interfaces/IA.sol"],
    ["contracts/interfaces/IA.sol", "../libraries/L.sol"],
    ["contracts/libraries/L.sol", "../modules/A.sol"],
    ["contracts/modules/A.sol", "../ComputeMarket.sol"],
    ["contracts/modules/A.sol", "../mocks/M.sol"],
    ["contracts/ComputeMarket.sol", "./mocks/M.sol"],
  ] as const) {
    it(`${from} may not import ${to}`, () => {
      expect(contractImportProblems([contract(from, to)])).to.have.lengthOf(1);
    });
  }
});

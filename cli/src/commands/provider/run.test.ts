// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { createKeyFile } from "../../config/new-key-file.ts";
import { jsonErrorOf, runInside } from "../../testing/run-berth.ts";

const BINARY = fileURLToPath(new URL("../../../bin/berth.js", import.meta.url));
const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

describe("berth provider run", function () {
  this.timeout(60_000);
  let folder: string;
  let environment: Record<string, string>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-run-"));
    const operatorKeyFile = join(folder, "operator.key");
    environment = {
      PATH: process.env["PATH"] ?? "",
      BERTH_RPC_URL: "http://127.0.0.1:9",
      BERTH_CHAIN_ID: "31337",
      BERTH_MARKET: MARKET,
      BERTH_PROVIDER: createKeyFile(operatorKeyFile),
      BERTH_OPERATOR_KEY_FILE: operatorKeyFile,
      BERTH_DATA_DIR: join(folder, "data"),
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("runs the daemon until a signal, hands the signal on, and ends with the daemon's code", async () => {
    const child = spawn(process.execPath, [BINARY, "provider", "run"], { cwd: folder, env: environment });
    const ended = once(child, "exit");
    let said = "";
    for await (const chunk of child.stderr) {
      said += String(chunk);
      if (said.includes("waiting to start")) break;
    }
    expect(said).to.contain("starting the daemon").and.to.contain("E_RPC_UNREACHABLE");
    child.kill("SIGTERM");
    expect(await ended).to.deep.equal([0, null]);
  });

  it("refuses a key that others may read, and no key at all, before it starts anything", async () => {
    chmodSync(environment["BERTH_OPERATOR_KEY_FILE"] ?? "", 0o644);
    const exposed = await runInside(["provider", "run", "--json"], { folder, environment });
    expect(jsonErrorOf(exposed)).to.include({ code: "E_KEY_FILE_EXPOSED", exitCode: 2 });
    const { BERTH_OPERATOR_KEY_FILE: _key, ...rest } = environment;
    const missing = await runInside(["provider", "run", "--json"], { folder, environment: rest });
    expect(jsonErrorOf(missing)).to.include({ code: "E_KEY_MISSING", exitCode: 2 });
  });
});

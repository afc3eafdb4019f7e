// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { loadConfig } from "./config.ts";
import { daemonEnvironment } from "./daemon-environment.ts";
import { createKeyFile } from "./new-key-file.ts";
import { loadAccount, readKeyFile } from "./private-key.ts";

describe("private keys", () => {
  const [one, other] = [generatePrivateKey(), generatePrivateKey()];
  let folder: string;
  let path: string;
  const codeOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const shown = [error.message, error.next, JSON.stringify(error.facts)].join();
      for (const key of [one, other]) expect(shown).to.not.contain(key.slice(2, 12));
      return error.code;
    }
    return "nothing was refused";
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-key-"));
    path = join(folder, "key");
    writeFileSync(path, `${one}\n`, { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("takes the file of the flag before the variable with the key, and that before a file named elsewhere", () => {
    const environment = { BERTH_PRIVATE_KEY: other, BERTH_KEY_FILE: path };
    expect(loadAccount(loadConfig({ keyFile: path }, environment, folder)).address).to.equal(
      privateKeyToAccount(one).address,
    );
    expect(loadAccount(loadConfig({}, environment, folder)).address).to.equal(
      privateKeyToAccount(other).address,
    );
    expect(loadAccount(loadConfig({}, { BERTH_KEY_FILE: path }, folder)).address).to.equal(
      privateKeyToAccount(one).address,
    );
  });

  it("refuses a file that others may read, one that is not there, and one without a key", () => {
    chmodSync(path, 0o640);
    expect(codeOf(() => readKeyFile(path))).to.equal("E_KEY_FILE_EXPOSED");
    expect(codeOf(() => readKeyFile(join(folder, "none")))).to.equal("E_KEY_FILE_UNREADABLE");
    chmodSync(path, 0o600);
    for (const text of [one.slice(2), `${one}00`, `0x${"f".repeat(64)}`, "word ".repeat(12)]) {
      writeFileSync(path, text);
      expect(
        codeOf(() => readKeyFile(path)),
        text.slice(0, 4),
      ).to.equal("E_KEY_INVALID");
    }
  });

  it("says where it looked when there is no key", () => {
    expect(codeOf(() => loadAccount(loadConfig({}, {}, folder)))).to.equal("E_KEY_MISSING");
  });

  it("writes a new key for its owner alone, and destroys none that is there", () => {
    const created = join(folder, "keys", "operator.key");
    const first = createKeyFile(created);
    expect(statSync(created).mode & 0o777).to.equal(0o600);
    const second = createKeyFile(created);
    const third = createKeyFile(created);
    expect(readKeyFile(created).address).to.equal(third);
    expect(readKeyFile(`${created}.old-1`).address).to.equal(first);
    expect(readKeyFile(`${created}.old-2`).address).to.equal(second);
    expect(readdirSync(join(folder, "keys"))).to.have.length(3);
  });

  it("keeps the owner's key from the daemon, and hands every setting on", () => {
    const flags = { market: "0x5FbDB2315678afecb367f032d93F642f64180aa3", takeover: true };
    const environment = { BERTH_PRIVATE_KEY: one, BERTH_KEY_FILE: path, PATH: "/bin", BERTH_CHAIN_ID: "5" };
    writeFileSync(join(folder, "berth.config.json"), JSON.stringify({ gatewayPort: 8700, dataDir: "data" }));
    const handed = daemonEnvironment(loadConfig(flags, environment, folder));
    expect(handed).to.deep.equal({
      PATH: "/bin",
      BERTH_CHAIN_ID: "5",
      BERTH_MARKET: flags.market,
      BERTH_TAKEOVER: "true",
      BERTH_GATEWAY_PORT: "8700",
      BERTH_DATA_DIR: join(folder, "data"),
    });
  });
});

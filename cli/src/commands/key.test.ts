// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeyFile } from "@berth/sdk/keys";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { OWN_KEY } from "../config/key-source.ts";
import { jsonErrorOf, jsonOf, runInside } from "../testing/run-berth.ts";

const PASSWORD = "swordfish";

describe("berth key", function () {
  this.timeout(120_000);
  const key = generatePrivateKey();
  let folder: string;
  const berth = async (environment: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const ran = await runInside(["key", ...args, "--json"], { folder, environment });
    for (const secret of [key.slice(2, 14), PASSWORD]) expect(ran.stdout + ran.stderr).to.not.contain(secret);
    return ran;
  };
  const password = { BERTH_PASSWORD: PASSWORD };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-key-"));
    writeFileSync(join(folder, "plain"), key, { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("makes a keystore of mode 0600 that opens with the password, and never over a file", async () => {
    const made = jsonOf<{ file: string; address: string }>(await berth(password, "new", "k.json"));
    expect(made.file).to.equal(join(folder, "k.json"));
    expect(statSync(made.file).mode & 0o777).to.equal(0o600);
    expect((await openKeyFile(made.file, () => PASSWORD, OWN_KEY.words)).address).to.equal(made.address);
    const before = readFileSync(made.file, "utf8");
    for (const args of [
      ["new", "k.json"],
      ["import", "plain", "k.json"],
    ])
      expect(jsonErrorOf(await berth(password, ...args))).to.include({ code: "E_FILE_EXISTS", exitCode: 2 });
    expect(readFileSync(made.file, "utf8")).to.equal(before);
  });

  it("makes a keystore of a plain key, and shows whose it is without a password", async () => {
    const address = privateKeyToAddress(key);
    expect(jsonOf(await berth(password, "import", "plain", "k.json"))).to.include({ address });
    expect(jsonOf(await berth({}, "show", "k.json"))).to.include({ address, kind: "keystore" });
    expect(jsonOf(await berth({}, "show", "plain"))).to.include({ address, kind: "plain key" });
    const text = readFileSync(join(folder, "k.json"), "utf8");
    expect(text).to.not.contain(key.slice(2, 14));
  });

  it("wants a password, and writes nothing without one", async () => {
    expect(jsonErrorOf(await berth({}, "new", "k.json"))).to.include({
      code: "E_INPUT_MISSING",
      exitCode: 2,
    });
    writeFileSync(join(folder, "password"), "\n", { mode: 0o600 });
    const empty = await berth({}, "new", "k.json", "--password-file", "password");
    expect(jsonErrorOf(empty)).to.include({ code: "E_PASSWORD_EMPTY", exitCode: 2 });
    expect(() => statSync(join(folder, "k.json"))).to.throw("ENOENT");
  });
});

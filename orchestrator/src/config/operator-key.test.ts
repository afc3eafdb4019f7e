// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { privateKeyToAddress } from "viem/accounts";
import {
  ETHERS_KEY as key,
  ETHERS_KEYSTORE,
  ETHERS_PASSWORD as secret,
} from "../../../sdk/src/keys/keystore.fixture.ts";
import { openOperator } from "./operator-key.ts";

describe("operator key", () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-key-"));
  const { signal } = new AbortController();
  const address = privateKeyToAddress(key);
  const keystore = join(folder, "keystore");
  const passwordFile = join(folder, "password");
  const nothing = {
    operatorKeyFile: null,
    operatorPasswordFile: null,
    operatorPassword: null,
    operatorSignerUrl: null,
    operatorAddress: null,
  };

  before(() => {
    writeFileSync(keystore, ETHERS_KEYSTORE, { mode: 0o600 });
    writeFileSync(passwordFile, `${secret}\n`, { mode: 0o600 });
  });
  after(() => rmSync(folder, { recursive: true }));

  const open = (changes: Partial<Record<keyof typeof nothing, string>>) =>
    openOperator({ ...nothing, ...changes } as Parameters<typeof openOperator>[0], signal);
  const written = (name: string, content: string, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode });
    return path;
  };
  async function refusal(changes: Partial<Record<keyof typeof nothing, string>>): Promise<UserError> {
    const error = await open(changes).catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw new Error("it was not refused");
    const shown = JSON.stringify([error.message, error.next, error.facts, String(error.cause)]);
    for (const hidden of [secret, key.slice(2, 20)]) expect(shown).to.not.contain(hidden);
    return error;
  }

  it("comes from a plain key, a keystore or an external signer", async () => {
    expect((await open({ operatorKeyFile: written("plain", `${key}\n`) })).address).to.equal(address);
    const sources = [{ operatorPasswordFile: passwordFile }, { operatorPassword: secret }];
    for (const password of sources)
      expect((await open({ operatorKeyFile: keystore, ...password })).address).to.equal(address);
    const signer = { operatorSignerUrl: "http://127.0.0.1:1", operatorAddress: address };
    expect((await open(signer)).address).to.equal(address);
  });

  it("is refused from a file that others may read, the password's as well", async () => {
    const exposed = await refusal({ operatorKeyFile: written("exposed", key, 0o640) });
    expect(exposed.code).to.equal("E_KEY_FILE_EXPOSED");
    expect(exposed.atRisk).to.contain("neither stake nor earnings");
    const password = written("exposed-password", secret, 0o644);
    const readable = await refusal({ operatorKeyFile: keystore, operatorPasswordFile: password });
    expect(readable.code).to.equal("E_PASSWORD_FILE_EXPOSED");
  });

  it("is refused when it is none, and never quoted", async () => {
    const none = await refusal({ operatorKeyFile: written("none", key.slice(0, -2)) });
    expect(none.code).to.equal("E_KEY_INVALID");
    const broken = await refusal({
      operatorKeyFile: written("broken", `{ "k": "${key}" }`),
      operatorPassword: "p",
    });
    expect(broken.code).to.equal("E_KEYSTORE_INVALID");
    expect((await refusal({ operatorKeyFile: join(folder, "nowhere") })).code).to.equal(
      "E_KEY_FILE_UNREADABLE",
    );
  });

  it("of a keystore is refused without its password, and the daemon never asks for one", async () => {
    const missing = await refusal({ operatorKeyFile: keystore });
    expect(missing.code).to.equal("E_PASSWORD_MISSING");
    expect(missing.next).to.contain("BERTH_OPERATOR_PASSWORD_FILE");
    const wrong = await refusal({ operatorKeyFile: keystore, operatorPassword: "marlin" });
    expect(wrong.code).to.equal("E_PASSWORD_WRONG");
  });
});

// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { UserError } from "../errors.ts";
import { addressOfKeyFile, isKeystoreFile, openKeyFile, writeKeystore } from "./key-file.ts";
import type { KeyWords } from "./key-words.ts";
import { ETHERS_KEY, ETHERS_KEYSTORE, ETHERS_PASSWORD } from "./keystore.fixture.ts";
import { readPasswordFile } from "./password.ts";
import { writePrivateFile } from "./private-file.ts";

const WORDS: KeyWords = {
  key: "tenant's key",
  fileSetting: "KEY_FILE",
  passwordSetting: "PASSWORD_FILE",
  atRisk: "everything",
};

describe("key files", function () {
  this.timeout(120_000);
  const key = generatePrivateKey();
  let folder: string;
  let path: string;
  const secrets = [key.slice(2, 14), ETHERS_KEY.slice(2, 14), ETHERS_PASSWORD];
  const open = (password: string) => openKeyFile(path, () => password, WORDS);
  const refusal = async (run: () => unknown): Promise<UserError> => {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const shown = [
        error.message,
        error.next,
        error.atRisk,
        JSON.stringify(error.facts),
        String(error.cause),
      ];
      for (const secret of secrets) expect(shown.join()).to.not.contain(secret);
      return error;
    }
    throw new Error("it was not refused");
  };
  const write = (text: string, mode = 0o600): void => {
    rmSync(path, { force: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-keys-"));
    path = join(folder, "key");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("hold a plain key or a keystore, and show which by their content", async () => {
    write(`${key}\n`);
    expect((await open("never asked")).address).to.equal(privateKeyToAddress(key));
    expect(isKeystoreFile(path, WORDS)).to.equal(false);
    write(ETHERS_KEYSTORE);
    expect((await open(ETHERS_PASSWORD)).address).to.equal(privateKeyToAddress(ETHERS_KEY));
    expect(isKeystoreFile(path, WORDS)).to.equal(true);
  });

  it("ask for a password only to open a keystore", async () => {
    write(key);
    const never = () => {
      throw new Error("it asked");
    };
    await openKeyFile(path, never, WORDS);
    write(ETHERS_KEYSTORE);
    expect(addressOfKeyFile(path, WORDS)).to.equal(privateKeyToAddress(ETHERS_KEY));
  });

  it("are refused when others may read them, keystores as well", async () => {
    for (const text of [key, ETHERS_KEYSTORE]) {
      for (const mode of [0o640, 0o604, 0o620]) {
        write(text, mode);
        expect(await refusal(() => open(ETHERS_PASSWORD))).to.include({
          code: "E_KEY_FILE_EXPOSED",
          atRisk: "everything",
        });
      }
    }
  });

  it("are refused when they are not there, or hold no key", async () => {
    expect((await refusal(() => open(""))).code).to.equal("E_KEY_FILE_UNREADABLE");
    for (const text of ["", "0x12", key.slice(2), `${key}00`, `0x${"f".repeat(64)}`, "word ".repeat(12)]) {
      write(text);
      expect((await refusal(() => open(""))).code, text.slice(0, 4)).to.equal("E_KEY_INVALID");
    }
    write(`{ "key": "${key}" }`);
    expect((await refusal(() => open("p"))).code).to.equal("E_KEYSTORE_INVALID");
  });

  it("with a keystore are refused without a password, and with a wrong one", async () => {
    write(ETHERS_KEYSTORE);
    const missing = await refusal(() => open(""));
    expect(missing.code).to.equal("E_PASSWORD_MISSING");
    expect(missing.next).to.contain("PASSWORD_FILE");
    expect((await refusal(() => open("wrong"))).code).to.equal("E_PASSWORD_WRONG");
  });

  it("are written for their owner alone, whole, and never over another", async () => {
    const before = process.umask(0);
    const address = await writeKeystore(path, key, "p").finally(() => process.umask(before));
    expect(address).to.equal(privateKeyToAddress(key));
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    const written = readFileSync(path, "utf8");
    expect((await refusal(() => writeKeystore(path, ETHERS_KEY, "p"))).code).to.equal("E_FILE_EXISTS");
    expect(readFileSync(path, "utf8")).to.equal(written);
    expect(readdirSync(folder)).to.deep.equal(["key"]);
    expect((await open("p")).address).to.equal(privateKeyToAddress(key));
  });

  it("cannot be written where there is no folder to be had", async () => {
    writeFileSync(path, "a file");
    const error = await refusal(() => writePrivateFile(join(path, "below"), "text"));
    expect(error.code).to.equal("E_KEY_FILE_UNWRITABLE");
  });
});

describe("password files", () => {
  let folder: string;
  let path: string;
  const codeOf = (): string => {
    try {
      readPasswordFile(path, WORDS);
    } catch (error) {
      if (error instanceof UserError) return error.code;
    }
    return "it was not refused";
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-keys-"));
    path = join(folder, "password");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("hold the password and at most one line break after it", () => {
    for (const [text, password] of [
      ["secret", "secret"],
      ["secret\n", "secret"],
      ["secret\r\n", "secret"],
      [" se cret \n\n", " se cret \n"],
    ] as const) {
      writeFileSync(path, text, { mode: 0o600 });
      expect(readPasswordFile(path, WORDS)).to.equal(password);
    }
  });

  it("are refused when others may read them, and when they are not there", () => {
    expect(codeOf()).to.equal("E_PASSWORD_FILE_UNREADABLE");
    writeFileSync(path, "secret", { mode: 0o644 });
    expect(codeOf()).to.equal("E_PASSWORD_FILE_EXPOSED");
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { privateKeyToAddress } from "viem/accounts";
import { UserError } from "../errors.ts";
import { keystoreSchema } from "./keystore-schema.ts";
import { decryptKeystore, encryptKeystore, isKeystore, keystoreAddress } from "./keystore.ts";
import { ETHERS_KEYSTORE, ETHERS_KEY, ETHERS_PASSWORD, SPECIFIED_KEYSTORE } from "./keystore.fixture.ts";

const KEY = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

async function refusal(work: Promise<unknown>): Promise<UserError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

/** The fixture of ethers with some fields of it changed. */
function changed(changes: object, crypto: object = {}, parameters: object = {}): string {
  const { Crypto, ...rest } = JSON.parse(ETHERS_KEYSTORE) as { Crypto: { kdfparams: object } };
  const kdfparams = { ...Crypto.kdfparams, ...parameters };
  return JSON.stringify({ ...rest, crypto: { ...Crypto, kdfparams, ...crypto }, ...changes });
}

describe("keystores", function () {
  this.timeout(120_000);

  it("open with the password that they were made with, and with no other", async () => {
    const text = await encryptKeystore(KEY, "pass word ");
    expect(await decryptKeystore(text, "pass word ", "k")).to.equal(KEY);
    expect((await refusal(decryptKeystore(text, "pass word", "k"))).code).to.equal("E_PASSWORD_WRONG");
  });

  it("name their address openly, and nothing of the key", async () => {
    const text = await encryptKeystore(KEY, "p");
    expect(keystoreAddress(text, "k")).to.equal(privateKeyToAddress(KEY));
    expect(text).to.not.contain(KEY.slice(2, 12));
    expect(isKeystore(text)).to.equal(true);
    expect(isKeystore(KEY)).to.equal(false);
  });

  it("cost what the specification asks for, with a salt of their own each", async () => {
    const texts = await Promise.all([1, 2].map(() => encryptKeystore(KEY, "p")));
    const found = texts.map((text) => keystoreSchema.parse(JSON.parse(text)).crypto);
    for (const { kdfparams } of found) expect(kdfparams).to.include({ n: 262_144, r: 8, p: 1, dklen: 32 });
    expect(new Set(found.map(({ kdfparams }) => kdfparams.salt))).to.have.property("size", 2);
    expect(new Set(found.map(({ cipherparams }) => cipherparams.iv))).to.have.property("size", 2);
  });

  it("of the specification and of ethers open as well, whatever their block size", async () => {
    expect(await decryptKeystore(SPECIFIED_KEYSTORE, "testpassword", "k")).to.equal(KEY);
    expect(await decryptKeystore(ETHERS_KEYSTORE, ETHERS_PASSWORD, "k")).to.equal(ETHERS_KEY);
    expect(await decryptKeystore(changed({}), ETHERS_PASSWORD, "k")).to.equal(ETHERS_KEY);
  });

  it("are refused when they are none that can be opened, by the field that is wrong and without its value", async () => {
    const wrong: readonly (readonly [string, string])[] = [
      ["{", "the file is not JSON"],
      ["{}", "version"],
      [changed({ version: 1 }), "version is not 3"],
      [changed({ address: "12" }), "address is no address"],
      [changed({ crypto: undefined }), "crypto is missing"],
      [changed({}, { kdf: "pbkdf2" }), "crypto.kdf is not scrypt"],
      [changed({}, { cipher: "rot13" }), "crypto.cipher is not aes-128-ctr"],
      [changed({}, { ciphertext: "00" }), "crypto.ciphertext is not 32 bytes"],
      [changed({}, { mac: `${"0".repeat(63)}x` }), "crypto.mac is not 32 bytes"],
      [changed({}, { cipherparams: {} }), "crypto.cipherparams.iv is missing"],
      [changed({}, {}, { n: 1_000 }), "crypto.kdfparams.n is no power of two"],
      [changed({}, {}, { n: 2 ** 40 }), "crypto.kdfparams ask for more than 1 GiB"],
      [changed({}, {}, { p: 1_000_000 }), "crypto.kdfparams.p is above 16"],
      [changed({}, {}, { salt: "" }), "crypto.kdfparams.salt is not 1 to 64 bytes"],
    ];
    for (const [text, what] of wrong) {
      const error = await refusal(decryptKeystore(text, ETHERS_PASSWORD, "k.json"));
      expect(error.code, what).to.equal("E_KEYSTORE_INVALID");
      expect(error.message, what).to.contain("k.json").and.to.contain(what);
      expect(error.cause, what).to.equal(undefined);
    }
  });

  it("are refused when they name another address than that of their key", async () => {
    const error = await refusal(decryptKeystore(changed({ address: "1".repeat(40) }), ETHERS_PASSWORD, "k"));
    expect(error.code).to.equal("E_KEYSTORE_INVALID");
    expect(error.message).to.contain("address");
  });

  it("that were tampered with do not open", async () => {
    const { Crypto } = JSON.parse(ETHERS_KEYSTORE) as { Crypto: { ciphertext: string } };
    const ciphertext = Crypto.ciphertext.replace(/^./, (first) => (first === "0" ? "1" : "0"));
    const error = await refusal(decryptKeystore(changed({}, { ciphertext }), ETHERS_PASSWORD, "k"));
    expect(error.code).to.equal("E_PASSWORD_WRONG");
  });
});

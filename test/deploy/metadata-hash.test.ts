// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { decodeBase58, toBeHex } from "ethers";
import { ipfsMultihash, trailerOf } from "./metadata-hash.ts";

describe("the hash of a file in IPFS", () => {
  const known: Record<string, string> = {
    "": "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH",
    "hello world\n": "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o",
  };

  for (const [content, cid] of Object.entries(known)) {
    it(`of ${JSON.stringify(content)} is ${cid}`, () => {
      expect(ipfsMultihash(content)).to.equal(toBeHex(decodeBase58(cid)));
    });
  }

  it("is refused for what IPFS would cut into several blocks", () => {
    expect(ipfsMultihash("x".repeat(262_144))).to.match(/^0x1220[0-9a-f]{64}$/);
    expect(() => ipfsMultihash("x".repeat(262_145))).to.throw(RangeError);
  });
});

describe("the trailer of a contract's code", () => {
  const ipfs = `1220${"ab".repeat(32)}`;

  it("names the metadata and the compiler", () => {
    const code = `6080a264697066735822${ipfs}64736f6c63430008250033`;
    expect(trailerOf(code)).to.deep.equal({ ipfs: `0x${ipfs}`, solc: "0x000825" });
  });

  it("is missed where the code has none", () => {
    expect(() => trailerOf("6080604052")).to.throw(TypeError);
  });
});

// SPDX-License-Identifier: Apache-2.0

/** The example of the Web3 secret storage definition for scrypt; its password is `testpassword`. */
export const SPECIFIED_KEYSTORE = JSON.stringify({
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "83dbcc02d8ccb40e466191a123791e0e" },
    ciphertext: "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 262_144,
      p: 8,
      r: 1,
      salt: "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
    },
    mac: "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
});

/** Made by ethers with its own block size, and a low cost so that tests are quick. */
export const ETHERS_KEYSTORE = JSON.stringify({
  address: "2c7536e3605d9c16a7a3d7b1898e529396a65c23",
  id: "b1eb7f1c-eb52-4f79-81fa-b6de38cf5612",
  version: 3,
  Crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "3abc3cd9f7c0a2b655e1d6417d4b92f5" },
    ciphertext: "ba1429bfe38d8f5f17b6b8853afd76e4fc123adcac9faee80149b11faa23edb2",
    kdf: "scrypt",
    kdfparams: {
      salt: "d570889c537418c19c22f7c736aad1c6c6219b4d55bf6ed5832bda98280ee1bb",
      n: 1_024,
      dklen: 32,
      p: 1,
      r: 8,
    },
    mac: "0263ddf656b6d5058d31766536443bc097ff0e944ed45b4c7c9a994ec5f2e5f9",
  },
});
export const ETHERS_PASSWORD = "correct horse";
export const ETHERS_KEY = "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";

// SPDX-License-Identifier: Apache-2.0
export { externalSigner, type ExternalSignerOptions } from "./external-signer.ts";
export { fileExists } from "./key-errors.ts";
export {
  accountOfKey,
  addressOfKeyFile,
  isKeystoreFile,
  openKeyFile,
  type PasswordSource,
  readKey,
  writeKeystore,
} from "./key-file.ts";
export { addressOfSource, type KeySource, openAccount } from "./key-source.ts";
export type { KeyWords } from "./key-words.ts";
export { decryptKeystore, encryptKeystore } from "./keystore.ts";
export { readPasswordFile } from "./password.ts";
export { readPrivateFile, writePrivateFile } from "./private-file.ts";

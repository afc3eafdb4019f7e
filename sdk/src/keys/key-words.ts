// SPDX-License-Identifier: Apache-2.0

/** How errors speak of a key: whose it is, where it is configured, what is lost with it. */
export interface KeyWords {
  /** Goes on after "the": `operator's key`. */
  readonly key: string;
  /** What names the file, such as a variable. */
  readonly fileSetting: string;
  /** What names the file with the keystore's password. */
  readonly passwordSetting: string;
  /** What somebody else could do with the key. */
  readonly atRisk: string;
}

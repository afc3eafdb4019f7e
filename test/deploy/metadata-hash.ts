// SPDX-License-Identifier: Apache-2.0
import { concat, dataLength, sha256, toUtf8Bytes } from "ethers";

/** What solc writes behind the code of a contract. */
export interface CodeTrailer {
  /** The multihash of the metadata's IPFS file: 0x1220 and a SHA-256. */
  readonly ipfs: string;
  /** Version of the compiler, one byte a number: 0x000825 is 0.8.37. */
  readonly solc: string;
}

const ONE_BLOCK = 256 * 1024;
const TRAILER = /a264697066735822([0-9a-f]{68})64736f6c6343([0-9a-f]{6})0033$/;

/** Reads the CBOR map `{ipfs, solc}` at the end of runtime code. Throws TypeError where the code does not end in one. */
export function trailerOf(code: string): CodeTrailer {
  const [, ipfs, solc] = TRAILER.exec(code) ?? [];
  if (ipfs === undefined || solc === undefined) throw new TypeError("the code has no trailer of metadata");
  return { ipfs: `0x${ipfs}`, solc: `0x${solc}` };
}

/**
 * The multihash under which IPFS knows a file: SHA-256 of one dag-pb node that holds one UnixFS file. Throws RangeError for more than
 * 256 KiB, which IPFS cuts into several nodes.
 */
export function ipfsMultihash(text: string): string {
  const content = toUtf8Bytes(text);
  if (content.length > ONE_BLOCK) throw new RangeError(`${content.length} bytes are more than one block`);
  const size = varint(content.length);
  const data = content.length === 0 ? "0x" : concat(["0x12", size, content]);
  const file = concat(["0x0802", data, "0x18", size]);
  const node = concat(["0x0a", varint(dataLength(file)), file]);
  return concat(["0x1220", sha256(node)]);
}

/** Seven bits a byte, the low ones first; all but the last have the high bit set. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

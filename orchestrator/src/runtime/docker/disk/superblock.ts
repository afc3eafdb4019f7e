// SPDX-License-Identifier: Apache-2.0
import { open } from "node:fs/promises";

const SUPERBLOCK_AT = 1_024;
const SUPERBLOCK_LENGTH = 1_024;
const MAGIC_AT = 0x38;
const MAGIC = 0xef53;
const BLOCKS_LOW_AT = 0x4;
const BLOCKS_HIGH_AT = 0x150;
const LOG_BLOCK_SIZE_AT = 0x18;

/** Bytes that the ext4 in this file says it has; right while it is not mounted. */
export async function fileSystemSize(image: string): Promise<number> {
  const block = Buffer.alloc(SUPERBLOCK_LENGTH);
  const file = await open(image, "r");
  try {
    await file.read(block, 0, SUPERBLOCK_LENGTH, SUPERBLOCK_AT);
  } finally {
    await file.close();
  }
  return sizeIn(block);
}

/** As the superblock tells it. Throws where it is none. */
export function sizeIn(block: Buffer): number {
  if (block.readUInt16LE(MAGIC_AT) !== MAGIC) throw new Error("there is no ext4 in the file");
  const blocks = block.readUInt32LE(BLOCKS_LOW_AT) + block.readUInt32LE(BLOCKS_HIGH_AT) * 2 ** 32;
  return blocks * 2 ** (10 + block.readUInt32LE(LOG_BLOCK_SIZE_AT));
}

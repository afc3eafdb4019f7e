// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";

const PLACES = ["/bin/busybox", "/usr/bin/busybox"];
const ELF_MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
/** Program header of a file that needs a dynamic loader, which an empty image does not have. */
const PT_INTERP = 3;

/** This machine's busybox if it runs without any library; null where there is none, or the machine is no Linux. */
export function findStaticBusybox(): Buffer | null {
  if (process.platform !== "linux") return null;
  return (
    PLACES.filter(existsSync)
      .map((place) => readFileSync(place))
      .find(isStatic) ?? null
  );
}

/** Whether the file is a 64-bit ELF program that asks for no dynamic loader. */
export function isStatic(elf: Buffer): boolean {
  const isElf = elf.length >= 64 && elf.readUInt32BE(0) === ELF_MAGIC;
  if (!isElf || elf[4] !== CLASS_64 || elf[5] !== LITTLE_ENDIAN) return false;
  const start = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const types = Array.from({ length: elf.readUInt16LE(56) }, (_, index) =>
    elf.readUInt32LE(start + index * size),
  );
  return types.length > 0 && !types.includes(PT_INTERP);
}

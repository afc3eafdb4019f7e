// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** What scrypt may take of memory, in bytes: a file must not be able to ask for all of it. */
const MOST_MEMORY = 2 ** 30;
const BYTES_PER_BLOCK = 128;

const WRONG = "is missing or wrong";

function bytes(count: number) {
  return z.string(WRONG).regex(new RegExp(`^[0-9a-fA-F]{${2 * count}}$`), `is not ${count} bytes`);
}

const whole = z.int(WRONG).positive(WRONG);

const scryptParameters = z
  .object(
    {
      dklen: z.literal(32, "is not 32"),
      n: whole.refine((cost) => Number.isInteger(Math.log2(cost)) && cost > 1, "is no power of two"),
      p: whole.max(16, "is above 16"),
      r: whole.max(32, "is above 32"),
      salt: z.string(WRONG).regex(/^([0-9a-fA-F]{2}){1,64}$/, "is not 1 to 64 bytes"),
    },
    WRONG,
  )
  .refine(({ n, r }) => BYTES_PER_BLOCK * n * r <= MOST_MEMORY, "ask for more than 1 GiB of memory");

const keystore = z.object(
  {
    address: z
      .string(WRONG)
      .regex(/^(0x)?[0-9a-fA-F]{40}$/, "is no address")
      .transform((text) => text.replace(/^0x/, "").toLowerCase())
      .optional(),
    version: z.literal(3, "is not 3"),
    id: z.string(WRONG).default(""),
    crypto: z.object(
      {
        cipher: z.literal("aes-128-ctr", "is not aes-128-ctr"),
        cipherparams: z.object({ iv: bytes(16) }, WRONG),
        ciphertext: bytes(32),
        kdf: z.literal("scrypt", "is not scrypt"),
        kdfparams: scryptParameters,
        mac: bytes(32),
      },
      WRONG,
    ),
  },
  "is not JSON with a keystore",
);

/** A keystore of version 3 with scrypt. `Crypto` is how ethers spells `crypto`. Messages quote no value. */
export const keystoreSchema = z.preprocess(withSmallCrypto, keystore);

function withSmallCrypto(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("Crypto" in value) || "crypto" in value) return value;
  return { ...value, crypto: value.Crypto };
}

// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "dotenv";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment with what `.env` of the working folder adds to it; what is set already is never overridden. */
export function withDotEnv(environment: Environment, folder: string): Environment {
  const path = join(folder, ".env");
  if (!existsSync(path)) return environment;
  return { ...parse(readFileSync(path)), ...environment };
}

// SPDX-License-Identifier: Apache-2.0
import { failed } from "./errors.ts";
import type { Shell } from "./shell.ts";

/** What a file of this machine says; null where there is no such file. Throws where it cannot be told: that is no answer. */
export async function hostFile(shell: Shell, path: string, signal: AbortSignal): Promise<string | null> {
  const ran = await shell.run(["cat", path], signal);
  if (ran.code === 0) return ran.stdout;
  if (/no such file/i.test(ran.stderr)) return null;
  throw failed(`read ${path}`, ran);
}

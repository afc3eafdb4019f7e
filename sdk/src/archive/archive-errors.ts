// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";

/** Something is wrong with an archive of a volume: it was torn, altered, or is none. */
export function badArchive(why: string): UserError {
  return new UserError("E_VOLUME_ARCHIVE", `The archive cannot be used: ${why}.`, {
    atRisk: "nothing: the volume is as it was",
    next: "Export the volume anew, or take another copy of the archive.",
  });
}

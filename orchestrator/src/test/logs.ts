// SPDX-License-Identifier: Apache-2.0
import type { Log, LogFields } from "../ports/log.ts";

export interface Said {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps what was said. */
export function keepingLog(): Log & { readonly said: readonly Said[] } {
  const said: Said[] = [];
  const at =
    (level: keyof Log) =>
    (fields: LogFields, message: string): void => {
      said.push({ level, message, fields });
    };
  return { said, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

// SPDX-License-Identifier: Apache-2.0

/** Facts of a log line. Ids are decimal strings; never a manifest's values, never a key. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the daemon says what it does: one line an event, facts first. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

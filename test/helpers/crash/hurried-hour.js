// SPDX-License-Identifier: Apache-2.0
/** Loaded into a daemon before it starts: whoever waits for an hour there waits for a second. */
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";

const HOUR = 3_600_000;
const SECOND = 1_000;
const wait = timers.setTimeout;

timers.setTimeout = (milliseconds, ...rest) => wait(milliseconds < HOUR ? milliseconds : SECOND, ...rest);
syncBuiltinESMExports();

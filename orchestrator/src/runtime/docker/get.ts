// SPDX-License-Identifier: Apache-2.0
import type { Engine } from "./client.ts";

/**
 * What the engine has at the path, for looks that the client itself cannot give up, because it drops their signal. Nobody has
 * seen yet whether it is a T: the question's `check` does.
 */
export function get<T>(engine: Engine, path: string, abortSignal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const options = { path, method: "GET", statusCodes: { 200: true }, abortSignal };
    engine.docker.modem.dial(options, (error, answer) =>
      error === null ? resolve(answer as T) : reject(error),
    );
  });
}

// SPDX-License-Identifier: Apache-2.0

/** An answer of the engine, before it goes out. */
export type Reply =
  | { readonly status: number; readonly json?: unknown }
  | { readonly status: 200; readonly type: string; readonly bytes: Buffer }
  | { readonly status: 200; readonly type: string; readonly stream: (output: Output) => void };

/** The open end of an answer that streams. */
export interface Output {
  write(bytes: Buffer): void;
  end(): void;
  /** Called once, when the reader has gone or the stream has ended. */
  onClose(act: () => void): void;
}

export const DONE: Reply = { status: 204 };

/** A refusal, as the engine words it. */
export class EngineRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function noSuchContainer(name: string): EngineRefusal {
  return new EngineRefusal(404, `No such container: ${name}`);
}

export function notServed(what: string): EngineRefusal {
  return new EngineRefusal(501, `the fake engine does not serve ${what}`);
}

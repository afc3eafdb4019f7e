// SPDX-License-Identifier: Apache-2.0
import { type BerthError, PermanentError, RetryableError, UserError } from "../errors.ts";
import { type GatewayErrorBody, gatewayErrorSchema } from "./bodies.ts";

const MAX_BODY_BYTES = 1_048_576;
const NO_MONEY = "nothing: the lease and its money are on the chain, not in this answer";

/** A response, who gave it, and what ends the wait for its body. */
export interface Answer {
  readonly response: Response;
  readonly origin: string;
  readonly signal?: AbortSignal;
}

/** A refusal of a gateway as the error that it is: retryable from 500 on, the caller's below. */
export async function errorFrom(answer: Answer): Promise<BerthError> {
  const { response, origin } = answer;
  const text = await readText(answer);
  const parsed = gatewayErrorSchema.safeParse(parseJson(text));
  if (!parsed.success) return strangeAnswer(response.status, origin);
  const { code, message, atRisk, next, facts } = parsed.data;
  const Kind = response.status >= 500 ? RetryableError : UserError;
  return new Kind(code, message, { atRisk, next, facts });
}

/** A refusal that came inside an answer. */
export function errorOf({ code, message, atRisk, next, facts }: GatewayErrorBody): BerthError {
  return new UserError(code, message, { atRisk, next, facts });
}

/** The body of an answer, as it comes. */
export async function* bytesOf({ response, origin, signal }: Answer): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(origin, error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The body of an answer as text. Throws PermanentError E_GATEWAY_ANSWER_UNREADABLE when it is too long. */
export async function readText(answer: Answer): Promise<string> {
  let text = "";
  for await (const chunk of decoded(answer)) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) throw unreadable(answer.origin, "is longer than an answer can be");
  }
  return text;
}

/** The lines of an answer as they come, without their ends. Throws as {@link readText} for a line that is too long. */
export async function* linesOf(answer: Answer): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of decoded(answer)) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_BODY_BYTES) throw unreadable(answer.origin, "has a line without an end");
    yield* lines.filter((line) => line !== "");
  }
  if (rest !== "") yield rest;
}

/** A body as JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function unreadable(origin: string, problem: string): PermanentError {
  return new PermanentError(
    "E_GATEWAY_ANSWER_UNREADABLE",
    `The answer of the gateway at ${origin} ${problem}.`,
    {
      atRisk: NO_MONEY,
      next: "Check the gateway's address; if it is right, its version and this one do not go together.",
      facts: { origin },
    },
  );
}

export function unreachable(origin: string, cause: unknown): RetryableError {
  return new RetryableError("E_GATEWAY_UNREACHABLE", `The provider's gateway at ${origin} does not answer.`, {
    atRisk: NO_MONEY,
    next: "Try again; if it stays so while the provider does not report, close the lease and take the rest back.",
    facts: { origin },
    cause,
  });
}

function strangeAnswer(status: number, origin: string): BerthError {
  const Kind = status >= 500 ? RetryableError : PermanentError;
  return new Kind(
    "E_GATEWAY_REFUSED",
    `The gateway at ${origin} answered with HTTP ${status} and no reason.`,
    {
      atRisk: NO_MONEY,
      next: "Check that the address is the gateway's own; something in between may have answered.",
      facts: { origin, status: String(status) },
    },
  );
}

async function* decoded(answer: Answer): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const part of bytesOf(answer)) yield decoder.decode(part, { stream: true });
  yield decoder.decode();
}

// SPDX-License-Identifier: Apache-2.0
import { valueOf } from "./fact.ts";
import type { Finding } from "./finding.ts";
import { failing, ok, warning } from "./finding.ts";
import { DEVELOPMENT_CHAIN } from "./judge-chain.ts";
import type { EndpointAnswer, EndpointFact } from "./probe-endpoints.ts";

/** Seconds by which one endpoint's newest block may be older than another's. */
const MOST_LAG = 60n;
const REPLACE = "mend it, or replace it in BERTH_RPC_URLS";
const ADD = "export BERTH_RPC_URLS=<this endpoint>,<another company's, or a node of your own>";

/** What is to be said of each endpoint of the daemon, and of there being only one. */
export function judgeEndpoints(facts: readonly EndpointFact[], chainId: number): readonly Finding[] {
  const best = bestOf(facts, chainId);
  const each = facts.map((fact) => judgeEndpoint(fact, chainId, best));
  if (facts.length > 1 || chainId === DEVELOPMENT_CHAIN) return each;
  const says = "one alone: while it does not answer nothing is reported, and pay stops";
  return [...each, warning("endpoints", says, ADD)];
}

/** The preferred endpoint that serves the chain; null where none does. */
export function servingUrl(facts: readonly EndpointFact[], chainId: number): string | null {
  return facts.find(({ answer }) => valueOf(answer)?.chainId === chainId)?.url ?? null;
}

function judgeEndpoint(
  { place, url, answer }: EndpointFact,
  chainId: number,
  best: EndpointAnswer | null,
): Finding {
  const check = `endpoint ${place}`;
  const name = new URL(url).origin;
  const found = valueOf(answer);
  if (found === null) {
    const says = `${name} does not answer`;
    return best === null ? failing(check, says, REPLACE) : warning(check, says, REPLACE);
  }
  if (found.chainId !== chainId) {
    const says = `${name} serves chain ${found.chainId}, not chain ${chainId}: the daemon does not start with it`;
    return failing(check, says, "take it out of BERTH_RPC_URLS");
  }
  if (best !== null && isBehind(found, best)) {
    return warning(check, `${name} is at block ${found.number}, another one at ${best.number}`, REPLACE);
  }
  return ok(check, `${name} is at block ${found.number}`);
}

function isBehind({ number, timestamp }: EndpointAnswer, best: EndpointAnswer): boolean {
  return number < best.number && best.timestamp - timestamp > MOST_LAG;
}

function bestOf(facts: readonly EndpointFact[], chainId: number): EndpointAnswer | null {
  const answers = facts.flatMap(({ answer }) => valueOf(answer) ?? []);
  const ours = answers.filter((answer) => answer.chainId === chainId);
  return ours.reduce<EndpointAnswer | null>(
    (best, answer) => (best === null || answer.number > best.number ? answer : best),
    null,
  );
}

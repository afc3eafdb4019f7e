// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "../errors.ts";
import { MAX_MANIFEST_BYTES } from "../types.ts";
import { show } from "../path.ts";

const VARIABLE =
  /\$(?:(?<dollar>\$)|(?<bare>[A-Za-z_]\w*)|\{(?<name>[A-Za-z_]\w*)(?:(?<operator>:?[-?])(?<text>[^{}$]*))?\}|)/g;
const FORMS = "${NAME}, ${NAME:-text}, ${NAME-text}, ${NAME:?message} or ${NAME?message}";

/** Puts variables into the strings of one file; what cannot be put in is given to `refuse` and left out. */
export type Interpolate = (text: string, refuse: (problem: Problem) => void) => string;

/**
 * Compose's variables: `$NAME`, `${NAME}`, defaults, required ones, `$$` for a dollar sign. An unset variable without a
 * default is refused by name. One file takes in at most MAX_MANIFEST_BYTES characters of values.
 */
export function createInterpolate(environment: Environment): Interpolate {
  let room = MAX_MANIFEST_BYTES;
  return (text, refuse) =>
    text.replace(VARIABLE, (...match) => {
      const value = valueOf(match.at(-1) as Groups, environment);
      if (typeof value !== "string") {
        refuse(value);
        return "";
      }
      room -= value.length;
      if (room >= 0) return value;
      refuse({
        reason: "its variables hold more than a manifest can",
        fix: "put large values into the image or a volume",
      });
      return "";
    });
}

type Environment = Readonly<Record<string, string>>;

type Groups = Readonly<Record<"dollar" | "bare" | "name" | "operator" | "text", string | undefined>>;

function valueOf(groups: Groups, environment: Environment): string | Problem {
  if (groups.dollar !== undefined) return "$";
  const name = groups.bare ?? groups.name;
  if (name !== undefined) return expand(name, groups, environment);
  return { reason: "a $ begins no variable that can be read", fix: `write $$ for a plain $, or ${FORMS}` };
}

function expand(
  name: string,
  { operator = "", text = "" }: Groups,
  environment: Environment,
): string | Problem {
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  const isMissing = value === undefined || (operator.startsWith(":") && value === "");
  if (!isMissing) return value;
  return operator.endsWith("-") ? text : missing(name, text);
}

function missing(name: string, message: string): Problem {
  const because = message === "" ? "" : `: ${show(message)}`;
  return {
    reason: `the variable ${name} has no value${because}`,
    fix: `set ${name} in the environment, or write \${${name}:-default}`,
  };
}

// SPDX-License-Identifier: Apache-2.0

/** What a registry answers to a request without the right to it. */
export type Challenge =
  | { readonly scheme: "basic" }
  /** Where a token is had, with what to ask for. */
  | {
      readonly scheme: "bearer";
      readonly realm: string;
      readonly service: string | null;
      readonly scope: string | null;
    };

/** Reads a `WWW-Authenticate` header; null for one that asks for something else. */
export function parseChallenge(header = ""): Challenge | null {
  const scheme = /^\s*(\w+)/.exec(header)?.[1]?.toLowerCase();
  if (scheme === "basic") return { scheme };
  const realm = parameter(header, "realm");
  if (scheme !== "bearer" || realm === null) return null;
  return { scheme, realm, service: parameter(header, "service"), scope: parameter(header, "scope") };
}

function parameter(header: string, name: string): string | null {
  return new RegExp(`\\b${name}="([^"\\\\]*)"`, "i").exec(header)?.[1] ?? null;
}

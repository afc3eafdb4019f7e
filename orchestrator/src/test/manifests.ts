// SPDX-License-Identifier: Apache-2.0
import {
  canonicalManifestText,
  manifestHash,
  newManifestDocument,
  parseCompose,
  type ManifestDocument,
} from "@berth/sdk";
import type { KeptManifest } from "../ports/journal.ts";

/** The document of a Compose file with the salt of one repeated byte. */
export function documentOf(compose: string, salt = "5a"): ManifestDocument {
  return newManifestDocument(parseCompose(compose, { environment: {} }), `0x${salt.repeat(32)}`);
}

/** A manifest as the journal keeps it. */
export function keptOf(document: ManifestDocument): KeptManifest {
  return { manifestHash: manifestHash(document), text: canonicalManifestText(document) };
}

/** One service that runs until it is stopped. */
export function webCompose(image = "hello:1"): string {
  return `name: hello
services:
  web:
    image: ${image}
    ports: ["8080"]
    environment: { TOKEN: "not for the log" }
    restart: always
`;
}

/** One service that ends at once with the code, and is not started again. */
export function jobCompose(command: "true" | "false"): string {
  return `name: job
services:
  job:
    image: hello:1
    command: ["${command}"]
    restart: "no"
`;
}

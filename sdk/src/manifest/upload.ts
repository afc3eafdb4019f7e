// SPDX-License-Identifier: Apache-2.0
import { canonicalManifestText, parseManifestDocument } from "./document.ts";
import { MAX_SECRETS_BYTES, parseManifestSecrets, requireUsed, type ManifestSecrets } from "./secrets.ts";
import { MAX_MANIFEST_BYTES, type ManifestDocument } from "./types.ts";

/** Braces, names and commas around the two parts. */
const ENVELOPE_BYTES = 64;

/** Largest body of an upload: as a text within a text, a canonical one can double. */
export const MAX_UPLOAD_BYTES = 2 * MAX_MANIFEST_BYTES + MAX_SECRETS_BYTES + ENVELOPE_BYTES;

/** What a gateway takes: the document that the lease names, and what only the provider may know. */
export interface ManifestUpload {
  readonly document: ManifestDocument;
  /** The canonical text of the document: the only part that has the hash, and the only one that may be shown. */
  readonly text: string;
  /** Null where nothing is secret. */
  readonly secrets: ManifestSecrets | null;
}

/** The body of an upload: the canonical text alone, or `{document, secrets}` with that text and the private part beside it. */
export function manifestUploadText(document: ManifestDocument, secrets: ManifestSecrets | null): string {
  const text = canonicalManifestText(document);
  return secrets === null ? text : JSON.stringify({ document: text, secrets });
}

/** Reads the body of an upload. ManifestError, or UserError E_SECRETS_INVALID or E_SECRETS_UNUSED; none of them quotes a secret. */
export function parseManifestUpload(body: string): ManifestUpload {
  const envelope = envelopeOf(body);
  if (envelope === null) return { document: parseManifestDocument(body), text: body, secrets: null };
  const document = parseManifestDocument(envelope.document);
  const secrets = parseManifestSecrets(envelope.secrets);
  requireUsed(secrets, document.manifest);
  return { document, text: envelope.document, secrets };
}

/** The two parts of a body that has both and nothing else; null for any other, which is read as a document. */
function envelopeOf(body: string): { readonly document: string; readonly secrets: unknown } | null {
  if (!body.startsWith('{"document":"') || body.length > MAX_UPLOAD_BYTES) return null;
  try {
    const { document, secrets, ...others } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    const isWhole = typeof document === "string" && secrets !== undefined && Object.keys(others).length === 0;
    return isWhole ? { document, secrets } : null;
  } catch {
    return null;
  }
}

// SPDX-License-Identifier: Apache-2.0

const URL_IN_TEXT = /\b(?:https?|wss?):\/\/[^\s"'<>\\]+/gi;
const CREDENTIALS_IN_TEXT = /\b(Bearer|Basic) +[\w.~+/=-]{6,}/g;

/** The text without what is a secret by its form: of a URL scheme, host and port stay, of an authorization its kind. */
export function redactText(text: string): string {
  return text.replace(URL_IN_TEXT, originOf).replace(CREDENTIALS_IN_TEXT, "$1 [hidden]");
}

function originOf(url: string): string {
  if (!URL.canParse(url)) return "[hidden URL]";
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

// SPDX-License-Identifier: Apache-2.0

type Labels = Readonly<Record<string, string>>;

interface Directive {
  text: string;
  readonly children: Map<string, Directive>;
}

/**
 * The Caddyfile that caddy-docker-proxy makes of one container's labels, as its documentation puts the grammar: dots nest, a value is the
 * arguments, `{{upstreams PORT}}` is the container's address in the network that `caddy_ingress_network` names. It knows what Berth emits, and
 * refuses anything else.
 */
export function caddyfileOf(labels: Labels, addresses: Readonly<Record<string, string>>): string {
  const network = labels["caddy_ingress_network"];
  const root: Directive = { text: "", children: new Map() };
  for (const [name, value] of Object.entries(labels)) {
    if (!/^caddy(?:\.|$)/.test(name)) continue;
    let directive = root;
    for (const part of name.split(".").slice(1)) {
      const child = directive.children.get(part) ?? { text: "", children: new Map() };
      directive.children.set(part, child);
      directive = child;
    }
    directive.text = value.replace(/\{\{\s*upstreams (\d+)\s*\}\}/g, (_, port: string) => {
      const address = addresses[network ?? ""];
      if (address === undefined) throw new Error(`the container has no address in "${network}"`);
      return `${address}:${port}`;
    });
    if (directive.text.includes("{{")) throw new Error(`no such template is known: ${value}`);
  }
  return `${root.text} ${blockOf(root)}\n`;
}

function blockOf({ children }: Directive): string {
  if (children.size === 0) return "";
  const lines = [...children].map(([name, child]) => `  ${name} ${child.text} ${blockOf(child)}`.trimEnd());
  return `{\n${lines.join("\n")}\n}`;
}

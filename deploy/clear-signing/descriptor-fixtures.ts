// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How a wallet shows one value (ERC-7730). */
export interface Format {
  readonly label: string;
  readonly format: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly visible?: string;
}

/** A format and the place of its value: a path of parameter names, or the value itself. */
export interface Field extends Format {
  readonly path?: string;
  readonly value?: string;
}

/** What a wallet shows for one function or message. */
export interface Entry {
  readonly intent: string;
  readonly interpolatedIntent?: string;
  readonly fields: readonly (Partial<Field> & { readonly $ref?: string })[];
}

/** An ERC-7730 file, as far as ours use it. */
export interface Descriptor {
  readonly $schema: string;
  readonly context: Readonly<Record<string, unknown>> & {
    readonly contract?: { readonly deployments: readonly Deployment[] };
    readonly eip712?: { readonly domain: object; readonly deployments: readonly Deployment[] };
  };
  readonly metadata: {
    readonly owner: string;
    readonly contractName: string;
    readonly enums?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  readonly display: {
    readonly definitions?: Readonly<Record<string, Format>>;
    readonly formats: Readonly<Record<string, Entry>>;
  };
}

/** Where the market is. */
export interface Deployment {
  readonly chainId: number;
  readonly address: string;
}

/** A parameter of a function as an ABI names it. */
export interface Parameter {
  readonly name?: string;
  readonly type: string;
  readonly components?: readonly Parameter[];
}

/** Reads a descriptor that lies beside this file. */
export function readDescriptor(name: string): Descriptor {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), "utf8")) as Descriptor;
}

/** The key of a function in a descriptor: its fragment with canonical types and names, no space behind a comma. */
export function keyOf(name: string, inputs: readonly Parameter[]): string {
  return `${name}(${inputs.map(fragment).join(",")})`;
}

/** Every value that a call carries, by its path: `terms.token`, `leaseIds.[]`. The types are those of single values. */
export function leavesOf(inputs: readonly Parameter[], prefix = ""): ReadonlyMap<string, string> {
  const leaves = inputs.flatMap(({ name = "", type, components }) => {
    const path = `${prefix}${name}${type.endsWith("[]") ? ".[]" : ""}`;
    if (components !== undefined) return [...leavesOf(components, `${path}.`)];
    return [[path, type.replace("[]", "")] as const];
  });
  return new Map(leaves);
}

/** An entry's fields with their shared definitions filled in. Throws RangeError for one that does not exist. */
export function fieldsOf(entry: Entry, { display }: Descriptor): readonly Field[] {
  return entry.fields.map(({ $ref, ...own }) => {
    const shared =
      $ref === undefined ? {} : display.definitions?.[$ref.replace("$.display.definitions.", "")];
    if (shared === undefined) throw new RangeError(`${$ref} is not defined`);
    return { ...shared, ...own } as Field;
  });
}

function fragment({ name, type, components }: Parameter): string {
  const shown =
    components === undefined ? type : type.replace("tuple", `(${components.map(fragment).join(",")})`);
  return `${shown} ${name}`;
}

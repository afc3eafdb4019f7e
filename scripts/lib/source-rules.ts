// SPDX-License-Identifier: Apache-2.0

/** A file of the repository: its path from the root, with `/`, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const LICENCE = "SPDX-License-Identifier: Apache-2.0";
const DRIVER = /new Dockerode\(/g;
const DRIVER_HOME = "orchestrator/src/runtime/docker/";
const LAYERS = ["types", "interfaces", "libraries", "modules"];
const IMPORT = /^import\s[^;]*?["']([^"']+)["']/gm;

/** Files whose first two lines do not name the licence; the second is for scripts with a `#!`. */
export function licenceProblems(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ text }) => !text.split("\n", 2).some((line) => line.includes(LICENCE)))
    .map(({ path }) => `${path}: does not begin with the line ${LICENCE}`);
}

/** TypeScript is named in kebab-case, so that one name exists on every file system; what deploys a contract bears its name. */
export function nameProblems(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(
      ({ path }) =>
        path.endsWith(".ts") &&
        !path.startsWith("deploy/modules/") &&
        !/(^|\/)[a-z0-9]+([.-][a-z0-9]+)*\.ts$/.test(path),
    )
    .map(({ path }) => `${path}: is not named in kebab-case`);
}

/** The engine is reached through one object: a second construction of Dockerode, or one elsewhere, is a problem. */
export function driverProblems(sources: readonly Source[]): readonly string[] {
  const places = sources
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, text }) => Array.from(text.matchAll(DRIVER), () => path));
  const astray = places.filter((path) => !path.startsWith(DRIVER_HOME));
  return [
    ...astray.map((path) => `${path}: constructs Dockerode outside ${DRIVER_HOME}`),
    ...(places.length > 1 ? [`Dockerode is constructed ${places.length} times: ${places.join(", ")}`] : []),
  ];
}

/** Contracts import downwards only, types <- interfaces <- libraries <- modules <- ComputeMarket, and no mocks. */
export function contractImportProblems(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ path }) => path.startsWith("contracts/") && path.endsWith(".sol"))
    .flatMap(({ path, text }) =>
      Array.from(text.matchAll(IMPORT), ([, target = ""]) => target)
        .filter((target) => target.startsWith("."))
        .map((target) => resolved(path, target))
        .filter((target) => !mayImport(path, target))
        .map((target) => `${path}: may not import ${target}`),
    );
}

function mayImport(from: string, to: string): boolean {
  if (to.startsWith("contracts/mocks/")) return from.startsWith("contracts/mocks/");
  return from.startsWith("contracts/mocks/") || layerOf(to) <= layerOf(from);
}

/** ComputeMarket.sol, and whatever else lies outside the layers, is above them all. */
function layerOf(path: string): number {
  const layer = LAYERS.indexOf(path.split("/")[1] ?? "");
  return layer === -1 ? LAYERS.length : layer;
}

function resolved(from: string, target: string): string {
  return new URL(target, `file:///${from}`).pathname.slice(1);
}

function isTest(path: string): boolean {
  return path.startsWith("test/") || path.endsWith(".test.ts");
}

// SPDX-License-Identifier: Apache-2.0

const tests = "(\\.(test|contract|fixture)\\.ts$|-fixtures\\.ts$|(^|/)test(ing)?/)";
const pure = "^orchestrator/src/(domain/|reconcile/plan[^/]*\\.ts$)";

/** Which folders of orchestrator/src a folder may import besides itself; main.ts alone may import all. */
const layers = {
  domain: [],
  ports: ["domain"],
  config: ["domain", "ports"],
  observability: ["domain", "ports"],
  reconcile: ["domain", "ports"],
  metering: ["domain", "ports"],
  reporting: ["domain", "ports"],
  health: ["domain", "ports"],
  chain: ["domain", "ports", "config", "observability"],
  runtime: ["domain", "ports", "config", "observability"],
  store: ["domain", "ports", "config", "observability"],
  gateway: ["domain", "ports", "config", "observability"],
};

/** Rooms with effects that a test may cut off, by a crash point of orchestrator/src/crashpoint.ts. */
const killable = ["chain", "store", "reconcile", "metering", "reporting", "runtime", "gateway"];

function reachable(folder, allowed) {
  const folders = `(${[folder, ...allowed].join("|")})/`;
  return `^orchestrator/src/(${killable.includes(folder) ? `${folders}|crashpoint\\.ts$` : folders})`;
}

const layerRules = Object.entries(layers).map(([folder, allowed]) => ({
  name: `orchestrator-${folder}`,
  comment: `orchestrator/src/${folder} may import only ${["itself", ...allowed].join(", ")} and packages.`,
  severity: "error",
  from: { path: `^orchestrator/src/${folder}/`, pathNot: tests },
  to: { path: "^orchestrator/src/", pathNot: reachable(folder, allowed) },
}));

/** `package` is imported only from where `allowed` matches. */
function onlyFrom(name, packages, allowed) {
  return {
    name: `${name}-stays-home`,
    comment: `${name} is imported only from ${allowed}.`,
    severity: "error",
    from: { pathNot: allowed },
    to: { path: `(^|/)node_modules/(${packages})/` },
  };
}

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle is one module in several files.",
      severity: "error",
      from: { pathNot: "^typechain-types/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "everything-resolves",
      comment: "The file does not exist, or the package is not declared in package.json.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["unknown", "undetermined", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "source-imports-no-tests",
      severity: "error",
      from: { path: "^(sdk|orchestrator|cli)/", pathNot: tests },
      to: { path: tests },
    },
    {
      name: "source-imports-no-tools",
      comment:
        "What runs outside this repository may not need a package that is only a tool of the repository.",
      severity: "error",
      from: { path: "^(sdk|orchestrator|cli)/src/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm", "type-only"] },
    },
    ...["sdk", "orchestrator", "cli"].map((workspace) => ({
      name: `${workspace}-knows-only-the-sdk`,
      severity: "error",
      from: { path: `^${workspace}/` },
      to: { path: "^(orchestrator|cli)/", pathNot: `^${workspace}/` },
    })),
    {
      name: "workspaces-stand-alone",
      comment: "The folders of the repository serve the workspaces' tests, never their source.",
      severity: "error",
      from: { path: "^(sdk|orchestrator|cli)/", pathNot: tests },
      to: { path: "^(contracts|deploy|scripts|test|typechain-types)/" },
    },
    {
      name: "packages-by-their-door",
      comment: "Another workspace is imported by its name, not by a path into it.",
      severity: "error",
      from: { path: "^(orchestrator|cli)/", pathNot: tests },
      to: { path: "^sdk/", pathNot: "^sdk/src/((keys|hardware)/)?index\\.ts$" },
    },
    {
      name: "sdk-runs-in-the-browser",
      comment:
        "Only sdk/src/keys, which has an entry point of its own, may need files; nothing else of the sdk imports it.",
      severity: "error",
      from: { path: "^sdk/src/", pathNot: `(^sdk/src/keys/|${tests})` },
      to: { path: "^sdk/src/keys/" },
    },
    {
      name: "sdk-reads-no-files",
      comment: "The browser has no modules of Node.",
      severity: "error",
      from: { path: "^sdk/src/", pathNot: `(^sdk/src/keys/|^sdk/src/hardware/look-|${tests})` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "sdk-looks-at-machines-by-one-door",
      comment: "What runs programs of this machine is reached through sdk/src/hardware/index.ts alone.",
      severity: "error",
      from: { path: "^sdk/src/", pathNot: `(^sdk/src/hardware/index\\.ts$|${tests})` },
      to: { path: "^sdk/src/hardware/look-" },
    },
    ...layerRules,
    {
      name: "main-is-imported-by-nobody",
      severity: "error",
      from: { path: "^orchestrator/src/", pathNot: tests },
      to: { path: "^orchestrator/src/main\\.ts$" },
    },
    {
      name: "pure-stays-pure",
      comment:
        "domain/ and the plan have no side effects: no driver, no chain client, no file, no clock, no logger.",
      severity: "error",
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ["core", "npm", "npm-dev", "npm-optional"], pathNot: "^sdk/" },
    },
    {
      name: "pure-never-dies",
      comment: "Between two lines without an effect there is nothing to be cut off.",
      severity: "error",
      from: { path: pure, pathNot: tests },
      to: { path: "^orchestrator/src/crashpoint\\.ts$" },
    },
    onlyFrom("dockerode", "dockerode", `(^orchestrator/src/runtime/docker/|^scripts/|${tests})`),
    onlyFrom(
      "ethers",
      "ethers",
      "(^test/|^deploy/|^typechain-types/|^scripts/deploy|^scripts/bench/orchestrator/contestants/ethers\\.ts$)",
    ),
    onlyFrom(
      "viem",
      "viem",
      "^(sdk|orchestrator|cli|scripts|test/(e2e|system|simulation|helpers|sdk)|bench)/",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(artifacts|cache)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};

// SPDX-License-Identifier: Apache-2.0
import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const tests = [
  "**/*.test.ts",
  "**/*.contract.ts",
  "**/*.fixture.ts",
  "**/*-fixtures.ts",
  "**/{test,testing}/**/*.ts",
];
const pure = ["orchestrator/src/domain/**/*.ts", "orchestrator/src/reconcile/plan*.ts"];
const noDefaultExport = { selector: "ExportDefaultDeclaration", message: "Export by name." };
const impure = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: "Take the time as a parameter.",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "Take the time as a parameter.",
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: "Take it as a parameter.",
  },
];

export default defineConfig(
  {
    ignores: [
      "artifacts",
      "cache",
      "coverage",
      "typechain-types",
      "sdk/src/generated",
      "**/node_modules",
      ".berth",
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" } },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/prefer-promise-reject-errors": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      "@typescript-eslint/require-await": "off",
      complexity: ["error", 9],
      eqeqeq: "error",
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", 40],
      "no-restricted-syntax": ["error", noDefaultExport],
    },
  },
  { files: ["{sdk,orchestrator}/src/**/*.ts"], rules: { "no-console": "error" } },
  {
    files: pure,
    ignores: tests,
    rules: {
      "no-restricted-syntax": ["error", noDefaultExport, ...impure],
      "no-restricted-globals": [
        "error",
        "process",
        "crypto",
        "performance",
        "fetch",
        "setTimeout",
        "setInterval",
      ],
    },
  },
  {
    files: tests,
    rules: {
      "@typescript-eslint/no-unused-expressions": "off",
      complexity: "off",
      "max-lines": ["error", 400],
      "max-lines-per-function": "off",
    },
  },
  { files: ["*.config.ts", "deploy/modules/**/*.ts"], rules: { "no-restricted-syntax": "off" } },
  { files: ["**/*.js"], languageOptions: { globals: { process: "readonly", console: "readonly" } } },
);

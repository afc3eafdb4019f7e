// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "@berth/sdk";
import { z } from "zod";
import { settingSchemas } from "./settings.ts";

/** Name of the file that is looked for in the working folder. */
export const CONFIG_FILE = "berth.config.json";

const fileSchema = z.strictObject(settingSchemas).partial();

/** A configuration file as read: its values are checked, paths in them still as written. */
export interface ConfigFile {
  readonly path: string;
  readonly folder: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads the configuration file: the one named, which must be there, or `berth.config.json` of the working folder, which need not.
 * Throws UserError E_CONFIG_FILE_MISSING or E_CONFIG_FILE_INVALID.
 */
export function readConfigFile(named: string | undefined, folder: string): ConfigFile | null {
  const path = resolve(folder, named ?? CONFIG_FILE);
  const text = readText(path, named !== undefined);
  if (text === null) return null;
  const values = parseJson(text, path);
  const parsed = fileSchema.safeParse(values);
  if (!parsed.success) throw invalidFile(path, describeIssues(parsed.error));
  return { path, folder: dirname(path), values: values as Record<string, unknown> };
}

function readText(path: string, required: boolean): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new UserError("E_CONFIG_FILE_MISSING", `The configuration file ${path} cannot be read.`, {
      atRisk: "nothing: no command was carried out",
      next: "Name a file that exists with --config, or write one with `berth provider init`.",
      facts: { path },
      cause: error,
    });
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidFile(path, error instanceof Error ? error.message : "it is not JSON");
  }
}

function describeIssues(error: z.ZodError): string {
  const describe = (issue: z.core.$ZodIssue): string => {
    if (issue.code === "unrecognized_keys") return `unknown key ${issue.keys.join(", ")}`;
    return `${issue.path.join(".") || "the file"}: ${issue.message}`;
  };
  return error.issues.map(describe).join("; ");
}

function invalidFile(path: string, what: string): UserError {
  return new UserError("E_CONFIG_FILE_INVALID", `The configuration file ${path} is not valid: ${what}.`, {
    atRisk: "nothing: no command was carried out",
    next: "Correct the file; docs/cli.md lists its keys.",
    facts: { path },
  });
}

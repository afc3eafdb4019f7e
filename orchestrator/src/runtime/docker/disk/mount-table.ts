// SPDX-License-Identifier: Apache-2.0

/** A mounted file system. */
export interface Mounted {
  readonly path: string;
  readonly type: string;
  /** The device, such as /dev/loop0. */
  readonly source: string;
}

/** Reads `/proc/self/mountinfo`, whose paths have blanks and backslashes written as octal numbers. */
export function parseMountTable(text: string): readonly Mounted[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const path = before.split(" ")[4];
    const [type, source] = after.split(" ");
    return path === undefined || type === undefined || source === undefined
      ? []
      : [{ path: unescaped(path), type, source: unescaped(source) }];
  });
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

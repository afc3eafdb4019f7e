// SPDX-License-Identifier: Apache-2.0
import { usedPercent } from "../../domain/image.ts";
import type { Collection } from "../../ports/container-runtime.ts";
import { isImageList, isImageUsers, isTagged } from "./answers.ts";
import { ask } from "./ask.ts";
import type { DockerContext } from "./context.ts";
import { engineDisk } from "./disk/engine-disk.ts";
import { get } from "./get.ts";
import { pinOfMark } from "./image-mark.ts";
import { removeImage, type EngineImage } from "./images.ts";
import { mapLimit } from "./map-limit.ts";
import { parseTime } from "./time.ts";

const INSPECTIONS_AT_ONCE = 8;

interface Unused {
  /** Its marks, each in a repository of its own. */
  readonly marks: readonly string[];
  /** Milliseconds since 1970. */
  readonly neededAt: number;
}

/**
 * Removes images that Berth pulled and nobody needs, the one not needed for longest first, until the disk is no fuller than `downTo` percent;
 * answers the pins that went. An image that has a name of somebody else's too, that any container stands on, or that is kept, stays.
 */
export async function collectImages(
  context: Pick<DockerContext, "engine" | "disk">,
  { isNeeded, downTo }: Collection,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const { marks } of await unusedImages(context, isNeeded, signal)) {
    const disk = await engineDisk(context, signal);
    if (disk === null || usedPercent(disk) <= downTo) return gone;
    if (!isOursAlone(marks, isNeeded)) continue;
    for (const name of marks) {
      if (await removeImage(context, name, signal)) gone.push(pinOfMark(name) ?? name);
    }
  }
  return gone;
}

async function unusedImages(
  context: Pick<DockerContext, "engine" | "disk">,
  isNeeded: Collection["isNeeded"],
  signal: AbortSignal,
): Promise<readonly Unused[]> {
  const { engine } = context;
  const look = <T>(what: string, path: string, check: (answer: unknown) => boolean): Promise<T> =>
    ask(engine, {
      what,
      limitMs: engine.deadlines.look,
      signal,
      run: (abortSignal) => get<T>(engine, path, abortSignal),
      check,
    });
  const images = await look<readonly EngineImage[]>("list images", "/images/json", isImageList);
  const users = await look<readonly { readonly ImageID: string }[]>(
    "list what stands on images",
    "/containers/json?all=true",
    isImageUsers,
  );
  const used = new Set(users.map(({ ImageID }) => ImageID));
  const free = images.filter((image) => !used.has(image.Id) && isOursAlone(image.RepoTags ?? [], isNeeded));
  const unused = await mapLimit(free, INSPECTIONS_AT_ONCE, async ({ Id, RepoTags }) => {
    const tagged = await look<Tagged>(`inspect image ${Id}`, `/images/${Id}/json`, isTagged);
    return { marks: RepoTags ?? [], neededAt: parseTime(tagged.Metadata.LastTagTime) ?? 0 };
  });
  return [...unused].sort((one, other) => one.neededAt - other.neededAt);
}

interface Tagged {
  readonly Metadata: { readonly LastTagTime: string };
}

function isOursAlone(tags: readonly string[], isNeeded: Collection["isNeeded"]): boolean {
  const pins = tags.map(pinOfMark);
  return tags.length > 0 && pins.every((pin) => pin !== null && !isNeeded(pin));
}

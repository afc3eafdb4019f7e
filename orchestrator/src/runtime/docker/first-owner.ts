// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { ask } from "./ask.ts";
import type { Engine } from "./client.ts";
import { get } from "./get.ts";
import type { Owner } from "./owner.ts";

const infoSchema = z.object({ SecurityOptions: z.array(z.string()), DockerRootDir: z.string() });
const ROOT: Owner = { uid: 0, gid: 0 };

/** Who root of a container is on the machine: root, or whom the engine makes of it in a namespace of users. */
export async function firstOwner(engine: Engine, signal: AbortSignal): Promise<Owner> {
  const told: unknown = await ask(engine, {
    what: "ask how it is set up",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<unknown>(engine, "/info", abortSignal),
  });
  return ownerOf(told);
}

/** The engine tells it by its data folder alone, which ends in `uid.gid` then. */
export function ownerOf(info: unknown): Owner {
  const told = infoSchema.safeParse(info);
  if (!told.success || !told.data.SecurityOptions.some((each) => each.startsWith("name=userns"))) return ROOT;
  const [, uid, gid] = /\/(\d{1,10})\.(\d{1,10})$/.exec(told.data.DockerRootDir) ?? [];
  return uid === undefined || gid === undefined ? ROOT : { uid: Number(uid), gid: Number(gid) };
}

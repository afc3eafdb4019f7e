// SPDX-License-Identifier: Apache-2.0
import { isTime } from "./time.ts";

/** Whether what the engine answered has the shape that it must have. */
export type Check = (answer: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isTruth: Check = (value) => typeof value === "boolean";
const isTimeText: Check = (value) => typeof value === "string" && isTime(value);
const isLabels = orNull(mapOf(isText));
const isPorts = orNull(mapOf(orNull(listOf(record({ HostIp: isText, HostPort: isText })))));

/** An answer that names itself, and tells nothing else that Berth reads. */
export const isVersion = record({ Version: isText });
export const isPlatform = record({ Os: isText, Arch: isText });
export const isEngineInfo = record({ DockerRootDir: isText });
/** What an engine says of itself. */
export const isInfo = record({ SecurityOptions: orNull(listOf(isText)), DockerRootDir: orMissing(isText) });
export const isHostInfo = record({
  SecurityOptions: orNull(listOf(isText)),
  KernelVersion: isText,
  LiveRestoreEnabled: isTruth,
  CgroupVersion: orMissing(isText),
  Runtimes: orMissing(orNull(mapOf(() => true))),
});
export const isHostVersion = record({
  Version: isText,
  Arch: isText,
  Components: orMissing(orNull(listOf(record({ Name: isText, Version: isText })))),
});
export const isProbeList = listOf(record({ Id: isText, Created: Number.isInteger }));

const isNames = orMissing(orNull(listOf(isText)));
export const isImage = record({
  Id: isText,
  RepoTags: isNames,
  RepoDigests: isNames,
  Size: Number.isInteger,
});
export const isImageList = listOf(isImage);
export const isTagged = record({ Metadata: record({ LastTagTime: isTimeText }) });
/** What an image gives to its containers. */
export const isLabelled = record({ Config: orNull(record({ Labels: orMissing(isLabels) })) });
/** Containers, whoever's, by the image that they stand on. */
export const isImageUsers = listOf(record({ ImageID: isText }));

export const isVolume = record({ Name: isText, Labels: isLabels });
export const isVolumeList = record({ Volumes: orNull(listOf(isVolume)) });

export const isNetworkList = listOf(
  record({
    Id: isText,
    Name: isText,
    Labels: isLabels,
    IPAM: record({ Config: orNull(listOf(record({ Subnet: orMissing(isText) }))) }),
  }),
);

/** An answer that may be that there is none. */
export const isBridge = orNull(record({ Name: isText, Created: isTimeText }));

export const isContainerList = listOf(
  record({ Id: isText, State: orMissing(isText), Status: orMissing(isText) }),
);

export const isContainer = record({
  Id: isText,
  Name: isText,
  Image: isText,
  Config: record({ Labels: isLabels, User: isText }),
  State: record({
    Status: isText,
    Running: isTruth,
    Paused: isTruth,
    OOMKilled: isTruth,
    ExitCode: Number.isInteger,
    StartedAt: isTimeText,
    FinishedAt: isTimeText,
    Health: orMissing(orNull(record({ Status: isText }))),
  }),
  Mounts: listOf(record({ Type: isText, Destination: isText, RW: isTruth, Name: orMissing(isText) })),
  HostConfig: record({ PortBindings: orMissing(isPorts) }),
  NetworkSettings: record({ Ports: isPorts, Networks: mapOf(record({ NetworkID: isText })) }),
});

function record(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return (value) => isObject(value) && checks.every(([name, check]) => check(value[name]));
}

function mapOf(check: Check): Check {
  return (value) => isObject(value) && Object.values(value).every(check);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

function orMissing(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

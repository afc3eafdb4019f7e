// SPDX-License-Identifier: Apache-2.0
import type { Resources } from "@berth/sdk";
import { UserError } from "@berth/sdk";
import type { PresetName } from "@berth/sdk/hardware";
import { OFFER_PRESETS, vendorOfModel } from "@berth/sdk/hardware";

/** What a provider says of the size of a lease. */
export interface SizeOptions {
  readonly preset?: PresetName;
  readonly cpu?: number;
  readonly memory?: number;
  readonly storage?: number;
  readonly gpus: number;
  readonly gpuModel: string;
}

/** The resources of a lease: a preset, in which single sizes may be other ones, or all sizes. Throws UserError E_OFFER_SIZE. */
export function offerSize(options: SizeOptions): Resources {
  const { preset, gpus: gpuCount, gpuModel } = options;
  const base: Partial<Resources> = preset === undefined ? {} : OFFER_PRESETS[preset];
  const {
    cpu: cpuMillis = base.cpuMillis,
    memory: memoryMiB = base.memoryMiB,
    storage: storageMiB = base.storageMiB,
  } = options;
  const sizes = { cpuMillis, memoryMiB, storageMiB };
  if (!isWhole(sizes)) {
    throw wrongSize("A lease's size is not said whole.", "Write --preset, or --cpu, --memory and --storage.");
  }
  checkGpus(gpuCount, gpuModel);
  return { ...sizes, gpuCount, gpuModel };
}

type Sizes = Pick<Resources, "cpuMillis" | "memoryMiB" | "storageMiB">;

function isWhole(sizes: { readonly [Size in keyof Sizes]: number | undefined }): sizes is Sizes {
  return Object.values(sizes).every((size) => size !== undefined);
}

/** A model that tells no vendor could never be matched with a GPU, nor with what a manifest asks for. */
function checkGpus(count: number, model: string): void {
  if (count === 0 && model === "") return;
  if (count === 0 || model === "") {
    throw wrongSize("GPUs have a number and a model.", "Write --gpus and --gpu-model together, or neither.");
  }
  if (vendorOfModel(model) === null) {
    throw wrongSize(
      `"${model}" is no canonical model.`,
      "`berth provider doctor` names the models of this machine, like nvidia-a100-80gb.",
    );
  }
}

function wrongSize(message: string, next: string): UserError {
  return new UserError("E_OFFER_SIZE", message, { atRisk: "nothing: nothing was sent", next });
}

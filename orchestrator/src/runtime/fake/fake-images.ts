// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import type { DiskUse, ImageAccess, PullWatch } from "../../domain/image.ts";
import type { Collection } from "../../ports/container-runtime.ts";
import { FakeCalls } from "./fake-calls.ts";
import type { FakeEngine } from "./fake-engine.ts";

/** What the runtime in memory knows of images. */
export abstract class FakeImages extends FakeCalls {
  abstract readonly engine: FakeEngine;

  resolveImage(image: string, _access: ImageAccess, signal: AbortSignal): Promise<string> {
    return this.meet({ method: "resolveImage", part: image }, signal, () => {
      const pin = this.engine.pinOf(image);
      if (pin !== null) return pin;
      throw noImage("E_IMAGE_NOT_FOUND", image);
    });
  }

  ensureImage(pin: string, _watch: PullWatch, signal: AbortSignal): Promise<void> {
    return this.meet({ method: "ensureImage", part: pin }, signal, () => {
      if (!this.engine.hasImage(pin)) throw noImage("E_IMAGE_LOST", pin);
      this.engine.pulled.add(pin);
    });
  }

  collectImages({ isNeeded, downTo }: Collection, signal: AbortSignal): Promise<readonly string[]> {
    return this.meet({ method: "collectImages" }, signal, () => this.engine.collect(isNeeded, downTo));
  }

  disk(signal: AbortSignal): Promise<DiskUse | null> {
    return this.meet({ method: "disk" }, signal, () => this.engine.disk);
  }
}

function noImage(code: string, image: string): PermanentError {
  const details = { atRisk: "the lease does not run", next: "Check the image's name and tag." };
  return new PermanentError(code, `Image ${image} does not exist.`, details);
}

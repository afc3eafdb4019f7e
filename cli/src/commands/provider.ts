// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { CommandBinder } from "../context.ts";
import { addClaim } from "./provider/claim.ts";
import { addCloseOffer } from "./provider/close-offer.ts";
import { addDoctor } from "./provider/doctor.ts";
import { addDrain } from "./provider/drain.ts";
import { addInit } from "./provider/init.ts";
import { addOffer } from "./provider/offer.ts";
import { addRegister } from "./provider/register.ts";
import { addRelease } from "./provider/release.ts";
import { addRotateOperator } from "./provider/rotate-operator.ts";
import { addRun } from "./provider/run.ts";
import { addSetCapacity } from "./provider/set-capacity.ts";
import { addStake } from "./provider/stake.ts";
import { addProviderStatus } from "./provider/status.ts";
import { addUnstake } from "./provider/unstake.ts";

/** `berth provider`: everything that a provider does. */
export function addProvider(program: Command, bind: CommandBinder): void {
  const provider = program
    .command("provider")
    .description("offer compute on this machine and be paid for it");
  addInit(provider, bind);
  addRegister(provider, bind);
  addStake(provider, bind);
  addOffer(provider, bind);
  addSetCapacity(provider, bind);
  addCloseOffer(provider, bind);
  addRun(provider, bind);
  addRotateOperator(provider, bind);
  addDoctor(provider, bind);
  addProviderStatus(provider, bind);
  addClaim(provider, bind);
  addDrain(provider, bind);
  addRelease(provider, bind);
  addUnstake(provider, bind);
}

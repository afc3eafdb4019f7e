// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { MarketIdentity } from "../domain/identity.ts";
import type { Journal } from "../ports/journal.ts";
import { openDatabase, type Database } from "./database.ts";
import { leaseTables } from "./lease-tables.ts";
import { outboxTables } from "./outbox-tables.ts";
import { usageTables } from "./usage-tables.ts";

/** Whose journal it is: a provider in a market on a chain. */
export interface JournalOwner extends MarketIdentity {
  readonly provider: `0x${string}`;
}

interface OwnerRow {
  readonly chain_id: number;
  readonly market: string;
  readonly provider: string;
}

const SIZE = "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()";

/**
 * Opens the journal at a path, or begins one; `:memory:` is one that forgets. The first owner is the owner for ever: the journal
 * of another market, chain or provider is a UserError (E_JOURNAL_FOREIGN). A damaged file is a PermanentError
 * (E_JOURNAL_CORRUPT), a path that cannot be written a UserError (E_JOURNAL_PATH).
 */
export function openJournal(path: string, owner: JournalOwner): Journal {
  const database = openDatabase(path);
  try {
    claimOwnership(database, path, owner);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    ...leaseTables(database),
    ...outboxTables(database),
    ...usageTables(database),
    instance: () => database.one<{ instance: number | null }>("SELECT instance FROM owner")?.instance ?? null,
    setInstance(instance) {
      database.run("UPDATE owner SET instance = ?", instance);
    },
    touch() {
      database.run("UPDATE owner SET instance = instance");
    },
    keepBallast: () => database.keepBallast(),
    size: () => database.one<{ bytes: number }>(SIZE)?.bytes ?? 0,
    close: () => database.close(),
  };
}

function claimOwnership(database: Database, path: string, { chainId, market, provider }: JournalOwner): void {
  const ours = [chainId, market.toLowerCase(), provider.toLowerCase()] as const;
  database.run(
    "INSERT INTO owner (id, chain_id, market, provider) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING",
    ...ours,
  );
  const row = database.one<OwnerRow>("SELECT chain_id, market, provider FROM owner");
  const theirs = [row?.chain_id, row?.market, row?.provider];
  if (ours.every((part, index) => part === theirs[index])) return;
  const [chain, inMarket, ofProvider] = theirs.map(String);
  throw new UserError(
    "E_JOURNAL_FOREIGN",
    `The journal ${path} belongs to provider ${ofProvider} in market ${inMarket} on chain ${chain}.`,
    {
      atRisk: "nothing: it was not changed",
      next: `Give the daemon of provider ${provider} in market ${market} on chain ${chainId} a path of its own.`,
      facts: { path },
    },
  );
}

// SPDX-License-Identifier: Apache-2.0

/** Items of all sources as they come; ends when all have ended, fails when one fails, and then closes the others. */
export async function* merge<Item>(sources: readonly AsyncIterable<Item>[]): AsyncGenerator<Item> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const waiting = new Map(iterators.map((iterator) => [iterator, next(iterator)]));
  try {
    while (waiting.size > 0) {
      const { iterator, result } = await Promise.race(waiting.values());
      if (result.done === true) waiting.delete(iterator);
      else {
        waiting.set(iterator, next(iterator));
        yield result.value;
      }
    }
  } finally {
    for (const iterator of waiting.keys()) iterator.return?.().catch(ignore);
  }
}

/** The source's next item. What it comes to after another source has failed is nobody's business any more. */
function next<Item>(iterator: AsyncIterator<Item>) {
  const item = iterator.next().then((result) => ({ iterator, result }));
  item.catch(ignore);
  return item;
}

function ignore(): void {}

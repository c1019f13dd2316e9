/** Who waits in this process, and waking them. Knows nothing of what they wait for. */
import type { News } from './news.ts';

type Wake = () => void;

export class NewsHub {
  readonly #customers = new Map<string, Set<Wake>>();
  readonly #terminals = new Map<string, Set<Wake>>();

  /** @returns stops it */
  onCustomer(customerId: string, wake: Wake): () => void {
    return subscribe(this.#customers, customerId, wake);
  }

  /** @returns stops it */
  onTerminal(terminalId: string, wake: Wake): () => void {
    return subscribe(this.#terminals, terminalId, wake);
  }

  hear(news: News): void {
    for (const id of news.customers ?? []) wakeAll(this.#customers.get(id));
    if (news.terminals === 'all') for (const waiting of this.#terminals.values()) wakeAll(waiting);
    else for (const id of news.terminals ?? []) wakeAll(this.#terminals.get(id));
  }

  /** News may have been missed: everybody looks. */
  hearAll(): void {
    for (const waiting of [...this.#customers.values(), ...this.#terminals.values()]) wakeAll(waiting);
  }
}

function subscribe(map: Map<string, Set<Wake>>, id: string, wake: Wake): () => void {
  const waiting = map.get(id) ?? new Set();
  map.set(id, waiting.add(wake));
  return () => {
    waiting.delete(wake);
    if (waiting.size === 0 && map.get(id) === waiting) map.delete(id);
  };
}

function wakeAll(waiting: Set<Wake> | undefined): void {
  for (const wake of waiting ?? []) wake();
}

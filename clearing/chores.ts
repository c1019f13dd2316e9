/**
 * What must happen without anybody asking: unspent money goes back, promises whose time is over are given up. Every
 * process does it, and none needs to know of the others: each act takes only what nobody else has taken.
 */
import type { FastifyInstance } from 'fastify';
import type { House } from './house.ts';
import { expirePending } from './ledger/pending.ts';
import { returnUnspent } from './purses/return-unspent.ts';

/** Does them once. A fault is logged; the next time tries again. */
async function doChores(app: FastifyInstance, house: House): Promise<void> {
  for (const [name, act] of [
    ['purses returned', () => returnUnspent(house)],
    ['pending transfers given up', () => expirePending(house)],
  ] as const) {
    try {
      const count = await act();
      if (count > 0) app.log.info({ count }, name);
    } catch (error) {
      app.log.error({ err: error }, `not done: ${name}`);
    }
  }
}

/** From the start of the server, every `everyMs`; the end of the server waits for the one that runs. */
export function addChores(app: FastifyInstance, house: House, everyMs: number): void {
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  const run = (): void => {
    if (isRunning) return;
    isRunning = true;
    running = doChores(app, house).finally(() => {
      isRunning = false;
    });
  };
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onListen', async () => {
    run();
    timer = setInterval(run, everyMs);
  });
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await running;
  });
}

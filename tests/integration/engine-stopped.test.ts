/** A bug of ours stops the terminal, wherever it shows, and leaves the journal as it is. */
import { expect, it } from 'vitest';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import type { EnginePorts } from '../../electron/engine/ports.ts';
import type { CallResult } from '../../shared/contract/terminal.ts';
import { enrolledTerminal, MIGRATIONS, PIN, SEALING } from '../support/enrolled-terminal.ts';

it('an error that nobody foresaw, in the background queue → engine-stopped, chain whole, no process lost', async () => {
  const terminal = await enrolledTerminal();
  terminal.engine.close();
  const told: string[] = [];
  const ports: EnginePorts = {
    ...nodePorts((line) => told.push(line)),
    network: {
      // not an answer and not a failure: what no adapter may ever give
      exchange: () => Promise.resolve(undefined as never),
      canConnect: () => Promise.resolve(false),
      events: () => () => undefined,
    },
  };
  const stopped = Promise.withResolvers<void>();
  const engine = await Engine.open({
    dataFolder: terminal.folder,
    migrationsFolder: MIGRATIONS,
    sealing: SEALING,
    ports,
    onEvent: (event, payload) => {
      if (event === 'state.changed' && 'phase' in payload && payload.phase === 'stopped') stopped.resolve();
    },
  });
  await stopped.promise;
  expect(await engine.call('people.signIn', { personId: 'c1', pin: PIN })).toEqual({
    ok: false,
    refusal: { code: 'engine-stopped' },
  });
  const state = await engine.call('state.get', {});
  const { phase, sync } = (state.ok ? state.value : {}) as CallResult<'state.get'>;
  expect([phase, sync.isRunning]).toEqual(['stopped', false]);
  expect(told.join('')).toContain('sync: TypeError');
  expect(engine.verifyJournal()).toMatchObject({ ok: true, value: { brokenAt: null } });
  engine.close();
  terminal.close();
});

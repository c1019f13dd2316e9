/**
 * The engine's process: speaks shared/contract/engine-port.ts with whoever started it, over Electron's
 * utilityProcess or Node's child_process. It ends when its parent does; the journal is whole at any moment.
 */
import { fromHex } from '../../shared/bytes.ts';
import { type FromEngine, type ToEngine, toEngine } from '../../shared/contract/engine-port.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { Engine } from './engine.ts';
import { nodePorts } from './node-ports.ts';
import type { Sealing } from './ports.ts';

interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: FromEngine): void;
}

/** Electron's utility process has a parent port; a forked Node process has a channel. */
const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;

function send(message: FromEngine): void {
  if (parentPort !== undefined) parentPort.postMessage(message);
  else process.send?.(message);
}

function sealingFrom(start: Extract<ToEngine, { type: 'start' }>): Sealing {
  if (start.sealing.kind === 'passphrase') return { kind: 'passphrase' };
  return { kind: 'keychain', key: fromHex(start.sealing.keyHex) ?? new Uint8Array(32) };
}

let engine: Promise<Engine> | undefined;

function wire(refusal: Refusal): Extract<FromEngine, { type: 'refusal' }>['refusal'] {
  return 'detail' in refusal ? { code: refusal.code, detail: { ...refusal.detail } } : { code: refusal.code };
}

async function receive(message: ToEngine): Promise<void> {
  switch (message.type) {
    case 'ping':
      return send({ type: 'pong' });
    case 'start':
      engine ??= Engine.open({
        dataFolder: message.dataFolder,
        migrationsFolder: message.migrationsFolder,
        sealing: sealingFrom(message),
        ports: nodePorts((line) => process.stderr.write(`${line}\n`)),
        onEvent: (event, payload) => send({ type: 'event', event, payload }),
      });
      await engine;
      return send({ type: 'ready' });
    case 'call': {
      const { id, call, params } = message;
      const result =
        engine === undefined
          ? ({ ok: false, refusal: { code: 'engine-stopped' } } as const)
          : await (await engine).call(call, params);
      return send(
        result.ok
          ? { type: 'reply', id, ok: true, value: result.value }
          : { type: 'refusal', id, refusal: wire(result.refusal) },
      );
    }
    case 'stop':
      (await engine)?.close();
      send({ type: 'stopped' });
      return process.exit(0);
  }
}

function onMessage(data: unknown): void {
  const message = toEngine.safeParse(data);
  if (!message.success) {
    process.stderr.write('a message that is not of the contract was dropped\n');
    return;
  }
  receive(message.data).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : 'unknown error'}\n`);
    process.exit(1); // whoever started us starts us again; the journal is as it was committed
  });
}

if (parentPort !== undefined) parentPort.on('message', (event) => onMessage(event.data));
else process.on('message', onMessage);
process.on('disconnect', () => process.exit(0));

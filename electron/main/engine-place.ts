/**
 * Where the engine's program lies and what runs it. In a packaged program both are fixed; only an unpacked
 * one, as developers and tests start it, listens to the environment.
 */
import { join } from 'node:path';
import { app } from 'electron';
import { suitableHost } from './engine-host.ts';

export type EnginePlace =
  | { readonly host: 'utility-process'; readonly entry: string }
  | { readonly host: 'node'; readonly entry: string; readonly nodePath: string };

/**
 * FIELDTILL_NODE: a Node of Node-API 10 or newer, for a runtime whose own is older. FIELDTILL_ENGINE_ENTRY
 * and FIELDTILL_ENGINE_HOST (`utility-process`, `node`): another program and place, unpacked only.
 *
 * @returns null when nothing here can run the engine
 */
export function enginePlace(): EnginePlace | null {
  const env = app.isPackaged ? {} : process.env;
  const entry = env.FIELDTILL_ENGINE_ENTRY ?? join(import.meta.dirname, '..', 'engine', 'index.js');
  const host = env.FIELDTILL_ENGINE_HOST ?? suitableHost(process.versions.napi);
  if (host === 'utility-process') return { host, entry };
  const nodePath = env.FIELDTILL_NODE;
  return nodePath === undefined ? null : { host: 'node', entry, nodePath };
}

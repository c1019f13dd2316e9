/** What a scenario of crash-at-each-write.ts is, and what each of them needs: a terminal on the real clock. */

import type { EngineOptions } from '../../../electron/engine/core.ts';
import type { Engine } from '../../../electron/engine/engine.ts';
import { nodePorts } from '../../../electron/engine/node-ports.ts';
import type { CallParams, CallResult, TerminalCall } from '../../../shared/contract/terminal.ts';
import type { Result } from '../../../shared/result.ts';
import { enrolledTerminal, MIGRATIONS, SEALING } from '../enrolled-terminal.ts';
import { codeText, presentedOf, purseOf, quickFields, trustBundleOf } from '../protocol-fixture.ts';

export interface CrashScenario {
  /** Of the file that exports it as `scenario`, without its ending. */
  readonly name: string;
  /** Files in the folder that the act writes beside the database. */
  readonly paths?: readonly string[];
  /** Makes the folder, once. */
  readonly prepare: (folder: string) => Promise<void>;
  /** Runs in the child: `told` says what the engine said was done, at the moment it said so. */
  readonly act: (folder: string, told: (what: string) => void) => Promise<void>;
  /** What a person would do before starting the terminal again, where the act is not the engine's own. */
  readonly recover?: (folder: string) => Promise<void>;
  /** After the generic checks; the folder is open in this engine, and somebody is signed in. */
  readonly check: (engine: Engine, told: readonly string[]) => Promise<void>;
}

/** A code of a purse of its own, fresh now. */
export function saleCode(name: string): string {
  const nowS = Math.floor(Date.now() / 1000);
  const purse = purseOf({ name: `crash ${name}`, iatS: nowS - 3600, expS: nowS + 86_400 });
  return codeText(presentedOf(purse, quickFields({ iatS: nowS, ttlS: 60 })));
}

/** An enrolled terminal in the folder, closed, whose bundle is of now. */
export async function prepareTerminal(folder: string): Promise<void> {
  const nowS = Math.floor(Date.now() / 1000);
  const trust = {
    iatS: nowS - 60,
    expS: nowS + 86_400,
    issuers: trustBundleOf().issuers.map((issuer) => ({ ...issuer, notAfterS: nowS + 10 * 86_400 })),
  };
  const terminal = await enrolledTerminal({ folder, trust });
  terminal.engine.close();
}

export function nowEngineOptions(folder: string): EngineOptions {
  return {
    dataFolder: folder,
    migrationsFolder: MIGRATIONS,
    sealing: SEALING,
    ports: nodePorts(() => undefined),
    onEvent: () => undefined,
  };
}

/** A call that must be answered, or the scenario is broken. */
export async function must<C extends TerminalCall>(
  engine: Engine,
  name: C,
  params: CallParams<C>,
): Promise<CallResult<C>> {
  const result = (await engine.call(name, params)) as Result<CallResult<C>>;
  if (!result.ok) throw new Error(`${name}: ${result.refusal.code}`);
  return result.value;
}

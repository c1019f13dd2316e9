/**
 * The engine as the headless terminal holds it: opened once, keys unlocked by the passphrase, somebody signed
 * in. Secrets come from the environment alone, never from arguments, which other users of a machine can read.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import type {
  CallParams,
  CallResult,
  EventPayload,
  TerminalCall,
  TerminalEvent,
} from '../../shared/contract/terminal.ts';
import { type CurrencyCode, isCurrencyCode } from '../../shared/iso-4217.ts';
import { PERMISSIONS, type Permission } from '../../shared/people/roles.ts';
import type { Refusal } from '../../shared/refusals.ts';
import type { Result } from '../../shared/result.ts';
import { PROJECT } from '../tool.ts';

/** A call was refused, and the command ends with it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

export interface TillOptions {
  readonly dataFolder: string | undefined;
  /** Who signs in; the first of the list when not said. */
  readonly name: string | undefined;
  /** Who gives leave where it is needed. */
  readonly approver: string | undefined;
}

export type EventListener = <E extends TerminalEvent>(event: E, payload: EventPayload<E>) => void;

/** Where the terminal keeps its journal. */
export function dataFolderOf(named: string | undefined): string {
  return resolve(named ?? join(homedir(), '.fieldtill', 'terminal'));
}

export class HeadlessTill {
  readonly engine: Engine;
  /** Where its journal lies. */
  readonly folder: string;
  readonly #options: TillOptions;

  private constructor(engine: Engine, folder: string, options: TillOptions) {
    this.engine = engine;
    this.folder = folder;
    this.#options = options;
  }

  static async open(options: TillOptions, onEvent: EventListener = () => undefined): Promise<HeadlessTill> {
    const folder = dataFolderOf(options.dataFolder);
    const engine = await Engine.open({
      dataFolder: folder,
      migrationsFolder: join(PROJECT, 'migrations'),
      sealing: { kind: 'passphrase' },
      ports: nodePorts((line) => process.stderr.write(`${line}\n`)),
      onEvent,
    });
    return new HeadlessTill(engine, folder, options);
  }

  async ask<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<Result<CallResult<C>>> {
    return (await this.engine.call(name, params)) as Result<CallResult<C>>;
  }

  /** @throws Refused */
  async must<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<CallResult<C>> {
    const result = await this.ask(name, params);
    if (!result.ok) throw new Refused(result.refusal);
    return result.value;
  }

  /**
   * An act that may need somebody's leave: asked for only when the engine wants it and an approver was named.
   *
   * @throws Refused
   */
  async act<C extends TerminalCall>(
    name: C,
    params: CallParams<C> & { readonly approval: string | null },
  ): Promise<CallResult<C>> {
    const result = await this.ask(name, params);
    if (result.ok) return result.value;
    const { refusal } = result;
    if (refusal.code !== 'approval-needed') throw new Refused(refusal);
    const permission = PERMISSIONS.find((one) => one === refusal.detail.permission);
    const approval = permission === undefined ? null : await this.leave(permission);
    if (approval === null) throw new Refused(refusal);
    return this.must(name, { ...params, approval });
  }

  /** Leave of the approver who was named; null where none was. */
  async leave(permission: Permission): Promise<string | null> {
    if (this.#options.approver === undefined) return null;
    const personId = await this.personIdOf(this.#options.approver);
    const pin = process.env.FIELDTILL_APPROVER_PIN ?? '';
    const { approval } = await this.must('approvals.give', {
      permission,
      proof: { by: 'pin', personId, pin },
    });
    return approval;
  }

  async unlock(): Promise<void> {
    const { phase } = await this.must('state.get', {});
    if (phase === 'locked')
      await this.must('keys.unlock', { passphrase: process.env.FIELDTILL_PASSPHRASE ?? '' });
  }

  async signIn(): Promise<void> {
    await this.unlock();
    const personId = await this.personIdOf(this.#options.name);
    await this.must('people.signIn', { personId, pin: process.env.FIELDTILL_PIN ?? '' });
  }

  /** By name; the first of the list when none is said; "" for a name that nobody has. */
  async personIdOf(name: string | undefined): Promise<string> {
    const people = await this.must('people.list', {});
    const found = name === undefined ? people[0] : people.find((person) => person.name === name);
    return found?.personId ?? '';
  }

  /** Minor units as they were typed, in the currency of this terminal. */
  async money(minor: string): Promise<{ minor: string; currency: CurrencyCode }> {
    const { terminal } = await this.must('state.get', {});
    if (terminal === null) throw new Refused({ code: 'not-enrolled' });
    if (!isCurrencyCode(terminal.currency)) throw new RangeError(terminal.currency);
    return { minor, currency: terminal.currency };
  }

  close(): void {
    this.engine.close();
  }
}

/**
 * Carries calls from the window to the engine and events back. Sender, name, shape of the question and shape
 * of the answer are checked here, in both directions: a window that was taken over gets no further than the
 * contract, and an engine that errs shows a refusal instead of something that looks like an approval.
 */
import { ipcMain, type WebContents, type WebFrameMain } from 'electron';
import {
  type CallParams,
  type CallResult,
  isTerminalCall,
  isTerminalEvent,
  type TerminalCall,
  type TerminalEvent,
  type TerminalState,
  terminalCalls,
  terminalEvents,
} from '../../shared/contract/terminal.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../ipc-channels.ts';
import { isAppUrl } from './app-protocol.ts';
import type { EngineAnswer } from './engine-process.ts';
import { logWarning } from './log.ts';
import { stateWithoutEngine, type WhyWithoutEngine } from './state-without-engine.ts';

export interface RelayedEngine {
  readonly isReady: boolean;
  call(name: string, params: unknown): Promise<EngineAnswer>;
}

export class TerminalRelay {
  readonly #engine: () => RelayedEngine | null;
  readonly #window: () => WebContents | null;
  #lastState: TerminalState | null = null;
  #whyDown: WhyWithoutEngine = { code: 'engine-stopped' };
  /** What opened the keys, for as long as this program runs: an engine that was started anew needs it again. */
  #passphrase: string | null;

  /**
   * @param engine, window: the ones of now; null when there is none at the moment
   * @param passphrase given by whoever starts the program where nobody is there to type it; else null
   */
  constructor(
    engine: () => RelayedEngine | null,
    window: () => WebContents | null,
    passphrase: string | null,
  ) {
    this.#engine = engine;
    this.#window = window;
    this.#passphrase = passphrase;
  }

  listen(): void {
    ipcMain.handle(CALL_CHANNEL, async (event, name: unknown, params: unknown) => {
      if (!this.#isOurWindow(event.senderFrame)) {
        logWarning('call-refused', { why: 'sender' });
        return refused<Refusal>({ code: 'not-allowed' });
      }
      return this.answer(name, params);
    });
  }

  /** What the window gets: the contract's answer to this call, or a refusal. Never rejects. */
  async answer(name: unknown, params: unknown): Promise<Result<unknown>> {
    if (!isTerminalCall(name)) {
      logWarning('call-refused', { why: 'name' });
      return refused({ code: 'bad-request', detail: { field: 'call' } });
    }
    const question = terminalCalls[name].params.safeParse(params);
    if (!question.success) {
      const field = question.error.issues[0]?.path.join('.') ?? '';
      logWarning('call-refused', { why: 'params', call: name });
      return refused({ code: 'bad-request', detail: { field: field.slice(0, 64) } });
    }
    const engine = this.#engine();
    if (!engine?.isReady) {
      return name === 'state.get'
        ? ok(stateWithoutEngine(this.#lastState, this.#whyDown))
        : refused({ code: 'engine-stopped' });
    }
    const answer = await engine.call(name, question.data);
    if (!answer.ok) return answer;
    this.#rememberPassphrase(name, question.data);
    return this.#checkedResult(name, answer.value);
  }

  #rememberPassphrase(name: TerminalCall, params: unknown): void {
    if (name !== 'keys.unlock' && name !== 'enrolment.enrol') return;
    this.#passphrase = (params as CallParams<'keys.unlock' | 'enrolment.enrol'>).passphrase;
  }

  /** An event of the engine, on its way to the window. */
  forward(name: string, payload: unknown): void {
    const checked = isTerminalEvent(name) ? terminalEvents[name].safeParse(payload) : null;
    if (!isTerminalEvent(name) || !checked?.success) {
      logWarning('engine-message-refused', { event: isTerminalEvent(name) ? name : 'unknown' });
      return;
    }
    if (name === 'state.changed') this.#lastState = checked.data as TerminalState;
    this.#send(name, checked.data);
  }

  /** There is no engine (for now): the window says so calmly, with what it knew last. */
  engineEnded(why: WhyWithoutEngine = { code: 'engine-stopped' }): void {
    this.#whyDown = why;
    this.#send('state.changed', stateWithoutEngine(this.#lastState, why));
  }

  /** The engine is there (again): the window gets its state without asking. */
  async engineReady(): Promise<void> {
    const answer = await this.answer('state.get', {});
    if (!answer.ok) return;
    this.forward('state.changed', answer.value);
    if ((answer.value as TerminalState).phase !== 'locked' || this.#passphrase === null) return;
    // a passphrase that does not open is no longer tried: a person is asked
    const unlocked = await this.answer('keys.unlock', { passphrase: this.#passphrase });
    if (!unlocked.ok) this.#passphrase = null;
  }

  #checkedResult<C extends TerminalCall>(name: C, value: unknown): Result<CallResult<C>> {
    const result = terminalCalls[name].result.safeParse(value);
    if (result.success) return ok(result.data as CallResult<C>);
    logWarning('result-refused', { call: name, field: result.error.issues[0]?.path.join('.') ?? '' });
    return refused({ code: 'engine-stopped' });
  }

  #send(name: TerminalEvent, payload: unknown): void {
    this.#window()?.send(EVENT_CHANNEL, name, payload);
  }

  /** The main frame of our one window, still showing our page. A frame that is gone is null. */
  #isOurWindow(frame: WebFrameMain | null): boolean {
    const contents = this.#window();
    return frame !== null && contents !== null && frame === contents.mainFrame && isAppUrl(frame.url);
  }
}

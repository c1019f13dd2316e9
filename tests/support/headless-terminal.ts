/** `npm run terminal` as a script uses it: a process of its own, secrets in its environment, lines in and out. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CallParams, CallResult, TerminalCall } from '../../shared/contract/terminal.ts';
import type { Result } from '../../shared/result.ts';
import { PIN } from './enrolled-terminal.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/terminal.ts');
export const PASSPHRASE = 'a long walk home';

type Environment = Readonly<Record<string, string | undefined>>;

function start(args: readonly string[], environment: Environment): ChildProcessWithoutNullStreams {
  const env = { ...process.env, FIELDTILL_PASSPHRASE: PASSPHRASE, FIELDTILL_PIN: PIN, ...environment };
  return spawn(process.execPath, [SCRIPT, ...args], { env });
}

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

/** One command, from start to end. */
export async function terminal(
  args: readonly string[],
  environment: Environment = {},
  input = '',
): Promise<Ended> {
  const child = start(args, environment);
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, out, error };
}

export class Shell {
  readonly events: { readonly event: string; readonly payload: unknown }[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: ((line: Record<string, unknown>) => void)[] = [];
  readonly #ended: Promise<number | null>;

  constructor(args: readonly string[], environment: Environment = {}, command = 'shell') {
    this.#child = start([command, ...args], environment);
    this.#child.stderr.pipe(process.stderr);
    createInterface({ input: this.#child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Record<string, unknown>;
      if ('event' in line) this.events.push(line as unknown as Shell['events'][number]);
      else this.#answers.shift()?.(line);
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** One line as it stands, and the next answer. */
  async line(text: string): Promise<unknown> {
    const answer = this.next();
    this.#child.stdin.write(`${text}\n`);
    return answer;
  }

  /** The next answer, whatever it answers. */
  next(): Promise<unknown> {
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  async call<C extends TerminalCall>(call: C, params: CallParams<C>): Promise<Result<CallResult<C>>> {
    return (await this.line(JSON.stringify({ call, params }))) as Result<CallResult<C>>;
  }

  /** @throws where the call is refused */
  async must<C extends TerminalCall>(call: C, params: CallParams<C>): Promise<CallResult<C>> {
    const answer = await this.call(call, params);
    if (!answer.ok) throw new Error(`${call}: ${JSON.stringify(answer.refusal)}`);
    return answer.value;
  }

  /** End of input; the status that the shell ends with. */
  async end(): Promise<number | null> {
    this.#child.stdin.end();
    return this.#ended;
  }
}

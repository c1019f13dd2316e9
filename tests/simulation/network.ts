/**
 * The simulated network between terminals, wallets and the clearing house: latency, and for each message
 * perhaps one thing that real networks do to messages. What arrives is exactly what was sent, or cut.
 */
import type { HttpAnswer, HttpRequest } from '../../electron/engine/ports.ts';
import { utf8 } from '../../shared/bytes.ts';
import type { FaultCount, FaultKind } from './faults.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** A request's answer as it left the clearing house. */
export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One end of the network. */
export class Line {
  readonly name: string;
  readonly random: Random;
  /** Until then nothing gets out or in. */
  cutUntilMs = 0;
  sent = 0;
  lastDelivered = 0;

  constructor(name: string, random: Random) {
    this.name = name;
    this.random = random;
  }
}

/** No answer came; the sender learns no more than that. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface NetworkWorld {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly faults: FaultCount;
  /** Undefined when nobody listens. */
  readonly deliver: (request: HttpRequest) => Promise<Answer | undefined>;
  /** Whether anybody listens. */
  readonly isUp: () => boolean;
  /** A planted mistake: an answer made without asking the clearing house. */
  readonly answerFalsely: (request: HttpRequest) => Answer | undefined;
}

/** Of a hundred messages. */
const MISHAPS = {
  none: 74,
  'request-lost': 3,
  'answer-lost': 4,
  'message-doubled': 4,
  'message-delayed': 3,
  'answer-429': 1,
  'answer-500': 2,
  'answer-503': 2,
  'captive-portal': 2,
  'half-request': 3,
  'half-answer': 2,
} as const satisfies Partial<Record<FaultKind | 'none', number>>;
type Mishap = keyof typeof MISHAPS;

const LATENCY_MS = 80;
const LONGEST_DELAY_MS = 90_000;

export class Network {
  readonly #world: NetworkWorld;
  /** Nothing goes wrong. */
  isCalm = false;

  constructor(world: NetworkWorld) {
    this.#world = world;
  }

  /** One exchange, as a sender sees it: an answer, or a rejection at the latest when its time is over. */
  exchange(line: Line, request: HttpRequest): Promise<HttpAnswer> {
    const { timeline, trace } = this.#world;
    // a shop opens before the world begins to move
    if (routeOf(request) === 'post-terminals') return this.#askDirectly(request);
    return new Promise((resolve, reject) => {
      const timeout = timeline.after(request.timeoutMs, () => reject(new NoAnswer()));
      const drawn = this.isCalm ? 'none' : line.random.weighted(MISHAPS);
      new Exchange(this.#world, line, request, {
        // there is nothing to cut in a request without a body
        mishap: drawn === 'half-request' && request.body === null ? 'none' : drawn,
        answered: (answer) => {
          timeout();
          resolve(httpAnswer(answer));
        },
        failed: (why) => {
          trace.event(routeOf(request), line.name, why);
          timeout();
          reject(new NoAnswer());
        },
      }).begin();
    });
  }

  /** Whether a connection is answered; nothing is asked. */
  canConnect(line: Line): Promise<boolean> {
    const { timeline, isUp } = this.#world;
    return new Promise((resolve) => {
      timeline.after(line.random.waitMs(LATENCY_MS), () =>
        resolve(isUp() && timeline.nowMs >= line.cutUntilMs),
      );
    });
  }

  async #askDirectly(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#world.deliver(request);
    if (answer === undefined) throw new NoAnswer();
    return httpAnswer(answer);
  }
}

interface Ends {
  readonly mishap: Mishap;
  readonly answered: (answer: Answer) => void;
  readonly failed: (why: string) => void;
}

class Exchange {
  readonly #world: NetworkWorld;
  readonly #line: Line;
  readonly #request: HttpRequest;
  readonly #ends: Ends;
  readonly #number: number;

  constructor(world: NetworkWorld, line: Line, request: HttpRequest, ends: Ends) {
    this.#world = world;
    this.#line = line;
    this.#request = request;
    this.#ends = ends;
    this.#number = ++line.sent;
  }

  begin(): void {
    const { faults, trace, timeline } = this.#world;
    const { mishap } = this.#ends;
    const line = this.#line;
    const request = this.#request;
    const latencyMs = line.random.waitMs(LATENCY_MS);
    if (mishap !== 'none') faults.happened(mishap);
    switch (mishap) {
      case 'request-lost':
        trace.event(routeOf(request), line.name, mishap); // its sender waits in vain
        break;
      case 'none':
      case 'answer-lost':
      case 'half-answer':
        this.#arriveIn(latencyMs, request);
        break;
      case 'message-doubled':
        this.#arriveIn(latencyMs, request);
        this.#arriveIn(latencyMs + line.random.waitMs(3000), request);
        break;
      case 'message-delayed':
        // longer than its sender waits: by then another may have gone out
        this.#arriveIn(request.timeoutMs + line.random.integer(1, LONGEST_DELAY_MS), request);
        break;
      case 'half-request': {
        const body = request.body?.slice(0, Math.floor(line.random.next() * request.body.length)) ?? null;
        this.#arriveIn(latencyMs, { ...request, body });
        break;
      }
      case 'answer-429':
      case 'answer-503':
      case 'answer-500':
      case 'captive-portal':
        // something on the way answers by itself, and the clearing house hears nothing
        timeline.after(latencyMs, () => {
          trace.event(routeOf(request), line.name, mishap);
          this.#ends.answered(answerOf(mishap, line.random));
        });
        break;
    }
  }

  #arriveIn(delayMs: number, request: HttpRequest): void {
    this.#world.timeline.after(delayMs, () => this.#arrive(request));
  }

  async #arrive(request: HttpRequest): Promise<void> {
    const { timeline, trace, faults } = this.#world;
    const line = this.#line;
    const { mishap, answered, failed } = this.#ends;
    if (timeline.nowMs < line.cutUntilMs) return failed('cut-off');
    const falseAnswer = this.#world.answerFalsely(request);
    const answer = falseAnswer ?? (await this.#world.deliver(request));
    if (answer === undefined) return failed('refused');
    if (line.lastDelivered > this.#number) faults.happened('message-overtaken');
    line.lastDelivered = Math.max(line.lastDelivered, this.#number);
    trace.event(
      routeOf(request),
      line.name,
      mishap === 'none' ? `${answer.status}` : `${answer.status} ${mishap}`,
    );
    if (mishap === 'answer-lost' || timeline.nowMs < line.cutUntilMs) return;
    const cut =
      mishap === 'half-answer'
        ? { ...answer, body: answer.body.slice(0, Math.floor(line.random.next() * answer.body.length)) }
        : answer;
    timeline.after(line.random.waitMs(LATENCY_MS), () => answered(cut));
  }
}

function routeOf(request: HttpRequest): string {
  const { pathname } = new URL(request.url);
  const last = pathname.split('/').at(-1) ?? '';
  return `${request.method.toLowerCase()}-${last}`;
}

function answerOf(
  mishap: 'answer-429' | 'answer-503' | 'answer-500' | 'captive-portal',
  random: Random,
): Answer {
  const waitS = random.integer(1, 20);
  const problem = (status: number, code: string, detail?: Record<string, number>): Answer => ({
    status,
    headers: { 'content-type': 'application/problem+json', 'retry-after': String(waitS) },
    body: utf8(JSON.stringify({ type: 'about:blank', title: code, status, code, detail })),
  });
  switch (mishap) {
    case 'answer-429':
      return problem(429, 'too-many-requests', { waitS });
    case 'answer-503':
      return problem(503, 'unavailable');
    case 'answer-500':
      return { status: 500, headers: { 'content-type': 'text/plain' }, body: utf8('upstream connect error') };
    case 'captive-portal':
      return {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: utf8('<h1>Welcome. Room number?</h1>'),
      };
  }
}

function httpAnswer(answer: Answer): HttpAnswer {
  return { status: answer.status, header: (name) => answer.headers[name] ?? null, body: answer.body };
}

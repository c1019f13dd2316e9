/** What the clearing house counts of itself (docs/operations.md says what to watch). No label names a person, a shop or a payment. */
import { OUTCOME_STATES, type Outcome, REJECT_REASONS } from '../../shared/protocol/acknowledgement.ts';
import { type Counter, type Histogram, MetricsRegistry } from './registry.ts';

/** What one batch brought that was new. */
export interface TakenBatch {
  readonly entries: number;
  readonly outcomes: readonly Pick<Outcome, 'state' | 'reason'>[];
}

const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BATCH_ENTRIES = [1, 5, 20, 50, 100, 200, 500, 1000, 2000];
const NO_REASON = 'none';

export class ClearingMetrics {
  readonly registry = new MetricsRegistry();
  /** Paths as they are declared, such as /v1/terminals/:terminalId/journal; each route adds its own. */
  readonly #routes: string[] = [];
  readonly #requests: Counter<{ route: string[]; method: string[]; status: readonly string[] }>;
  readonly #seconds: Histogram<{ route: string[] }>;
  readonly #batches: Histogram<Record<never, never>>;
  readonly #entries: Counter<Record<never, never>>;
  readonly #outcomes: Counter<{ state: readonly string[]; reason: readonly string[] }>;

  constructor() {
    const { registry } = this;
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    this.#requests = registry.counter('fieldtill_http_requests_total', 'Requests that were answered.', {
      route: this.#routes,
      method: methods,
      status: STATUS_CLASSES,
    });
    this.#seconds = registry.histogram(
      'fieldtill_http_request_seconds',
      'From the first byte of a request to the last of its answer, event streams left out.',
      SECONDS,
      { route: this.#routes },
    );
    this.#batches = registry.histogram(
      'fieldtill_ingest_batch_entries',
      'New journal entries of a batch, 0 of one that was sent again.',
      BATCH_ENTRIES,
      {},
    );
    this.#entries = registry.counter('fieldtill_ingest_entries_total', 'Journal entries taken in.', {});
    this.#outcomes = registry.counter(
      'fieldtill_ingest_outcomes_total',
      'What was decided of payments and refunds.',
      {
        state: OUTCOME_STATES,
        reason: [NO_REASON, ...REJECT_REASONS],
      },
    );
  }

  knowRoute(path: string): void {
    if (!this.#routes.includes(path)) this.#routes.push(path);
  }

  /** @param seconds null of an event stream: how long it was listened to says nothing */
  answered(request: {
    readonly route: string;
    readonly method: string;
    readonly status: number;
    readonly seconds: number | null;
  }): void {
    const { route, method, status, seconds } = request;
    this.#requests.add({ route, method, status: `${Math.floor(status / 100)}xx` });
    if (seconds !== null) this.#seconds.observe({ route }, seconds);
  }

  batch({ entries, outcomes }: TakenBatch): void {
    this.#batches.observe({}, entries);
    this.#entries.add({}, entries);
    for (const { state, reason } of outcomes) this.#outcomes.add({ state, reason: reason ?? NO_REASON });
  }
}

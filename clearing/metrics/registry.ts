/**
 * Counters, gauges and histograms in Prometheus' text format 0.0.4. A label's values are named when the metric is
 * made and anything else counts as `other`: so nobody can grow the list from outside, and no id, name or secret of
 * a request can ever become one.
 */

export type Labels = Readonly<Record<string, readonly string[]>>;
type ValuesOf<L extends Labels> = { readonly [K in keyof L]: string };

const OTHER = 'other';

export interface Counter<L extends Labels> {
  readonly add: (labels: ValuesOf<L>, count?: number) => void;
}

export interface Histogram<L extends Labels> {
  readonly observe: (labels: ValuesOf<L>, value: number) => void;
}

interface Sample {
  /** After the metric's name: `_bucket`, `_sum`, `_count` or nothing. */
  readonly suffix: string;
  readonly labels: string;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: () => readonly Sample[] | Promise<readonly Sample[]>;
}

function labelText(pairs: readonly (readonly [string, string])[]): string {
  const escaped = (value: string) =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return pairs.length === 0
    ? ''
    : `{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}

function boundedPairs<L extends Labels>(allowed: L, given: ValuesOf<L>): (readonly [string, string])[] {
  return Object.entries(allowed).map(([name, values]) => {
    const value = given[name] ?? OTHER;
    return [name, values.includes(value) ? value : OTHER] as const;
  });
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return Number.isNaN(value) ? 'NaN' : String(value);
}

export class MetricsRegistry {
  readonly #metrics: Metric[] = [];

  counter<const L extends Labels>(name: string, help: string, labels: L): Counter<L> {
    const counts = new Map<string, number>();
    this.#add({
      name,
      help,
      type: 'counter',
      samples: () => [...counts].map(([text, value]) => ({ suffix: '', labels: text, value })),
    });
    return {
      add: (given, count = 1) => {
        const text = labelText(boundedPairs(labels, given));
        counts.set(text, (counts.get(text) ?? 0) + count);
      },
    };
  }

  /** @param buckets upper bounds, rising; +Inf is added */
  histogram<const L extends Labels>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels: L,
  ): Histogram<L> {
    const bounds = [...buckets, Number.POSITIVE_INFINITY];
    const kept = new Map<string, { pairs: (readonly [string, string])[]; counts: number[]; sum: number }>();
    this.#add({
      name,
      help,
      type: 'histogram',
      samples: () =>
        [...kept.values()].flatMap(({ pairs, counts, sum }) => {
          let below = 0;
          const rows = bounds.map((bound, i): Sample => {
            below += counts[i] ?? 0;
            const text = labelText([...pairs, ['le', numberText(bound)]]);
            return { suffix: '_bucket', labels: text, value: below };
          });
          const labelsText = labelText(pairs);
          return [
            ...rows,
            { suffix: '_sum', labels: labelsText, value: sum },
            { suffix: '_count', labels: labelsText, value: below },
          ];
        }),
    });
    return {
      observe: (given, value) => {
        const pairs = boundedPairs(labels, given);
        const key = labelText(pairs);
        const one = kept.get(key) ?? { pairs, counts: bounds.map(() => 0), sum: 0 };
        const at = bounds.findIndex((bound) => value <= bound);
        one.counts[at] = (one.counts[at] ?? 0) + 1;
        one.sum += value;
        kept.set(key, one);
      },
    };
  }

  /** @param read asked at each scrape; one value a label value, or a single one under '' without labels */
  gauges(
    name: string,
    help: string,
    label: string | null,
    read: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>,
    type: 'gauge' | 'counter' = 'gauge',
  ): void {
    this.#add({
      name,
      help,
      type,
      samples: async () =>
        Object.entries(await read()).map(([value, number]) => ({
          suffix: '',
          labels: label === null ? '' : labelText([[label, value]]),
          value: number,
        })),
    });
  }

  /** All of it, for `GET /metrics`. A gauge that cannot be read is left out, and never fails the others. */
  async text(): Promise<string> {
    const blocks = await Promise.all(
      this.#metrics.map(async ({ name, help, type, samples }) => {
        const rows = await Promise.resolve()
          .then(samples)
          .catch(() => []);
        const lines = rows.map(
          ({ suffix, labels, value }) => `${name}${suffix}${labels} ${numberText(value)}`,
        );
        return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join('\n');
      }),
    );
    return `${blocks.join('\n')}\n`;
  }

  #add(metric: Metric): void {
    if (this.#metrics.some(({ name }) => name === metric.name))
      throw new Error(`two metrics named ${metric.name}`);
    this.#metrics.push(metric);
  }
}

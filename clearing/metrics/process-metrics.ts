/** What the process itself costs: time on the processor, memory, and how long its event loop keeps others waiting. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricsRegistry } from './registry.ts';

const NS_PER_S = 1e9;

/** @returns stops the measuring */
export function addProcessMetrics(registry: MetricsRegistry): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  registry.gauges(
    'nodejs_eventloop_delay_seconds',
    'Delay of the event loop since the last scrape.',
    'quantile',
    () => {
      const values = {
        '0.5': delay.percentile(50) / NS_PER_S,
        '0.99': delay.percentile(99) / NS_PER_S,
        '1': delay.max / NS_PER_S,
      };
      delay.reset();
      return values;
    },
  );
  registry.gauges(
    'process_cpu_seconds_total',
    'Time on the processor.',
    null,
    () => {
      const { user, system } = process.cpuUsage();
      return { '': (user + system) / 1e6 };
    },
    'counter',
  );
  registry.gauges('process_resident_memory_bytes', 'Memory in use.', null, () => ({
    '': process.memoryUsage.rss(),
  }));
  registry.gauges('nodejs_heap_used_bytes', 'Heap in use.', null, () => ({
    '': process.memoryUsage().heapUsed,
  }));
  registry.gauges('process_uptime_seconds', 'Since the process began.', null, () => ({
    '': process.uptime(),
  }));
  return () => delay.disable();
}

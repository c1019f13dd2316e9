/** `GET /metrics` on a port of its own, which no client of the house can reach: what it says is the operator's. */
import { createServer } from 'node:http';
import type { MetricsRegistry } from '../metrics/registry.ts';

export interface MetricsServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export async function serveMetrics(
  registry: MetricsRegistry,
  at: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer((request, answer) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      answer.writeHead(404).end();
      return;
    }
    if (request.method !== 'GET') {
      answer.writeHead(405, { allow: 'GET' }).end();
      return;
    }
    registry.text().then(
      (text) => {
        answer.writeHead(200, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
          'cache-control': 'no-store',
        });
        answer.end(text);
      },
      () => answer.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

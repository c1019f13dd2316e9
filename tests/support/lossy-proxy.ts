/**
 * A real HTTP proxy before the real clearing house that spoils exchanges as a list says: drops the request,
 * drops the answer after it took effect, answers like a captive portal, or refuses with a status.
 */
import { createServer, request, type ServerResponse } from 'node:http';

export type Trouble =
  | { readonly kind: 'none' }
  | { readonly kind: 'drop-request' }
  | { readonly kind: 'drop-answer' }
  | { readonly kind: 'portal' }
  | { readonly kind: 'half-answer' }
  /** Reached the server, which answered; the answer comes after this time, or never. */
  | { readonly kind: 'late-answer'; readonly afterMs: number | null }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterS?: number };

export interface LossyProxy {
  readonly origin: string;
  /** Troubles of the coming exchanges on this path ending, in order; then none. */
  readonly plan: (pathEnding: string, troubles: readonly Trouble[]) => void;
  /** Exchanges that went through to the server, by path ending. */
  readonly reached: (pathEnding: string) => number;
  readonly close: () => Promise<void>;
}

export async function lossyProxy(target: () => string): Promise<LossyProxy> {
  const plans = new Map<string, Trouble[]>();
  const counts = new Map<string, number>();
  const troubleOf = (path: string): Trouble => {
    const ending = [...plans.keys()].find((candidate) => path.endsWith(candidate));
    return (ending === undefined ? undefined : plans.get(ending)?.shift()) ?? { kind: 'none' };
  };
  const pass = (
    trouble: Trouble,
    body: Buffer,
    path: string,
    method: string,
    headers: object,
    out: ServerResponse,
  ) => {
    const onward = request(target() + path, { method, headers: { ...headers } }, (answer) => {
      counts.set(path, (counts.get(path) ?? 0) + 1);
      if (trouble.kind === 'drop-answer') {
        answer.resume();
        answer.once('end', () => out.destroy());
        return;
      }
      if (trouble.kind === 'late-answer') {
        if (trouble.afterMs === null) return;
        setTimeout(() => {
          if (out.destroyed) return;
          out.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(out);
        }, trouble.afterMs);
        return;
      }
      if (trouble.kind === 'half-answer') {
        out.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.once('data', (part: Buffer) => {
          out.write(part.subarray(0, Math.floor(part.length / 2)), () => out.destroy());
        });
        return;
      }
      out.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(out);
    });
    onward.once('error', () => out.destroy());
    out.once('close', () => onward.destroy());
    onward.end(body);
  };
  const server = createServer((incoming, out) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.once('end', () => {
      const path = incoming.url ?? '/';
      const trouble = troubleOf(path.split('?')[0] ?? path);
      if (trouble.kind === 'drop-request') {
        out.destroy();
        return;
      }
      if (trouble.kind === 'portal') {
        out.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
        return;
      }
      if (trouble.kind === 'status') {
        const wait = trouble.retryAfterS === undefined ? {} : { 'retry-after': String(trouble.retryAfterS) };
        out.writeHead(trouble.status, wait).end();
        return;
      }
      pass(trouble, Buffer.concat(parts), path, incoming.method ?? 'GET', incoming.headers, out);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    plan: (ending, troubles) => plans.set(ending, [...troubles]),
    reached: (ending) =>
      [...counts].reduce((sum, [path, count]) => (path.endsWith(ending) ? sum + count : sum), 0),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

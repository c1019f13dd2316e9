/**
 * Server-sent events over Fastify's raw reply. A stream holds no state of its own: woken, or at a
 * heartbeat, it asks its source what came after the last thing sent. A client that does not read is cut.
 */
import { once } from 'node:events';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface StreamEvent {
  readonly event: string;
  /** What `Last-Event-ID` will say. */
  readonly id?: string;
  /** One line. */
  readonly data: string;
}

export interface StreamSource {
  /** Whose stream it is: one owner has a few at most, the newest. */
  readonly owner: string;
  /** Null ends the stream: whoever listens may not any more. */
  readonly read: () => Promise<readonly StreamEvent[] | null>;
  /** @returns stops it */
  readonly subscribe: (wake: () => void) => () => void;
}

/** Proxies cut what is silent for a minute; it also bounds what a lost wake-up delays. */
const HEARTBEAT_MS = 15_000;
const DRAIN_TIMEOUT_MS = 30_000;
const RETRY_MS = 2000;
/** A wallet on a few devices, with a tab left open here and there. */
const STREAMS_PER_OWNER = 8;

declare module 'fastify' {
  interface FastifyInstance {
    /** Ends each open event stream, by owner, oldest first. */
    eventStreams: Map<string, Set<() => void>>;
  }
}

/** Streams of this instance end before it closes, so that a graceful stop does not wait for them. */
export function addEventStreams(app: FastifyInstance): void {
  const streams = new Map<string, Set<() => void>>();
  app.decorate('eventStreams', streams);
  app.addHook('preClose', (done) => {
    for (const end of [...streams.values()].flatMap((owned) => [...owned])) end();
    done();
  });
}

export function startEventStream(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  source: StreamSource,
): void {
  const { raw } = reply;
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    // when the stream ends the connection does too: a stop must not wait for it to be used again
    connection: 'close',
  });
  raw.write(`retry: ${RETRY_MS}\n\n`);

  let isBusy = false;
  let isWoken = false;
  const end = (): void => {
    raw.end();
  };

  const write = async (text: string): Promise<void> => {
    if (raw.write(text)) return;
    await once(raw, 'drain', { signal: AbortSignal.timeout(DRAIN_TIMEOUT_MS) });
  };

  const pump = async (): Promise<void> => {
    isWoken = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (isWoken && !raw.writableEnded && !raw.destroyed) {
        isWoken = false;
        const events = await source.read();
        if (events === null) return end();
        for (const { event, id, data } of events)
          await write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`);
        if (events.length > 0) isWoken = true;
      }
    } catch (error) {
      // the client comes back by itself and resumes where it was
      request.log.warn({ err: error }, 'event stream cut');
      raw.destroy();
    } finally {
      isBusy = false;
    }
  };

  const wake = (): void => void pump();
  const unsubscribe = source.subscribe(wake);
  const heartbeat = setInterval(() => {
    raw.write(':\n\n');
    wake();
  }, HEARTBEAT_MS);
  const owned = app.eventStreams.get(source.owner) ?? new Set();
  app.eventStreams.set(source.owner, owned.add(end));
  if (owned.size > STREAMS_PER_OWNER) [...owned][0]?.();
  raw.on('error', (error) => request.log.debug({ err: error }, 'event stream broken'));
  raw.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
    owned.delete(end);
    if (owned.size === 0 && app.eventStreams.get(source.owner) === owned)
      app.eventStreams.delete(source.owner);
  });
  wake();
}

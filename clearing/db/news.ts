/**
 * NOTIFY and LISTEN: how processes wake each other. It carries ids only and may lose a message when a
 * connection breaks; whoever waits reads the tables again after a reconnect and at every heartbeat.
 */
import { sql } from 'kysely';
import pg from 'pg';
import type { News } from '../notify/news.ts';
import type { Database } from './database.ts';

const CHANNEL = 'fieldtill_news';
/** A payload holds 8,000 bytes at most; an id is 16 characters and a comma. */
const IDS_PER_MESSAGE = 400;
const EVERYBODY = '*';
const RECONNECT_MS = [100, 500, 1000, 2000, 5000];

function messagesOf(news: News): string[] {
  const messages: string[] = [];
  const add = (kind: string, ids: readonly string[]) => {
    for (let i = 0; i < ids.length; i += IDS_PER_MESSAGE)
      messages.push(`${kind}:${ids.slice(i, i + IDS_PER_MESSAGE).join(',')}`);
  };
  add('customers', news.customers ?? []);
  add('terminals', news.terminals === 'all' ? [EVERYBODY] : (news.terminals ?? []));
  return messages;
}

function readMessage(payload: string): News | undefined {
  const [kind, list = ''] = payload.split(':');
  if (kind === 'customers') return { customers: list.split(',') };
  if (kind === 'terminals') return { terminals: list === EVERYBODY ? 'all' : list.split(',') };
  return undefined;
}

export async function sendNews(db: Database, news: News): Promise<void> {
  const messages = messagesOf(news);
  if (messages.length === 0) return;
  await sql`SELECT pg_notify(${CHANNEL}, message) FROM unnest(${messages}::text[]) message`.execute(db);
}

export interface NewsListener {
  readonly close: () => Promise<void>;
}

/**
 * Listens on a connection of its own, and again whenever it breaks.
 *
 * @param heard.onGap told when messages may have been missed
 */
export async function listenForNews(
  url: string,
  heard: {
    readonly onNews: (news: News) => void;
    readonly onGap: () => void;
    readonly onError: (error: Error) => void;
  },
): Promise<NewsListener> {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'fieldtill-news',
      keepAlive: true,
    });
    fresh.on('error', (error) => {
      heard.onError(error);
      fresh.removeAllListeners('end');
      reconnect(0);
    });
    fresh.on('end', () => reconnect(0));
    fresh.on('notification', ({ payload }) => {
      const news = readMessage(payload ?? '');
      if (news !== undefined) heard.onNews(news);
    });
    await fresh.connect();
    await fresh.query(`LISTEN ${CHANNEL}`);
    client = fresh;
  };

  const reconnect = (tries: number): void => {
    client = undefined;
    if (isClosed) return;
    timer = setTimeout(
      () => {
        connect().then(heard.onGap, (error: Error) => {
          heard.onError(error);
          reconnect(tries + 1);
        });
      },
      RECONNECT_MS[Math.min(tries, RECONNECT_MS.length - 1)],
    );
  };

  await connect();
  return {
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      client?.removeAllListeners('end');
      await client?.end();
    },
  };
}

/** Array parameters in binary: PostgreSQL reads what was meant, by its own types. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bigintArray, byteaArray, integerArray, textArray } from '../../clearing/db/binary-array.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const read = async (type: string, parameter: Buffer): Promise<unknown[]> =>
  (await client.query(`SELECT value FROM unnest($1::${type}[]) AS given (value)`, [parameter])).rows.map(
    ({ value }) => value,
  );

describe('a binary array', () => {
  it('of each type, with nulls and extremes → the same values', async () => {
    const bytes = [new Uint8Array(), Uint8Array.of(0, 255, 92), null];
    expect(await read('bytea', byteaArray(bytes))).toEqual([Buffer.of(), Buffer.of(0, 255, 92), null]);
    const large = [
      9_223_372_036_854_775_807n,
      -9_223_372_036_854_775_808n,
      0,
      null,
      7,
      -1,
      -5_000_000_000,
      2 ** 53 - 1,
    ];
    expect(await read('bigint', bigintArray(large))).toEqual(large.map((value) => value?.toString() ?? null));
    const small = [2_147_483_647, -2_147_483_648, 0, null];
    expect(await read('integer', integerArray(small))).toEqual(small);
    const texts = ['', 'a,b"c\\d{}', 'NULL', null, '北京 💶 \u202e'];
    expect(await read('text', textArray(texts))).toEqual(texts);
  });

  it('empty → no rows', async () => {
    expect(await read('bytea', byteaArray([]))).toEqual([]);
    expect(await read('bigint', bigintArray([]))).toEqual([]);
  });
});

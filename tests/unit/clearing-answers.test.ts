/** Answers are checked like questions: a handler that says more or other than the contract tells nobody. */
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { addErrorAnswers } from '../../clearing/http/errors.ts';
import { addJsonRoutes, type JsonHandlers } from '../../clearing/http/json-routes.ts';
import { ok } from '../../shared/result.ts';

async function ask(answer: unknown) {
  const app = Fastify();
  addErrorAnswers(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const handlers = new Proxy({}, { get: () => async () => ok(answer) }) as JsonHandlers;
  const nobody = async () => undefined;
  const guards = {
    session: nobody,
    staff: nobody,
    operator: nobody,
    merchant: nobody,
    guesses: () => nobody,
  };
  addJsonRoutes(app, handlers, guards, 1000);
  const response = await app.inject({ method: 'GET', url: '/v1/admin/ledger' });
  await app.close();
  return { status: response.statusCode, text: response.body };
}

describe('an answer', () => {
  it('as the contract says → 200', async () => {
    expect(await ask({ sums: [], accounts: [] })).toEqual({ status: 200, text: '{"sums":[],"accounts":[]}' });
  });

  it.each([
    ['a field too many', { sums: [], accounts: [], passwordHash: 'leaked' }],
    ['a field missing', { sums: [] }],
    ['money as a number', { sums: [{ currency: 'EUR', sumMinor: 0, entries: 0 }], accounts: [] }],
    ['nothing', undefined],
  ])('%s → 500 that tells nothing of it', async (_, answer) => {
    const { status, text } = await ask(answer);
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({
      type: 'urn:fieldtill:refusal:unavailable',
      title: 'unavailable',
      status: 500,
      code: 'unavailable',
    });
  });
});

/** A merchant's settlement as a file, for the operator: CSV or camt.053. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fromHex } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import type { House } from '../house.ts';
import { settlementCamt053 } from '../settlement/camt053.ts';
import { settlementCsv } from '../settlement/settlement-csv.ts';
import { type SettlementPaper, settlementPaper } from '../settlement/settlement-entries.ts';
import { RefusedRequest, sendProblem } from './problem.ts';

const FILES = [
  {
    stream: 'settlementCsv',
    summary: 'Settlement as CSV',
    type: 'text/csv; charset=utf-8',
    end: 'csv',
    write: settlementCsv,
  },
  {
    stream: 'settlementCamt053',
    summary: 'Settlement as camt.053',
    type: 'application/xml',
    end: 'xml',
    write: settlementCamt053,
  },
] as const satisfies readonly {
  readonly write: (paper: SettlementPaper) => string;
  readonly [field: string]: unknown;
}[];

export function addSettlementFiles(
  app: FastifyInstance,
  house: House,
  operator: (request: FastifyRequest) => Promise<void>,
): void {
  for (const { stream, summary, type, end, write } of FILES) {
    app.get(
      clearingStreams[stream].path,
      {
        exposeHeadRoute: false,
        onRequest: operator,
        schema: { operationId: stream, summary, tags: ['Administration'], security: [{ operator: [] }] },
      },
      async (request, reply) => {
        if (Object.keys(request.query as object).length > 0)
          throw new RefusedRequest({ code: 'bad-request', detail: { field: 'querystring' } });
        const { settlementId } = request.params as { settlementId: string };
        const id = /^[0-9a-f]{32}$/.test(settlementId) ? fromHex(settlementId) : undefined;
        const paper = id && (await settlementPaper(house.database, id));
        if (paper === undefined) return sendProblem(reply, { code: 'not-found' });
        return reply
          .type(type)
          .header('cache-control', 'no-store')
          .header('content-disposition', `attachment; filename="settlement-${settlementId}.${end}"`)
          .send(write(paper));
      },
    );
  }
}

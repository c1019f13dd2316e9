/** A merchant's settlement as files: they add up, they are what their formats say, and no text breaks out of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { OPERATOR_TOKEN, random, startTestClearing, type TestClearing } from '../support/clearing.ts';
import { TestCustomer } from '../support/clearing-customer.ts';
import { TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

const NAME = '=<&"\'Café 茶 ]]>';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let settlementId: string;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  const customer = await TestCustomer.register(clearing);
  const till = await TestTill.enrol(clearing, { displayName: NAME, currency: 'KWD' });
  const purse = await customer.purse(20_000n, 'KWD');
  const operator = true;
  await clearing.call('setFees', {
    operator,
    body: { currency: 'KWD', basisPoints: 100, fixedMinor: '1', minimumMinor: '0' },
  });
  await clearing.call('setSettlementTerms', {
    operator,
    path: `/v1/admin/merchants/${till.merchantId}/settlement-terms`,
    body: {
      cycle: 'manual',
      payoutAccount: 'KW81CBKU0000000000001234560101',
      payoutCurrency: 'KWD',
      reserveBasisPoints: 500,
      reserveDays: 9,
    },
  });
  till.sale(purse, purse.quick(1), 1234n);
  till.sale(purse, purse.quick(2), 2000n);
  till.refund(purse, purse.quick(1), 1, 34n);
  till.sale(purse, purse.quick(2), 2000n);
  await till.send();
  const body = {
    cycle: 'manual',
    day: null,
    runId: toHex(random(16)),
    merchantId: till.merchantId,
    isDryRun: false,
  };
  settlementId =
    (await clearing.call('runSettlement', { operator, body })).body.settlements[0]?.settlementId ?? '';
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

async function file(name: string, token = OPERATOR_TOKEN, id = settlementId) {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${clearing.origin}/v1/admin/settlements/${id}/${name}`, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** Elements of a document without comments, CDATA or empty tags, each closed by its own name. */
function parse(xml: string): Element {
  const root: Element = { name: '', children: [], text: '' };
  const open = [root];
  for (const [, close, name = '', text = ''] of xml
    .replace(/^<\?[^>]*\?>\s*/, '')
    .matchAll(/<(\/?)(\w+)[^<>]*>([^<]*)/g)) {
    const top = open.at(-1) ?? root;
    if (close === '/') {
      expect(top.name).toBe(name);
      open.pop();
    } else {
      const element = { name, children: [], text };
      top.children.push(element);
      open.push(element);
    }
  }
  expect(open).toHaveLength(1);
  return root.children[0] ?? root;
}

/** The published order of the elements of each type of camt.053.001.08, as far as they are used or could be. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  Document: ['BkToCstmrStmt'],
  BkToCstmrStmt: ['GrpHdr', 'Stmt', 'SplmtryData'],
  GrpHdr: ['MsgId', 'CreDtTm', 'MsgRcpt', 'MsgPgntn', 'OrgnlBizQry', 'AddtlInf'],
  Stmt: [
    'Id',
    'StmtPgntn',
    'ElctrncSeqNb',
    'RptgSeq',
    'LglSeqNb',
    'CreDtTm',
    'FrToDt',
    'CpyDplctInd',
    'RptgSrc',
    'Acct',
    'RltdAcct',
    'Intrst',
    'Bal',
    'TxsSummry',
    'Ntry',
    'AddtlStmtInf',
  ],
  Acct: ['Id', 'Tp', 'Ccy', 'Nm', 'Prxy', 'Ownr', 'Svcr'],
  Bal: ['Tp', 'CdtLine', 'Amt', 'CdtDbtInd', 'Dt', 'Avlbty'],
  Ntry: [
    'NtryRef',
    'Amt',
    'CdtDbtInd',
    'RvslInd',
    'Sts',
    'BookgDt',
    'ValDt',
    'AcctSvcrRef',
    'Avlbty',
    'BkTxCd',
    'ComssnWvrInd',
    'AddtlInfInd',
    'AmtDtls',
    'Chrgs',
    'TechInptChanl',
    'Intrst',
    'CardTx',
    'NtryDtls',
    'AddtlNtryInf',
  ],
};
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  GrpHdr: ['MsgId', 'CreDtTm'],
  Stmt: ['Id', 'Acct', 'Bal'],
  Bal: ['Tp', 'Amt', 'CdtDbtInd', 'Dt'],
  Ntry: ['Amt', 'CdtDbtInd', 'Sts', 'BkTxCd'],
};

function checkOrder(element: Element): void {
  const order = ORDER[element.name];
  const names = element.children.map(({ name }) => name);
  if (order !== undefined) {
    const places = names.map((name) => order.indexOf(name));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
  expect(names).toEqual(expect.arrayContaining([...(NEEDED[element.name] ?? [])]));
  for (const child of element.children) checkOrder(child);
}

const child = (element: Element | undefined, name: string) =>
  element?.children.find((one) => one.name === name);
const signedMinor = (element: Element): bigint => {
  const amount = child(element, 'Amt')?.text ?? '';
  expect(amount).toMatch(/^\d+\.\d{3}$/);
  const minor = BigInt(amount.replace('.', ''));
  return child(element, 'CdtDbtInd')?.text === 'DBIT' ? -minor : minor;
};

describe('6. files of a settlement', () => {
  it('camt.053 → elements in the order of the schema, opening and entries make the closing', async () => {
    const { status, type, text } = await file('camt053.xml');
    expect([status, type]).toEqual([200, 'application/xml']);
    expect(text).toContain('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">');
    const document = parse(text);
    checkOrder(document);
    const statement = child(child(document, 'BkToCstmrStmt'), 'Stmt');
    const balances = (statement?.children ?? []).filter(({ name }) => name === 'Bal');
    expect(balances.map((one) => child(child(child(one, 'Tp'), 'CdOrPrtry'), 'Cd')?.text)).toEqual([
      'OPBD',
      'CLBD',
    ]);
    const entries = (statement?.children ?? []).filter(({ name }) => name === 'Ntry');
    // 12 + 1 and 20 + 1 of fees; a twentieth of 3,200 held back
    expect(entries.map(signedMinor)).toEqual([1234n, 2000n, -34n, -34n, -160n, -3006n]);
    const [opening = 0n, closing] = balances.map(signedMinor);
    expect(entries.map(signedMinor).reduce((sum, minor) => sum + minor, opening)).toBe(closing);
    expect(text).toContain('<Nm>=&lt;&amp;&quot;&apos;Café 茶 ]]&gt;</Nm>');
    for (const { text: reference } of entries.map((one) => child(one, 'NtryRef') ?? one))
      expect(reference).toMatch(/^[0-9a-f]{32}$/);
  });

  it('CSV → a row for each entry, a name that begins like a formula marked as text', async () => {
    const { status, type, text } = await file('entries.csv');
    expect([status, type]).toEqual([200, 'text/csv; charset=utf-8']);
    const rows = text.split('\r\n');
    expect(rows.at(-1)).toBe('');
    expect(rows.slice(1, -1).map((row) => row.split(',').slice(3, 6))).toEqual([
      ['credit', '1.234', 'KWD'],
      ['credit', '2.000', 'KWD'],
      ['debit', '0.034', 'KWD'],
      ['debit', '0.034', 'KWD'],
      ['debit', '0.160', 'KWD'],
      ['debit', '3.006', 'KWD'],
    ]);
    expect(rows[1]?.endsWith(`,"'=<&""'Café 茶 ]]>"`)).toBe(true);
  });

  it('no operator, no such settlement → 401, 404', async () => {
    expect((await file('entries.csv', 'x'.repeat(30))).status).toBe(401);
    expect((await file('camt053.xml', OPERATOR_TOKEN, '00'.repeat(16))).status).toBe(404);
    expect((await file('camt053.xml', OPERATOR_TOKEN, 'x')).status).toBe(404);
  });
});

/**
 * A settlement as a bank's statement to its customer: ISO 20022 camt.053.001.08. Elements stand in the order of the
 * schema; every text is escaped, and what XML cannot hold is left out. Opening, entries and closing add up.
 */
import { toHex } from '../../shared/bytes.ts';
import { money, toDecimal } from '../../shared/money.ts';
import type { SettlementEntry, SettlementPaper } from './settlement-entries.ts';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function text(value: string, maxLength: number): string {
  // XML 1.0 §2.2: controls, halves of pairs and two non-characters cannot be written at all
  const possible = value.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');
  return [...possible]
    .slice(0, maxLength)
    .join('')
    .replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');
}

const tag = (name: string, ...inner: readonly string[]): string => `<${name}>${inner.join('')}</${name}>`;
const time = (atMs: number): string => new Date(atMs).toISOString();

export function settlementCamt053(paper: SettlementPaper): string {
  const { row, currency, merchantName } = paper;
  const id = toHex(row.settlementId);
  const signed = (amountMinor: bigint): readonly string[] => [
    `<Amt Ccy="${currency}">${toDecimal(money(amountMinor < 0n ? -amountMinor : amountMinor, currency))}</Amt>`,
    tag('CdtDbtInd', amountMinor < 0n ? 'DBIT' : 'CRDT'),
  ];
  const balance = (code: string, amountMinor: bigint): string =>
    tag(
      'Bal',
      tag('Tp', tag('CdOrPrtry', tag('Cd', code))),
      ...signed(amountMinor),
      tag('Dt', tag('DtTm', time(row.madeAtMs))),
    );
  const entry = ({ kind, reference, amountMinor, atMs, place }: SettlementEntry): string =>
    tag(
      'Ntry',
      tag('NtryRef', text(reference, 35)),
      ...signed(amountMinor),
      tag('Sts', tag('Cd', 'BOOK')),
      tag('BookgDt', tag('DtTm', time(row.madeAtMs))),
      tag('ValDt', tag('DtTm', time(atMs))),
      tag('BkTxCd', tag('Prtry', tag('Cd', kind))),
      ...(place === null
        ? []
        : [tag('AddtlNtryInf', text(`${place.terminalId} ${place.epoch}/${place.seq}`, 500))]),
    );
  const statement = tag(
    'Stmt',
    tag('Id', id),
    tag('ElctrncSeqNb', `${row.number}`),
    tag('CreDtTm', time(row.madeAtMs)),
    tag(
      'Acct',
      tag('Id', tag('Othr', tag('Id', toHex(row.merchantId)))),
      tag('Ccy', currency),
      tag('Ownr', tag('Nm', text(merchantName, 140))),
    ),
    balance('OPBD', row.openingMinor),
    balance('CLBD', row.closingMinor),
    ...paper.entries.map(entry),
  );
  const header = tag('GrpHdr', tag('MsgId', id), tag('CreDtTm', time(row.madeAtMs)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${NAMESPACE}">${tag('BkToCstmrStmt', header, statement)}</Document>\n`;
}

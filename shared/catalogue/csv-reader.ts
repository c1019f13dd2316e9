/**
 * Reads CSV (RFC 4180) strictly and piece by piece: rows come out as their line ends, whatever the pieces. What
 * breaks the rules is told with its line and field, and reading goes on at the next line; nothing is guessed.
 * Memory holds one row.
 */

export const CSV_PROBLEMS = [
  /** A quote inside of a field that does not begin with one. */
  'quote-inside',
  /** Something between a closing quote and the next field. */
  'text-after-quote',
  'quote-not-closed',
  'field-too-long',
  'too-many-fields',
  /** A carriage return without its line feed. */
  'lone-return',
] as const;
export type CsvProblem = (typeof CSV_PROBLEMS)[number];

export interface CsvRow {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface CsvFault {
  readonly line: number;
  /** From 1. */
  readonly field: number;
  readonly problem: CsvProblem;
}

export interface CsvListener {
  readonly onRow: (row: CsvRow) => void;
  readonly onFault: (fault: CsvFault) => void;
}

const MAX_FIELD_CHARACTERS = 4096;
const MAX_FIELDS = 50;
const BYTE_ORDER_MARK = '\ufeff';

export type Delimiter = ',' | ';';
type State = 'begin' | 'plain' | 'quoted' | 'closed' | 'return' | 'skip';

export class CsvReader {
  readonly #listener: CsvListener;
  #delimiter: Delimiter | undefined;
  #state: State = 'begin';
  #isFirst = true;
  #line = 1;
  #rowLine = 1;
  #fields: string[] = [];
  #field = '';
  /** Whether the line has anything at all. */
  #hasText = false;

  /** @param listener hears of rows and faults in the order of the file */
  constructor(listener: CsvListener) {
    this.#listener = listener;
  }

  /** The first comma or semicolon outside of quotes decides; undefined before there was one. */
  get delimiter(): Delimiter | undefined {
    return this.#delimiter;
  }

  push(text: string): void {
    let from = 0;
    if (this.#isFirst && text.length > 0) {
      if (text.startsWith(BYTE_ORDER_MARK)) from = 1;
      this.#isFirst = false;
    }
    for (let i = from; i < text.length; i++) this.#take(text[i] ?? '');
  }

  /** The file is over. A last line needs no line end. */
  end(): void {
    if (this.#state === 'quoted') this.#fault('quote-not-closed', this.#rowLine);
    else if (this.#state === 'return') this.#fault('lone-return');
    else if (this.#state !== 'skip' && this.#hasText) this.#endRow();
    this.#state = 'skip';
    this.#hasText = false;
  }

  #take(character: string): void {
    switch (this.#state) {
      case 'skip':
        if (character === '\n') this.#newLine();
        return;
      case 'quoted':
        if (character === '"') this.#state = 'closed';
        else this.#add(character);
        if (character === '\n') this.#line += 1;
        return;
      case 'closed':
        if (character === '"') {
          this.#state = 'quoted';
          this.#add(character);
        } else this.#separate(character, 'text-after-quote');
        return;
      case 'return':
        if (character === '\n') this.#endRow();
        else this.#fault('lone-return');
        return;
      case 'begin':
        this.#hasText = true;
        if (character === '"') this.#state = 'quoted';
        else {
          this.#state = 'plain';
          this.#separate(character, null);
        }
        return;
      case 'plain':
        this.#separate(character, null);
    }
  }

  /** Outside of quotes: a separator ends the field or the row, all else belongs to it unless `problem` forbids. */
  #separate(character: string, problem: CsvProblem | null): void {
    if (character === this.#delimiter || (this.#delimiter === undefined && /[,;]/.test(character))) {
      this.#delimiter ??= character as Delimiter;
      this.#endField();
      if (this.#state !== 'skip') this.#state = 'begin';
    } else if (character === '\n') this.#endRow();
    else if (character === '\r') this.#state = 'return';
    else if (problem !== null) this.#fault(problem);
    else if (character === '"') this.#fault('quote-inside');
    else this.#add(character);
  }

  #add(character: string): void {
    this.#field += character;
    if (this.#field.length > MAX_FIELD_CHARACTERS) this.#fault('field-too-long', this.#rowLine);
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    if (this.#fields.length >= MAX_FIELDS) this.#fault('too-many-fields');
  }

  #endRow(): void {
    this.#fields.push(this.#field);
    const row = { line: this.#rowLine, fields: this.#fields };
    this.#newLine();
    this.#listener.onRow(row);
  }

  #newLine(): void {
    this.#line += 1;
    this.#rowLine = this.#line;
    this.#fields = [];
    this.#field = '';
    this.#state = 'begin';
    this.#hasText = false;
  }

  /** Tells it and passes over the rest of the line. */
  #fault(problem: CsvProblem, line = this.#line): void {
    this.#state = 'skip';
    this.#listener.onFault({ line, field: this.#fields.length + 1, problem });
  }
}

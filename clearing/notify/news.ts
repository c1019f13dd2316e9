/** What one process tells all: whose streams have something to fetch. Never the thing itself. */
export interface News {
  /** Customer ids, hexadecimal. */
  readonly customers?: readonly string[];
  /** Terminal ids, hexadecimal; 'all' when everybody's trust changed. */
  readonly terminals?: readonly string[] | 'all';
}

/**
 * What an engine sees in a frame, and what follows from it. Two codes in view are never resolved here by
 * choosing one: a code that is seen and cannot be read counts as a second code too.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A code at a place in the frame; `text` is null when it is too damaged to be read. */
export interface Sighting {
  readonly text: string | null;
  /** Three or more points on it, in pixels of the frame as it came in. */
  readonly corners: readonly Point[];
}

/** What a frame holds. `several` has the texts, one or more, of those codes in view that could be read. */
export type Reading =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly text: string }
  | { readonly kind: 'several'; readonly texts: readonly string[] };

/** The reading that `sightings` amount to; the same text at two places is one code shown twice. */
export function readingOf(sightings: readonly Sighting[]): Reading {
  const read = sightings.filter((sighting) => sighting.text);
  const texts = [...new Set(read.flatMap((sighting) => sighting.text ?? []))];
  const [text] = texts;
  if (text === undefined) return { kind: 'none' };
  const unread = sightings.some(
    (sighting) => sighting.text === null && !read.some((other) => samePlace(sighting, other)),
  );
  return texts.length > 1 || unread ? { kind: 'several', texts } : { kind: 'one', text };
}

/** Whether the middle of one lies in the box around the other: one code seen by two passes, well or badly. */
function samePlace(a: Sighting, b: Sighting): boolean {
  return boxHolds(a.corners, middleOf(b.corners)) || boxHolds(b.corners, middleOf(a.corners));
}

function middleOf(corners: readonly Point[]): Point {
  const sum = corners.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }), {
    x: 0,
    y: 0,
  });
  return { x: sum.x / corners.length, y: sum.y / corners.length };
}

function boxHolds(corners: readonly Point[], point: Point): boolean {
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  return (
    point.x >= Math.min(...xs) &&
    point.x <= Math.max(...xs) &&
    point.y >= Math.min(...ys) &&
    point.y <= Math.max(...ys)
  );
}

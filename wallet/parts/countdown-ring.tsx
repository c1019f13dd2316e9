/** How much of a span of time is left, as a ring beside the words that say it. */

const RADIUS = 9;
const LENGTH = 2 * Math.PI * RADIUS;

/** @param left from 0 to 1 */
export function CountdownRing({ left }: { readonly left: number }) {
  const shown = Math.min(1, Math.max(0, left));
  return (
    <svg className="ring" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <circle className="ring-track" cx="12" cy="12" r={RADIUS} />
      <circle
        className="ring-left"
        cx="12"
        cy="12"
        r={RADIUS}
        strokeDasharray={LENGTH}
        strokeDashoffset={LENGTH * (1 - shown)}
        transform="rotate(-90 12 12)"
      />
    </svg>
  );
}

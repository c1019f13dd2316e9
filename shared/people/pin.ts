/**
 * Which PINs are too easy: what somebody at the counter tries first. Digits only, 4 to 8 of them; the till's
 * wait after five wrong tries makes every other PIN take years.
 */

/** Found on top of every published count of leaked PINs, beside those that the rules below name. */
const OFTEN_CHOSEN: ReadonlySet<string> = new Set([
  '1004',
  '1122',
  '1313',
  '1342',
  '2000',
  '2001',
  '2580',
  '6969',
  '112233',
  '121314',
  '147258',
  '159753',
  '520131',
  '5201314',
  '11223344',
]);

/** One digit over and over, a run up or down, a short piece repeated, or often chosen. */
export function isWeakPin(pin: string): boolean {
  if (OFTEN_CHOSEN.has(pin)) return true;
  const steps = Array.from({ length: pin.length - 1 }, (_, i) => Number(pin[i + 1]) - Number(pin[i]));
  // 7890 and 0987 run over the edge of the key row
  const runs = (step: number): boolean => steps.every((one) => (one - step) % 10 === 0);
  if (runs(0) || runs(1) || runs(-1)) return true;
  return [2, 3, 4].some(
    (length) => pin.length > length && pin === pin.slice(0, length).repeat(pin.length / length),
  );
}

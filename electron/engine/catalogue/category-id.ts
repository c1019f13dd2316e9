/** The id of a category by its first name: the same list gives the same ids at every till. */
import { toHex, utf8 } from '../../../shared/bytes.ts';
import { sha256 } from '../../../shared/hash.ts';

/** @param isTaken a category that was renamed keeps its id, so the name alone may not be free */
export function newCategoryId(name: string, isTaken: (id: string) => boolean): string {
  for (let n = 0; ; n++) {
    const id = toHex(sha256(utf8(n === 0 ? name : `${name}\n${n}`)).subarray(0, 8));
    if (!isTaken(id)) return id;
  }
}

/**
 * Merkle trees as RFC 9162 §2.1 builds them (RFC 6962's): SHA-256, a leaf is hashed behind a zero byte and a pair
 * behind a one byte, so that no pair can pass for a leaf. Says what is in a list; never in which order it was made.
 */
import { invariant } from '../assert.ts';
import { concatBytes, equalBytes } from '../bytes.ts';
import { sha256 } from '../hash.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

const leafHash = (leaf: Uint8Array): Uint8Array => sha256(concatBytes(LEAF, leaf));
const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concatBytes(NODE, left, right));

/** Of the RFC's tree over a list, from its leaves up: a level's last hash without a partner moves up as it is. */
function levelsOf(leaves: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const levels: (readonly Uint8Array[])[] = [leaves.map(leafHash)];
  for (let level = levels[0] ?? []; level.length > 1; ) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]];
      invariant(left !== undefined, 'a level with a hole');
      next.push(right === undefined ? left : nodeHash(left, right));
    }
    levels.push(next);
    level = next;
  }
  return levels;
}

/** 32 bytes; of no leaves the hash of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return levelsOf(leaves).at(-1)?.[0] ?? sha256(new Uint8Array(0));
}

/** The hashes that lead from leaf `index` to the root, from below. */
export function merklePath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  invariant(index >= 0 && index < leaves.length, 'a leaf beyond the tree');
  const path: Uint8Array[] = [];
  let at = index;
  for (const level of levelsOf(leaves)) {
    const sibling = level[at ^ 1];
    if (level.length > 1 && sibling !== undefined) path.push(sibling);
    at >>= 1;
  }
  return path;
}

/** Whether the leaf is at `index` of the tree of `count` leaves that has this root (RFC 9162 §2.1.3.2). */
export function isInTree(
  leaf: Uint8Array,
  index: number,
  path: readonly Uint8Array[],
  count: number,
  root: Uint8Array,
): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) return false;
  let at = index;
  let last = count - 1;
  let hash = leafHash(leaf);
  const rest = path.values();
  while (last > 0) {
    // an even last one has no partner on its level
    if (at % 2 === 1 || at !== last) {
      const { value: sibling } = rest.next();
      if (sibling === undefined) return false;
      hash = at % 2 === 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return rest.next().done === true && equalBytes(hash, root);
}

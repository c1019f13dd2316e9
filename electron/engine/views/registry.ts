/** Every view, in the order in which they are applied to an entry. */
import type { View } from './view.ts';

export const VIEWS: readonly View[] = [];

/** Kinds of pictures that stand on a receipt to rebuild a dead terminal: reserved, so that no other may take them. */
export const PAPER_COPY_KIND = 7;
export const PAPER_PART_KIND = 8;

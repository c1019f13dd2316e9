/** The kind of a badge's digits: reserved among the kinds of pictures (protocol §3), so that none may take it. */
export const BADGE_KIND = 64;

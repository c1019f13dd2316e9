/** The kind of a Z report's head in a picture: reserved among the kinds of pictures, so that none may take it. */
export const Z_HEAD_KIND = 6;

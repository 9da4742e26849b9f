// Who made a change, as it is written down: the name of an admin, or that of an API key with a mark before it, which no
// admin's name has. '' = whoever was on the command line.

export const keyMark = 'key: ';

/** The box made it by itself. */
export const authorBox = 'box: itself';

/** @param id of the key, of which the beginning stands for a name */
export function authorOfKey(name: string, id: string): string {
  return `${keyMark}${name || id.slice(0, 8)}`;
}

/** What the key is called; undefined = it was no key. */
export function keyOfAuthor(author: string): string | undefined {
  return author.startsWith(keyMark) ? author.slice(keyMark.length) : undefined;
}

// Which text the box goes by: partyline.txt when all of it is right, else the last one that was. What counts as a whole,
// so that nobody has to find out which half of a file is in force.
import { parseBoxFile, type BoxFile } from './box-file.js';

export interface AcceptedFile {
  readonly box: BoxFile;
  /**
   * all: everything the file says; kept: the last good text instead of it; parts: its good lines, where there never
   * was a good text; none: there is no file, and never was.
   */
  readonly used: 'all' | 'kept' | 'parts' | 'none';
  /** Why not all, one sentence each. */
  readonly problems: readonly string[];
  /** To be kept as the last good text; absent: leave what is kept. */
  readonly keep?: string;
}

/**
 * @param text of partyline.txt; undefined = there is none, or it cannot be read
 * @param kept the last good text; undefined = there never was one
 */
export function acceptFile(text: string | undefined, kept: string | undefined): AcceptedFile {
  const last = kept === undefined ? undefined : parseBoxFile(kept);
  if (text === undefined) {
    const problems = ['There is no partyline.txt.'];
    return last ? { box: last, used: 'kept', problems } : { box: parseBoxFile(''), used: 'none', problems };
  }
  const box = parseBoxFile(text);
  if (box.problems.length === 0) return { box, used: 'all', problems: [], keep: text };
  return last
    ? { box: last, used: 'kept', problems: box.problems }
    : { box, used: 'parts', problems: box.problems };
}

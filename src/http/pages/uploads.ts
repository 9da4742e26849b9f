// Files that are uploaded: each is written to a private file of its own, bounded, and gone when nobody takes it.
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { PartylineError } from '../../errors.js';
import { mayTakeLong } from '../arrival.js';
import { PageRouter } from './page-router.js';
import { temporaryFolder } from './temporary.js';
import type { Visit } from './visit.js';

export interface Upload {
  readonly fields: ReadonlyMap<string, string>;
  /** Paths by the name of the field; an empty one was not chosen. */
  readonly files: ReadonlyMap<string, string>;
  /** What the sender says of the file of that field: to be shown, not to be believed. */
  readonly given: ReadonlyMap<string, { readonly name: string; readonly type: string }>;
}

/** Told of every file once its form is known to be ours: of 0 bytes before the first, and how far it is. */
export type UploadWatch = (bytes: number, fileName: string) => void;

/** Characters of a field, and how many there are. */
const fieldSize = 4096;
const mostFields = 10;

/**
 * Takes what was posted and gives it to `work`; the files are removed afterwards.
 * @param folder where they are kept meanwhile
 * @param fileSize most bytes of a file
 * @param watch may throw, which ends the upload
 * @returns undefined when the form is not ours: its token has to come before the first file
 * @throws Error with statusCode 413 when a file is larger
 */
export async function withUpload<T>(
  visit: Visit,
  folder: string,
  fileSize: number,
  work: (upload: Upload) => Promise<T>,
  watch: UploadWatch = () => undefined,
): Promise<T | undefined> {
  const { request } = visit as { request: FastifyRequest };
  if (!request.isMultipart()) throw new PartylineError('VALIDATION', 'form');
  const kept = await temporaryFolder(folder);
  try {
    const fields = new Map<string, string>();
    const files = new Map<string, string>();
    const given = new Map<string, { name: string; type: string }>();
    const limits = { fileSize, fieldSize, fields: mostFields, files: 2, parts: mostFields + 2 };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') {
        fields.set(part.fieldname, typeof part.value === 'string' ? part.value : '');
        continue;
      }
      if (!PageRouter.isOurs(visit, fields.get('csrf'))) return undefined;
      // From here on somebody is known who is logged in.
      mayTakeLong(request.raw);
      watch(0, part.filename);
      const path = join(kept, String(files.size));
      await pipeline(
        part.file,
        counted((bytes) => watch(bytes, part.filename)),
        createWriteStream(path, { mode: 0o600, flags: 'wx' }),
      );
      if (part.file.truncated) throw Object.assign(new Error('The file is too large.'), { statusCode: 413 });
      if (!part.filename) continue;
      files.set(part.fieldname, path);
      given.set(part.fieldname, { name: part.filename, type: part.mimetype });
    }
    if (!PageRouter.isOurs(visit, fields.get('csrf'))) return undefined;
    return await work({ fields, files, given });
  } finally {
    await rm(kept, { recursive: true, force: true });
  }
}

function counted(watch: (bytes: number) => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        watch((bytes += chunk.length));
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

// The sounds that people gave the box: what they are called, and the sounds themselves. A sound is used by its id, wherever
// a document or an action names one.
import { isObject, patchDocument } from '../../conference/document.js';
import type { JsonSchema } from '../../conference/schema.js';
import type { MediaLibrary } from '../../calls/index.js';
import type { MediaDocument, StoredMedia } from '../../store/index.js';
import { checkOf, queryCheckOf } from './check.js';
import { gregorianSeconds, type Answer } from './envelope.js';
import { systemError, validationError } from './errors.js';
import { pageKeys, pageProperties, readPages, type PageQuery } from './paging.js';
import type { ApiCall, Operation, Resource } from './resource.js';
import { expectedBy, revisionOf } from './revision.js';

export interface MediaRoutesParts {
  readonly media: MediaLibrary;
}

const text = (description: string): JsonSchema => ({
  type: 'string',
  description,
  minLength: 1,
  maxLength: 128,
});

/** Kazoo's schema `media`, as far as it means something here; other keys are kept. */
const mediaSchema: JsonSchema = {
  title: 'Media',
  type: 'object',
  required: ['name'],
  properties: {
    name: text('What people call the sound'),
    description: text('What is heard'),
    language: { type: 'string', description: 'Kept, without effect', default: 'en-us', maxLength: 128 },
    media_source: { type: 'string', enum: ['upload'], default: 'upload' },
    streamable: { type: 'boolean', description: 'Kept, without effect', default: true },
  },
};

const listQuerySchema: JsonSchema = {
  type: 'object',
  properties: {
    ...pageProperties('Sounds'),
    ascending: { type: 'boolean', description: 'By name, from A to Z', default: true },
  },
};

interface ListQuery extends PageQuery {
  readonly ascending: boolean;
}

const checkDocument = checkOf<MediaDocument>(mediaSchema);
const checkListQuery = queryCheckOf<ListQuery>(listQuerySchema);

/** What a client sends back of what it got, and may not write. */
const notTheClients = /^(?:id|content_type|content_length|_.*|pvt_.*)$/;

export function mediaRoutes({ media }: MediaRoutesParts): Resource[] {
  const { stored } = media;
  const upload: Operation = {
    summary: 'Give the sound: WAV or MP3',
    takesSound: true,
    handle: (call) => receive(media, call),
  };
  return [
    {
      path: '/accounts/:account/media',
      operations: {
        GET: {
          summary: 'List the sounds',
          query: listQuerySchema,
          handle: (call) => list(media, checkListQuery(call.query)),
        },
        PUT: {
          summary: 'Name a sound; the sound itself follows',
          data: mediaSchema,
          status: 201,
          handle: async (call) => {
            const made = await stored.create(documentOf(call.data), { author: await call.author() });
            return { ...answerOf(made), headers: { location: made.id } };
          },
        },
      },
    },
    {
      path: '/accounts/:account/media/:media',
      operations: {
        GET: {
          summary: 'Read what is known of a sound',
          handle: async (call) => answerOf(await find(media, call)),
        },
        POST: {
          summary: 'Put another document in the place of this one; the sound stays',
          data: mediaSchema,
          handle: (call) => change(media, call, () => documentOf(call.data)),
        },
        PATCH: {
          summary: 'Change parts of the document; null removes a key',
          data: { ...mediaSchema, title: 'MediaPatch', required: [] },
          handle: (call) => change(media, call, (document) => documentOf(patched(document, call.data))),
        },
        DELETE: {
          summary: 'Delete a sound that no conference names',
          handle: async (call) => {
            const { data } = answerOf(await media.remove(idOf(call), { author: await call.author() }));
            return { data: { ...data, _read_only: { deleted: true } } };
          },
        },
      },
    },
    {
      path: '/accounts/:account/media/:media/raw',
      operations: {
        GET: {
          summary: 'Hear the sound, as a WAV file',
          handle: (call) => hear(media, call),
        },
        PUT: upload,
        POST: upload,
      },
    },
  ];
}

function idOf({ params }: ApiCall): string {
  return params.media ?? '';
}

async function find({ stored }: MediaLibrary, call: ApiCall): Promise<StoredMedia> {
  const found = await stored.get(idOf(call));
  if (!found) throw systemError('bad_identifier', { cause: idOf(call) });
  return found;
}

async function change(
  { stored }: MediaLibrary,
  call: ApiCall,
  to: (document: MediaDocument) => MediaDocument,
): Promise<Answer> {
  const options = { ...expectedBy(call.ifMatch, idOf(call)), author: await call.author() };
  return answerOf(await stored.update(idOf(call), to, options));
}

async function receive(media: MediaLibrary, { sound, ...call }: ApiCall): Promise<Answer> {
  if (!sound) throw systemError('unsupported_media_type');
  const options = { author: await call.author() };
  return answerOf(await media.upload(idOf(call), sound.contentType.slice(0, 128), sound.body, options));
}

async function hear(media: MediaLibrary, call: ApiCall): Promise<Answer> {
  const { id } = await find(media, call);
  const wav = await media.wav(id);
  if (!wav) throw systemError('not_found', { cause: 'the sound was not given yet' });
  return {
    bare: true,
    data: wav.body,
    headers: {
      'content-type': 'audio/x-wav',
      'content-length': String(wav.bytes),
      'content-disposition': `attachment; filename="${id}.wav"`,
    },
  };
}

async function list({ stored }: MediaLibrary, query: ListQuery): Promise<Answer> {
  const { items, next } = await readPages(query, async (place) => {
    const page = await stored.list({ ...place, descending: !query.ascending });
    return { items: page.media, next: page.next };
  });
  return {
    data: items.map((one) => ({ is_prompt: false, ...viewOf(one) })),
    page: pageKeys(items.length, query, next),
  };
}

/** @throws KazooError validation error */
function documentOf(data: unknown): MediaDocument {
  return checkDocument(writable(data));
}

/** @throws KazooError validation error */
function patched(document: MediaDocument, data: unknown): Record<string, unknown> {
  try {
    return patchDocument(document, writable(data));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw validationError([{ field: 'data', rule: 'invalid', message: error.message }]);
  }
}

/** @throws KazooError validation error when it is no object */
function writable(data: unknown = {}): Record<string, unknown> {
  if (!isObject(data)) {
    const message = 'Value did not match type(s): object';
    throw validationError([{ field: 'data', rule: 'type', message, target: 'object' }]);
  }
  const entries = Object.entries(data);
  return Object.fromEntries(entries.filter(([key]) => !notTheClients.test(key)));
}

function answerOf(media: StoredMedia): Answer & { data: Record<string, unknown> } {
  return { data: viewOf(media), revision: revisionOf(media) };
}

/** What was written, and what is known of the sound: its type and length are those of the WAV file it is given out as. */
function viewOf({ id, document, sound, createdAt, updatedAt }: StoredMedia): Record<string, unknown> {
  return {
    id,
    ...document,
    ...(sound && { content_type: 'audio/x-wav', content_length: sound.bytes + wavIsLonger }),
    _read_only: {
      created: gregorianSeconds(createdAt),
      modified: gregorianSeconds(updatedAt),
      ...(sound && { duration_ms: sound.ms, uploaded_as: sound.contentType }),
    },
  };
}

/** A WAV file's header over that of the file that is kept, bytes. */
const wavIsLonger = 12;

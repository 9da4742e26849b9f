// What was recorded of conferences: the list, one recording as a document or as sound, and its end.
import { createReadStream } from 'node:fs';
import type { ConferenceRecordings } from '../../calls/index.js';
import type { Clock } from '../../conference/index.js';
import type { JsonSchema } from '../../conference/schema.js';
import type { RecordingRecord } from '../../store/index.js';
import { queryCheckOf } from './check.js';
import { gregorianSeconds, unixMs, type Answer } from './envelope.js';
import { systemError } from './errors.js';
import { pageKeys, pageProperties, readPages, type PageQuery } from './paging.js';
import type { ApiCall, Resource } from './resource.js';

export interface RecordingRoutesParts {
  readonly recordings: Pick<ConferenceRecordings, 'get' | 'list' | 'fileOf' | 'remove'>;
  readonly clock: Clock;
}

const listQuerySchema: JsonSchema = {
  type: 'object',
  properties: {
    ...pageProperties('Recordings', 64),
    ascending: { type: 'boolean', description: 'The oldest first', default: false },
    created_from: { type: 'integer', description: 'Begun at or after, Gregorian seconds', minimum: 0 },
    created_to: { type: 'integer', description: 'Begun before, Gregorian seconds', minimum: 0 },
    filter_conference_id: { type: 'string', description: 'Of this conference', maxLength: 64 },
  },
};

interface ListQuery extends PageQuery {
  readonly ascending: boolean;
  readonly created_from?: number;
  readonly created_to?: number;
  readonly filter_conference_id?: string;
}

const readQuerySchema: JsonSchema = {
  type: 'object',
  properties: {
    accept: { type: 'string', description: 'audio/x-wav, as the header Accept', maxLength: 256 },
    inline: { type: 'boolean', description: 'true = to be heard at once, not to be saved', default: false },
  },
};

const checkListQuery = queryCheckOf<ListQuery>(listQuerySchema);
const checkReadQuery = queryCheckOf<{ accept?: string; inline: boolean }>(readQuerySchema);

export function recordingRoutes(parts: RecordingRoutesParts): Resource[] {
  const { recordings, clock } = parts;
  return [
    {
      path: '/accounts/:account/recordings',
      operations: {
        GET: {
          summary: 'List the recordings, the newest first',
          query: listQuerySchema,
          handle: (call) => list(parts, checkListQuery(call.query)),
        },
      },
    },
    {
      path: '/accounts/:account/recordings/:recording',
      operations: {
        GET: {
          summary: 'Read a recording; with Accept: audio/x-wav, hear it',
          query: readQuerySchema,
          handle: async (call) => {
            const { accept, inline } = checkReadQuery(call.query);
            const recording = await find(parts, call);
            const sound = /\baudio\//i.test(accept ?? call.accept ?? '');
            return sound ? soundOf(parts, recording, inline) : { data: viewOf(recording, clock.now()) };
          },
        },
        DELETE: {
          summary: 'Delete a recording; one that goes on ends',
          handle: async (call) => {
            const { id } = await find(parts, call);
            const recording = await recordings.remove(id, await call.author());
            if (!recording) throw systemError('bad_identifier', { cause: id });
            return { data: { ...viewOf(recording, clock.now()), _read_only: { deleted: true } } };
          },
        },
      },
    },
  ];
}

async function find({ recordings }: RecordingRoutesParts, { params }: ApiCall): Promise<RecordingRecord> {
  const id = params.recording ?? '';
  const recording = await recordings.get(id);
  if (!recording) throw systemError('bad_identifier', { cause: id });
  return recording;
}

async function list({ recordings, clock }: RecordingRoutesParts, query: ListQuery): Promise<Answer> {
  const { ascending, created_from: from, created_to: to, filter_conference_id: conferenceId } = query;
  const { items, next } = await readPages(query, async (place) => {
    const page = await recordings.list({
      ...place,
      ascending,
      ...(from !== undefined && { from: unixMs(from) }),
      ...(to !== undefined && { to: unixMs(to) }),
      ...(conferenceId !== undefined && { conferenceId }),
    });
    return { items: page.recordings, next: page.next };
  });
  return {
    data: items.map((recording) => viewOf(recording, clock.now())),
    page: pageKeys(items.length, query, next),
  };
}

/** One that goes on as far as it is written. */
async function soundOf(
  { recordings }: RecordingRoutesParts,
  recording: RecordingRecord,
  inline: boolean,
): Promise<Answer> {
  const file = await recordings.fileOf(recording);
  if (!file) throw systemError('not_found');
  return {
    bare: true,
    // Never more than was announced: a recording that goes on grows.
    data: createReadStream(file.path, { end: file.bytes - 1 }),
    headers: {
      'content-type': 'audio/x-wav',
      'content-length': String(file.bytes),
      'content-disposition': `${inline ? 'inline' : 'attachment'}; filename="${recording.file}"`,
    },
  };
}

/** Kazoo's keys as far as they mean something here, and after `source_type` those of ours. */
function viewOf(recording: RecordingRecord, now: number): Record<string, unknown> {
  const { id, conferenceId, conferenceName, startedBy, startedAt, state, bytes } = recording;
  const ms = state === 'recording' ? Math.max(0, now - startedAt) : recording.ms;
  return {
    id,
    name: conferenceName,
    start: gregorianSeconds(startedAt),
    duration: Math.floor(ms / 1000),
    duration_ms: ms,
    media_type: 'wav',
    media_source: 'recorded',
    origin: startedBy,
    source_type: 'conference',
    content_type: 'audio/x-wav',
    conference_id: conferenceId,
    state,
    bytes,
  };
}

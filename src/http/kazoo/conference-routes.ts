// The conferences of the box: their documents, and the lock of those that go on.
import type { ConferenceControl, ConferenceEditor, Dialler } from '../../calls/index.js';
import { isObject } from '../../conference/document.js';
import type { ConferenceDocument } from '../../conference/index.js';
import { conferenceSchema, type JsonSchema } from '../../conference/schema.js';
import { validateConference } from '../../conference/validation.js';
import type { Conferences, StoredConference, WriteOptions } from '../../store/index.js';
import { actionOf, argumentsOf } from './action.js';
import { checkOf, queryCheckOf } from './check.js';
import type { ConferenceDesk } from './conference-desk.js';
import { conferenceView, documentView, listView, withoutFocus } from './conference-view.js';
import type { Answer } from './envelope.js';
import { dial, dialSchema } from './dial-action.js';
import { systemError, validationError } from './errors.js';
import { filterOf, type Fits } from './list-filter.js';
import { pageKeys, pageProperties, readPages, type PageQuery } from './paging.js';
import { play, playSchema, type PlayParts } from './play-action.js';
import type { ApiCall, Resource } from './resource.js';
import { expectedBy, revisionOf } from './revision.js';

export interface ConferenceRoutesParts {
  readonly desk: ConferenceDesk;
  readonly stored: Pick<Conferences, 'list'>;
  readonly editor: ConferenceEditor;
  readonly control: ConferenceControl;
  readonly dialler: Pick<Dialler, 'dial'>;
  readonly sounds: PlayParts['sounds'];
}

const conferenceActions = ['lock', 'unlock', 'play', 'record', 'dial'] as const;

const listQuerySchema: JsonSchema = {
  type: 'object',
  properties: {
    ...pageProperties('Conferences'),
    ascending: { type: 'boolean', description: 'By name, from A to Z', default: true },
    descending: { type: 'boolean', description: 'By name, from Z to A', default: false },
  },
};

interface ListQuery extends PageQuery {
  readonly ascending: boolean;
  readonly descending: boolean;
}

const checkListQuery = queryCheckOf<ListQuery>(listQuerySchema);

const recordSchema: JsonSchema = {
  title: 'Record',
  description: 'Arguments of the action record',
  type: 'object',
  required: ['action'],
  properties: { action: { type: 'string', enum: ['start', 'stop'] } },
};

const actionSchema: JsonSchema = {
  type: 'object',
  required: ['action'],
  properties: {
    action: { type: 'string', enum: conferenceActions },
    data: { anyOf: [playSchema, recordSchema, dialSchema] },
  },
};

const checkRecord = checkOf<{ action: 'start' | 'stop' }>(recordSchema);

export function conferenceRoutes(parts: ConferenceRoutesParts): Resource[] {
  const { desk, editor, control, dialler, sounds } = parts;
  const changed = (stored: StoredConference): Answer => ({
    data: documentView(desk.seen(stored)),
    revision: revisionOf(stored),
  });
  return [
    {
      path: '/accounts/:account/conferences',
      operations: {
        GET: {
          summary: 'List the conferences',
          query: listQuerySchema,
          handle: (call) => list(parts, checkListQuery(call.query), filterOf(call.query)),
        },
        PUT: {
          summary: 'Create a conference',
          data: conferenceSchema,
          status: 201,
          handle: async (call) => {
            const document = wholeDocument(call.data ?? {});
            const stored = await editor.create(document, { author: await call.author() });
            return { ...changed(stored), headers: { location: stored.id } };
          },
        },
      },
    },
    {
      path: '/accounts/:account/conferences/:conference',
      operations: {
        GET: {
          summary: 'Read a conference and who is in',
          handle: async (call) => {
            const stored = await desk.stored(idOf(call));
            await control.lookWhoTalks(stored.id);
            return { data: conferenceView(desk.seen(stored)), revision: revisionOf(stored) };
          },
        },
        PUT: {
          summary: 'Lock, unlock or record a conference that goes on, play to it, or call people into it',
          data: actionSchema,
          status: 202,
          handle: async (call) => {
            const { id } = await desk.reachable(idOf(call));
            const action = actionOf(call, conferenceActions);
            if (action === 'dial') return dial(dialler, id, call);
            if (action === 'play') return play({ control, sounds }, id, 'all', call);
            if (action === 'record') return record(control, id, call);
            control.lock(id, action === 'lock');
            return { data: 'ok' };
          },
        },
        POST: {
          summary: 'Put another document in the place of this one',
          data: conferenceSchema,
          handle: async (call) => {
            // Kazoo takes no data for an empty document; what was forgotten must not cost what was written.
            if (call.data === undefined) {
              const message = 'Field is required but missing';
              throw validationError([{ field: 'data', rule: 'required', message }]);
            }
            const document = wholeDocument(call.data);
            return changed(await editor.replace(idOf(call), document, await writeOptions(call)));
          },
        },
        PATCH: {
          summary: 'Change parts of the document; null removes a key',
          data: { ...conferenceSchema, title: 'ConferencePatch' },
          handle: async (call) => {
            const patch = ownKeys(call.data ?? {});
            return changed(await editor.patch(idOf(call), patch, await writeOptions(call)));
          },
        },
        DELETE: {
          summary: 'Delete a conference; who is in stays in',
          handle: async (call) => {
            const stored = await editor.remove(idOf(call), await writeOptions(call));
            const view = documentView(desk.seen(stored));
            return { data: { ...view, _read_only: { deleted: true } }, revision: revisionOf(stored) };
          },
        },
      },
    },
  ];
}

export function idOf({ params }: ApiCall): string {
  return params.conference ?? '';
}

/** @throws as expectedBy */
async function writeOptions(call: ApiCall): Promise<WriteOptions> {
  return { ...expectedBy(call.ifMatch, idOf(call)), author: await call.author() };
}

async function record(control: ConferenceControl, id: string, call: ApiCall): Promise<Answer> {
  const start = checkRecord(argumentsOf(call)).action === 'start';
  // Nobody should believe that something is being recorded when nothing is.
  if (!(await control.record(id, start)) && start) throw systemError('not_found', { cause: id });
  return { data: start ? 'starting recording' : 'stopping recording' };
}

async function list({ desk, stored }: ConferenceRoutesParts, query: ListQuery, fits?: Fits): Promise<Answer> {
  const descending = query.descending || !query.ascending;
  // What is filtered is few, and comes at once.
  const asked = { ...query, paginate: query.paginate && !fits };
  const { items, next } = await readPages(asked, async (place) => {
    const { conferences, next } = await stored.list({ ...place, descending });
    return { items: conferences, next };
  });
  const conferences = fits ? items.filter(({ document }) => fits(document)) : items;
  return {
    data: conferences.map((one) => listView(desk.seen(one))),
    page: pageKeys(conferences.length, query, next),
  };
}

/** @throws KazooError validation error */
function wholeDocument(data: unknown): ConferenceDocument {
  const validated = validateConference(ownKeys(data));
  if (!validated.ok) throw validationError(validated.errors);
  return validated.document;
}

/**
 * What the client may write of what it sent back.
 * @throws KazooError validation error when it is no object
 */
function ownKeys(data: unknown): Record<string, unknown> {
  if (isObject(data)) return withoutFocus(data);
  const message = 'Value did not match type(s): object';
  throw validationError([{ field: 'data', rule: 'type', message, target: 'object' }]);
}

// The fields of the form for a conference: which there are, in which section, and how each is written. What may be in
// them is said by the schema alone (conference/schema.ts); keys that the schema gains appear under "further" by
// themselves.
import { conferenceSchema, type JsonSchema } from '../../conference/schema.js';

export type FieldKind =
  | 'text'
  /** The id of a sound of the box, which are offered, or what else names one. */
  | 'sound'
  /** A code; those that the box has prompts in are offered. */
  | 'language'
  /** Digits with blanks or commas between them. */
  | 'list'
  | 'number'
  /** Off when absent. */
  | 'flag'
  /** On, off, or as usual. */
  | 'choice'
  /** As usual, none, or a sound of its own. */
  | 'tone'
  | 'profile'
  | 'rate'
  | 'json';

export interface Field {
  /** Path in the document, with dots; also the name of the form's field. */
  readonly path: string;
  readonly kind: FieldKind;
}

export interface Section {
  readonly id: SectionId;
  readonly fields: readonly Field[];
}

const known = {
  basics: [
    ['name', 'text'],
    ['conference_numbers', 'list'],
    ['member.pins', 'list'],
    ['moderator.pins', 'list'],
    ['language', 'language'],
  ],
  members: [
    ['member.join_muted', 'flag'],
    ['member.join_deaf', 'flag'],
    ['member.numbers', 'list'],
    ['member.play_entry_prompt', 'choice'],
  ],
  moderators: [
    ['wait_for_moderator', 'flag'],
    ['require_moderator', 'flag'],
    ['moderator.join_muted', 'flag'],
    ['moderator.join_deaf', 'flag'],
    ['moderator.numbers', 'list'],
  ],
  announcements: [
    ['play_welcome', 'choice'],
    ['play_name', 'flag'],
    ['review_name', 'flag'],
    ['play_entry_tone', 'tone'],
    ['play_exit_tone', 'tone'],
    ['profile.announce-count', 'number'],
    ['profile.quiet-above', 'number'],
  ],
  recording: [
    ['record', 'flag'],
    ['record_announce', 'choice'],
  ],
  limits: [
    ['max_participants', 'number'],
    ['profile.max-members', 'number'],
    ['pin_timeout', 'number'],
    ['number_timeout', 'number'],
  ],
  keys: [
    ['caller_controls', 'text'],
    ['moderator_controls', 'text'],
    ['profile.caller-controls', 'text'],
    ['profile.moderator-controls', 'text'],
    ['controls', 'json'],
  ],
  sounds: [
    ['max_members_media', 'sound'],
    ['profile.alone-sound', 'sound'],
    ['profile.moh-sound', 'sound'],
    ['profile.enter-sound', 'sound'],
    ['profile.exit-sound', 'sound'],
    ['profile.muted-sound', 'sound'],
    ['profile.unmuted-sound', 'sound'],
    ['profile.locked-sound', 'sound'],
    ['profile.max-members-sound', 'sound'],
  ],
  audio: [
    ['profile_name', 'profile'],
    ['profile.energy-level', 'number'],
    ['profile.comfort-noise', 'number'],
    ['profile.interval', 'number'],
    ['profile.rate', 'rate'],
  ],
  systems: [
    ['owner_id', 'text'],
    ['domain', 'text'],
    ['bridge_username', 'text'],
    ['bridge_password', 'text'],
  ],
} as const satisfies Record<string, readonly (readonly [string, FieldKind])[]>;

type KnownSection = keyof typeof known;
export type SectionId = KnownSection | 'further';
/** A field whose texts are in the catalogues. */
export type FieldPath = (typeof known)[KnownSection][number][0];

/** Written by the box alone. */
const readOnly = new Set(['focus']);

const byPath: ReadonlyMap<string, Field> = new Map(
  Object.values(known)
    .flat()
    .map(([path, kind]) => [path, { path, kind }]),
);

/** In the order of the page; the first is open, the others unfold. */
export const sections: readonly Section[] = [
  ...(Object.keys(known) as KnownSection[]).map((id) => ({
    id,
    fields: known[id].map(([path, kind]) => ({ path, kind })),
  })),
  { id: 'further', fields: furtherFields(conferenceSchema, '') },
];

export const allFields: readonly Field[] = sections.flatMap(({ fields }) => fields);

/** Of the short form. */
export const shortFields: readonly Field[] = (
  [
    'name',
    'conference_numbers',
    'member.pins',
    'moderator.pins',
    'member.join_muted',
    'wait_for_moderator',
    'record',
  ] satisfies FieldPath[]
).map((path) => byPath.get(path)!);

/** The part of the schema that a path leads to. */
export function schemaAt(path: string): JsonSchema | undefined {
  return path
    .split('.')
    .reduce<JsonSchema | undefined>((schema, key) => schema?.properties?.[key], conferenceSchema);
}

function furtherFields(schema: JsonSchema, prefix: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const path = prefix + key;
    if (byPath.has(path) || readOnly.has(path)) return [];
    if (property.properties) return furtherFields(property, `${path}.`);
    const kind = kindOf(property);
    return kind ? [{ path, kind }] : [];
  });
}

function kindOf({ type, items }: JsonSchema): FieldKind | undefined {
  if (type === 'boolean') return 'choice';
  if (type === 'integer') return 'number';
  if (type === 'string') return 'text';
  if (type === 'array' && items?.type === 'string' && items.pattern === '^[0-9]+$') return 'list';
  return undefined;
}

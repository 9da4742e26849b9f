// The rules of the conference document as JSON Schema (draft 7, read alike by Ajv, Fastify and an OpenAPI 3.1 document).
// Keys, limits and defaults are those of Kazoo's schemas `conferences` and `conferences.profile`; unknown keys are
// allowed there and here. Where a limit is ours, a comment gives its reason.

/** The part of JSON Schema that is used here. */
export interface JsonSchema {
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/** Digits only: what a phone can dial and a keypad can enter. */
const digits = '^[0-9]+$';

/** More digits than any dial plan has; keeps look-ups and pages small. Ours. */
const maxNumberLength = 32;

/** A caller's entry ends at 16 digits, so that a longer PIN could never be entered. Ours. */
const maxPinLength = 16;

/** Entries per list. Ours: bounds what one request can make the box do. */
export const maxListLength = 1000;

/** ms; a caller who enters nothing must not hold a line longer than this. Ours. */
const maxTimeout = 600_000;

function text(description: string): JsonSchema {
  return { type: 'string', description };
}

function flag(description: string, fallback?: boolean): JsonSchema {
  return { type: 'boolean', description, ...(fallback !== undefined && { default: fallback }) };
}

function integer(description: string, limits: { minimum?: number; maximum?: number } = {}): JsonSchema {
  return { type: 'integer', description, ...limits };
}

function numbers(description: string): JsonSchema {
  return {
    type: 'array',
    description,
    items: { type: 'string', pattern: digits, maxLength: maxNumberLength },
    uniqueItems: true,
    maxItems: maxListLength,
    default: [],
  };
}

function pins(description: string): JsonSchema {
  return {
    type: 'array',
    description,
    items: { type: 'string', pattern: digits, maxLength: maxPinLength },
    maxItems: maxListLength,
    default: [],
  };
}

/** `profile` of a document, and the profiles of the settings. */
export const profileSchema: JsonSchema = {
  title: 'ConferenceProfile',
  description: 'Schema for conference profiles',
  type: 'object',
  properties: {
    'alone-sound': text('Audio that plays while you are alone in the conference'),
    'announce-count': integer('Play member count to conference when above this threshold'),
    'caller-controls': text('Name of the caller control group'),
    'comfort-noise': integer('The volume level of background white noise', { minimum: 0, maximum: 10_000 }),
    'energy-level': integer('Energy level required for audio to be sent to other users', {
      minimum: 0,
      maximum: 1800,
    }),
    'enter-sound': text('Audio to play when entering a conference'),
    'exit-sound': text('Audio to play when exiting a conference'),
    interval: integer('Milliseconds per frame', { minimum: 10, maximum: 120 }),
    'locked-sound': text('Audio to play when the conference is locked'),
    'max-members': integer('Set the maximum number of members in the conference', { minimum: 2 }),
    'max-members-sound': text(
      'If max-members has been reached, audio to play to caller instead of joining the conference',
    ),
    'moderator-controls': text('Name of the moderator control group to use'),
    'moh-sound': text('Audio to play, on a loop, while participant count is 1'),
    'muted-sound': text('Audio to play when muted'),
    rate: {
      type: 'integer',
      description: 'Audio sample rate',
      enum: [8000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000],
    },
    'unmuted-sound': text('Audio to play when unmuted'),
  },
};

const memberSchema: JsonSchema = {
  type: 'object',
  description: 'Defines the discovery (call in) properties for a member',
  default: {},
  properties: {
    join_deaf: flag('Determines if a member will join deaf', false),
    join_muted: flag('Determines if a member will join muted', true),
    numbers: numbers('Defines the conference (call in) number(s) for members'),
    pins: pins('Defines the pin number(s) for members'),
    play_entry_prompt: flag('Whether to play the entry prompt on member join'),
  },
};

const moderatorSchema: JsonSchema = {
  type: 'object',
  description: 'Defines the discovery (call in) properties for a moderator',
  default: {},
  properties: {
    join_deaf: flag('Determines if a moderator will join deaf', false),
    join_muted: flag('Determines if a moderator will join muted', false),
    numbers: numbers('Defines the conference (call in) number(s) for moderators'),
    pins: pins('Defines the pin number(s) for moderators'),
  },
};

/** One group of key sequences; Kazoo leaves the shape open, but a group of another shape could never work. */
const controlGroupSchema: JsonSchema = {
  type: 'array',
  maxItems: maxListLength,
  items: {
    type: 'object',
    required: ['action', 'digits'],
    properties: { action: { type: 'string' }, digits: { type: 'string' } },
  },
};

/** The whole document. */
export const conferenceSchema: JsonSchema = {
  title: 'Conference',
  description: 'Schema for conferences',
  type: 'object',
  properties: {
    bridge_password: text('the password used for a conference bridge'),
    bridge_username: text('the username used for a conference bridge'),
    caller_controls: text('caller controls (config settings)'),
    conference_numbers: numbers('Defines conference numbers that can be used by members or moderators'),
    controls: { type: 'object', description: 'controls', additionalProperties: controlGroupSchema },
    domain: text('domain'),
    focus: text('This is a read-only property indicating the media server hosting the conference'),
    language: text('Prompt language to play in the conference'),
    max_members_media: text('Media to play when the conference is full'),
    // Kazoo takes any integer; a negative limit says nothing, so it is refused.
    max_participants: integer('The maximum number of participants that can join', { minimum: 0 }),
    member: memberSchema,
    moderator: moderatorSchema,
    moderator_controls: text('profile on the switch for controlling the conference as a moderator'),
    name: { ...text('A friendly name for the conference'), minLength: 1, maxLength: 128 },
    number_timeout: integer('Milliseconds to wait for the first digit of a conference number', {
      minimum: 1,
      maximum: maxTimeout,
    }),
    owner_id: { ...text('The user ID who manages this conference'), minLength: 32, maxLength: 32 },
    pin_timeout: integer('Milliseconds to wait for the first digit of a PIN', {
      minimum: 1,
      maximum: maxTimeout,
    }),
    play_entry_tone: {
      type: ['boolean', 'string'],
      description: 'Whether to play an entry tone, or the entry tone to play',
    },
    play_exit_tone: {
      type: ['boolean', 'string'],
      description: 'Whether to play an exit tone, or the exit tone to play',
    },
    play_name: flag('Do we need to announce new conference members?', false),
    play_welcome: flag('Whether to play the welcome prompt'),
    profile: { ...profileSchema, description: 'Profile configuration' },
    profile_name: text('conference profile name'),
    // The next two and review_name are ours.
    record: flag('Whether the conference is recorded from its first member on'),
    record_announce: flag('Whether everybody is told that the conference is being recorded; absent = yes'),
    require_moderator: flag('does the conference require a moderator'),
    review_name: flag('Whether a caller hears the recorded name and may record it again'),
    wait_for_moderator: flag('should members wait for a moderator before joining the conference'),
  },
};

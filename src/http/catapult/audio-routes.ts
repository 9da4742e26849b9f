// Sentences and sound files, for a conference or for one member.
import type { MeetingSoundRequest, MeetingSounds, SpokenLanguage } from '../../calls/index.js';
import { invalid } from './errors.js';
import type { Fields } from './fields.js';
import type { CatapultAnswer, CatapultCall, CatapultRoute } from './route.js';

export interface AudioRoutesParts {
  readonly meetingSounds: MeetingSounds;
}

const longestSentence = 1000;

const languages = {
  en_US: 'en',
  en_UK: 'en-gb',
  es: 'es',
  es_MX: 'es-419',
  fr: 'fr',
  fr_FR: 'fr',
  de: 'de',
  de_DE: 'de',
  it: 'it',
  it_IT: 'it',
} as const satisfies Readonly<Record<string, SpokenLanguage>>;

type Locale = keyof typeof languages;

const locales = Object.keys(languages) as Locale[];

/** Catapult's voices. Ours have other names; what counts of a name is whose it is. */
const voices = {
  Susan: { gender: 'female', locale: 'en_US' },
  Kate: { gender: 'female', locale: 'en_US' },
  Julie: { gender: 'female', locale: 'en_US' },
  Dave: { gender: 'male', locale: 'en_US' },
  Paul: { gender: 'male', locale: 'en_US' },
  Bridget: { gender: 'female', locale: 'en_UK' },
  Esperanza: { gender: 'female', locale: 'es_MX' },
  Violeta: { gender: 'female', locale: 'es' },
  Jorge: { gender: 'male', locale: 'es' },
  Jolie: { gender: 'female', locale: 'fr' },
  Bernard: { gender: 'male', locale: 'fr' },
  Katrin: { gender: 'female', locale: 'de' },
  Stefan: { gender: 'male', locale: 'de' },
  Paola: { gender: 'female', locale: 'it' },
  Luca: { gender: 'male', locale: 'it' },
} as const satisfies Readonly<Record<string, { gender: 'female' | 'male'; locale: Locale }>>;

const voiceNames = Object.keys(voices) as (keyof typeof voices)[];

export function audioRoutes(parts: AudioRoutesParts): CatapultRoute[] {
  return ['/conferences/:conference/audio', '/conferences/:conference/members/:member/audio'].map((path) => ({
    method: 'POST',
    path,
    handle: (call) => audio(parts, call),
  }));
}

async function audio(
  { meetingSounds }: AudioRoutesParts,
  { userId, params, fields }: CatapultCall,
): Promise<CatapultAnswer> {
  const request: MeetingSoundRequest = {
    userId,
    conferenceId: params.conference ?? '',
    ...(params.member !== undefined && { memberId: params.member }),
  };
  const fileUrl = fields.text('fileUrl', 2048);
  const sentence = fields.text('sentence', longestSentence);
  const tag = fields.text('tag', 1024);
  const how = { loop: fields.flag('loopEnabled') ?? false, ...(tag !== undefined && { tag }) };
  if ((fileUrl === undefined) === (sentence === undefined)) {
    throw invalid('fileUrl', 'or sentence is required, and not both');
  }
  if (sentence !== undefined) {
    const voice = voiceOf(fields);
    if (sentence.trim() === '') await meetingSounds.stop(request, 'speech');
    else await meetingSounds.play(request, { kind: 'speech', sentence, voice }, how);
  } else if (fileUrl !== undefined) {
    if (fileUrl === '') await meetingSounds.stop(request, 'file');
    else await meetingSounds.play(request, { kind: 'file', url: fileUrl }, how);
  }
  return {};
}

/** The voice's own language and gender, unless the request says otherwise. */
function voiceOf(fields: Fields): { language: SpokenLanguage; gender: 'female' | 'male' } {
  const locale = fields.word('locale', locales);
  const gender = fields.word('gender', ['female', 'male'] as const);
  const name = fields.word('voice', voiceNames);
  const voice = name && voices[name];
  return {
    language: languages[locale ?? voice?.locale ?? 'en_US'],
    gender: gender ?? voice?.gender ?? 'female',
  };
}

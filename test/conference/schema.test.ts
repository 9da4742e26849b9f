// The schema itself: that other readers of JSON Schema accept it, and that it holds every key of Kazoo's tables.
import { Ajv } from 'ajv';
import t from 'tap';
import { conferenceSchema, profileSchema } from '../../src/conference/schema.js';

void t.test('a strict Ajv compiles both schemas', (t) => {
  const ajv = new Ajv({ strict: true, strictTypes: true, allowUnionTypes: true });
  t.type(ajv.compile(conferenceSchema), 'function');
  t.type(ajv.compile(profileSchema), 'function');
  t.end();
});

void t.test('every documented key is there, and those of ours', (t) => {
  const properties = conferenceSchema.properties ?? {};
  t.same(Object.keys(properties).sort(), [
    'bridge_password',
    'bridge_username',
    'caller_controls',
    'conference_numbers',
    'controls',
    'domain',
    'focus',
    'language',
    'max_members_media',
    'max_participants',
    'member',
    'moderator',
    'moderator_controls',
    'name',
    'number_timeout',
    'owner_id',
    'pin_timeout',
    'play_entry_tone',
    'play_exit_tone',
    'play_name',
    'play_welcome',
    'profile',
    'profile_name',
    'record',
    'record_announce',
    'require_moderator',
    'review_name',
    'wait_for_moderator',
  ]);
  t.same(Object.keys(properties.member?.properties ?? {}).sort(), [
    'join_deaf',
    'join_muted',
    'numbers',
    'pins',
    'play_entry_prompt',
  ]);
  t.same(Object.keys(properties.moderator?.properties ?? {}).sort(), [
    'join_deaf',
    'join_muted',
    'numbers',
    'pins',
  ]);
  t.same(Object.keys(profileSchema.properties ?? {}).sort(), [
    'alone-sound',
    'announce-count',
    'caller-controls',
    'comfort-noise',
    'energy-level',
    'enter-sound',
    'exit-sound',
    'interval',
    'locked-sound',
    'max-members',
    'max-members-sound',
    'moderator-controls',
    'moh-sound',
    'muted-sound',
    'rate',
    'unmuted-sound',
  ]);
  t.end();
});

void t.test('the schema can be written as JSON', (t) => {
  t.same(JSON.parse(JSON.stringify(conferenceSchema)), conferenceSchema);
  t.end();
});

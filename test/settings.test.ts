// Every setting, right and wrong: a wrong value must stop the start with a sentence that names it.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { SettingsError } from '../src/errors.js';
import { loadSettings, parseSettingsFile } from '../src/settings.js';

void t.test('an empty environment gives the documented defaults', (t) => {
  const settings = loadSettings({});
  t.match(settings, {
    sipPort: 5060,
    httpPort: 8000,
    httpsPort: 8443,
    rtpPorts: { first: 30000, last: 39999 },
    demo: true,
    wayBack: false,
    log: 'info',
    silenceSeconds: 60,
    catapultRate: 1,
  });
  t.match(settings.address, /^\d+\.\d+\.\d+\.\d+$/);
  t.equal(settings.drachtio, undefined);
  t.end();
});

void t.test('every setting is read', (t) => {
  const settings = loadSettings({
    PARTYLINE_ADDRESS: '127.0.0.1',
    PARTYLINE_SIP_PORT: '5070',
    PARTYLINE_HTTP_PORT: '8010',
    PARTYLINE_HTTPS_PORT: '0',
    PARTYLINE_RTP_PORTS: '20000-20999',
    PARTYLINE_DATA: '/tmp/box',
    PARTYLINE_DRACHTIO: 'sip.example:9022',
    PARTYLINE_DRACHTIO_SECRET: 'cymru',
    PARTYLINE_RTPENGINE: '127.0.0.1:2223',
    PARTYLINE_DTMF_PORT: '2224',
    PARTYLINE_DEMO: '0',
    PARTYLINE_WAY_BACK: '1',
    PARTYLINE_LOG: 'debug',
    PARTYLINE_LOG_FILE: '/run/partyline.log',
    PARTYLINE_SILENCE_SECONDS: '5',
    PARTYLINE_CATAPULT_RATE: '0',
    PARTYLINE_ADMIN_PASSWORD: ' a password ',
    PARTYLINE_START_CODE: '4711-4712',
    PARTYLINE_APPLIANCE: '/run/partyline',
    PARTYLINE_FETCH_PRIVATE: '192.168.1.0/24, 10.0.0.5,fd00::/8',
  });
  t.match(settings, {
    catapultRate: 0,
    address: '127.0.0.1',
    sipPort: 5070,
    httpPort: 8010,
    httpsPort: 0,
    rtpPorts: { first: 20000, last: 20999 },
    data: '/tmp/box',
    drachtio: { host: 'sip.example', port: 9022 },
    drachtioSecret: 'cymru',
    startCode: '4711-4712',
    appliance: '/run/partyline',
    logFile: '/run/partyline.log',
    rtpengine: { host: '127.0.0.1', port: 2223 },
    dtmfPort: 2224,
    demo: false,
    wayBack: true,
    log: 'debug',
    silenceSeconds: 5,
    adminPassword: ' a password ',
    fetchPrivate: [
      { address: '192.168.1.0', prefix: 24 },
      { address: '10.0.0.5', prefix: 32 },
      { address: 'fd00::', prefix: 8 },
    ],
  });
  t.end();
});

void t.test('a wrong value is refused with a sentence that names the setting', (t) => {
  const wrong: [string, string][] = [
    ['PARTYLINE_ADDRESS', 'localhost'],
    ['PARTYLINE_FETCH_PRIVATE', 'intranet'],
    ['PARTYLINE_FETCH_PRIVATE', '10.0.0.0/33'],
    ['PARTYLINE_FETCH_PRIVATE', '10.0.0.0/'],
    ['PARTYLINE_FETCH_PRIVATE', '10.0.0.0/8/8'],
    ['PARTYLINE_ADDRESS', '0.0.0.0'],
    ['PARTYLINE_SIP_PORT', '0'],
    ['PARTYLINE_SIP_PORT', '70000'],
    ['PARTYLINE_SIP_PORT', '5060x'],
    ['PARTYLINE_HTTP_PORT', 'web'],
    ['PARTYLINE_HTTPS_PORT', '00'],
    ['PARTYLINE_RTP_PORTS', '30000'],
    ['PARTYLINE_RTP_PORTS', '30010-30000'],
    ['PARTYLINE_RTP_PORTS', '80-40000'],
    ['PARTYLINE_DRACHTIO', 'nowhere'],
    ['PARTYLINE_RTPENGINE', '127.0.0.1'],
    ['PARTYLINE_DEMO', 'maybe'],
    ['PARTYLINE_LOG', 'loud'],
    ['PARTYLINE_SILENCE_SECONDS', '0'],
    ['PARTYLINE_ADMIN_PASSWORD', 'seven77'],
    ['PARTYLINE_ADMIN_PASSWORD', 'x'.repeat(129)],
    ['PARTYLINE_START_CODE', '12345'],
    ['PARTYLINE_START_CODE', 'two words'],
    ['PARTYLINE_SIPPORT', '5060'],
  ];
  for (const [name, value] of wrong) {
    try {
      loadSettings({ [name]: value, PARTYLINE_DRACHTIO_SECRET: 'x' });
      t.fail(`${name}=${value} was taken`);
    } catch (error) {
      t.ok(
        error instanceof SettingsError && error.message.includes(name),
        `${name}=${value}: ${String(error)}`,
      );
    }
  }
  t.throws(() => loadSettings({ PARTYLINE_DRACHTIO: '127.0.0.1:9022' }), /PARTYLINE_DRACHTIO_SECRET/);
  t.end();
});

void t.test('a password that is refused is not repeated, and an empty one is none', (t) => {
  try {
    loadSettings({ PARTYLINE_ADMIN_PASSWORD: 'seven77' });
    t.fail('it was taken');
  } catch (error) {
    t.notMatch(String(error), 'seven77');
  }
  t.notOk('adminPassword' in loadSettings({ PARTYLINE_ADMIN_PASSWORD: '' }));
  t.end();
});

void t.test('relative paths begin in the folder that is named', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  t.match(loadSettings({}, folder), { data: join(folder, 'var'), runtime: join(folder, '.runtime') });
  writeFileSync(join(folder, 'box.env'), 'PARTYLINE_DATA=data\n');
  t.equal(loadSettings({ PARTYLINE_SETTINGS: 'box.env' }, folder).data, join(folder, 'data'));
  t.equal(loadSettings({ PARTYLINE_DATA: '/srv/box' }, folder).data, '/srv/box');
  t.end();
});

void t.test('a file holds the same keys, and the environment wins over it', (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'partyline.env');
  writeFileSync(file, '# a box\nPARTYLINE_SIP_PORT=5070\n\nPARTYLINE_HTTP_PORT="8010"\n');
  const settings = loadSettings({ PARTYLINE_SETTINGS: file, PARTYLINE_HTTP_PORT: '8011' });
  t.equal(settings.sipPort, 5070);
  t.equal(settings.httpPort, 8011);
  t.throws(() => loadSettings({ PARTYLINE_SETTINGS: `${file}.gone` }), /PARTYLINE_SETTINGS/);
  t.throws(() => parseSettingsFile('PARTYLINE_SIP_PORT 5060'), /Line 1/);
  t.end();
});

void t.test('the limits of recordings', (t) => {
  t.strictSame(loadSettings({}).recordings, { hours: 4, days: 90, megabytes: 8192, freeMegabytes: 512 });
  const env = { PARTYLINE_RECORDING_HOURS: '24', PARTYLINE_RECORDING_FREE_MEGABYTES: '1' };
  t.match(loadSettings(env).recordings, { hours: 24, freeMegabytes: 1 });
  for (const [name, value] of [
    ['PARTYLINE_RECORDING_HOURS', '25'],
    ['PARTYLINE_RECORDING_DAYS', '0'],
    ['PARTYLINE_RECORDING_MEGABYTES', '1.5'],
    ['PARTYLINE_RECORDING_FREE_MEGABYTES', 'all'],
  ] as const) {
    t.throws(() => loadSettings({ [name]: value }), new RegExp(`^${name} must be a whole number`));
  }
  t.end();
});

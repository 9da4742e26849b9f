import t from 'tap';
import { calendarFile } from '../../../src/http/pages/calendar.js';
import { Site, textOf } from './site.js';

const conference = {
  name: 'Board & Co',
  conference_numbers: ['4000'],
  member: { pins: ['123456'] },
  moderator: { pins: ['654321'], numbers: ['4001'] },
};

void t.test('tells how to dial in, each role its own', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference(conference);
  const members = (await browser.get(`/conferences/${id}/sheet`)).body;
  t.match(textOf(members), /Dial 4000 Enter the PIN 123456 and #/);
  t.match(members, 'href="sip:4000@192.0.2.1"');
  t.notMatch(members, '654321', 'what goes to everybody has no moderator PIN');
  const mail = /href="(mailto:[^"]+)"/.exec(members)?.[1] ?? '';
  t.match(decodeURIComponent(mail), /subject=Telephone conference Board & Co&(amp;)?body=.*123456/s);
  const moderators = textOf((await browser.get(`/conferences/${id}/sheet?role=moderator`)).body);
  t.match(moderators, /Dial 4001 Enter the PIN 654321/);
});

void t.test('a conference without a number says so, one without a PIN too', async (t) => {
  const { site, browser } = await Site.start(t);
  const none = await site.conference({ name: 'A' });
  t.match(textOf((await browser.get(`/conferences/${none}/sheet`)).body), 'has no number yet');
  const open = await site.conference({ name: 'B', conference_numbers: ['5'] });
  t.match(textOf((await browser.get(`/conferences/${open}/sheet`)).body), /Dial 5 You are in at once/);
});

void t.test('has a QR code', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference(conference);
  const { headers, body } = await browser.get(`/conferences/${id}/qr.svg`);
  t.match(headers['content-type'], 'image/svg+xml');
  // 18 bytes at level M need version 2: 25 modules, and 4 of quiet on each side.
  t.match(body, /^<svg [^>]*viewBox="0 0 33 33"/);
  // The finder patterns in three corners and not in the fourth.
  for (const corner of ['M4 4h', 'M28 4h', 'M4 28h']) t.match(body, corner);
});

void t.test('has a calendar entry', async (t) => {
  const { site, browser } = await Site.start(t);
  const id = await site.conference(conference);
  const path = `/conferences/${id}/invite.ics`;
  const { headers, body } = await browser.get(`${path}?day=2026-02-03&time=09:30&minutes=45`);
  t.match(headers['content-type'], 'text/calendar');
  t.match(body, 'DTSTART:20260203T093000\r\nDURATION:PT45M\r\n');
  t.match(body, 'SUMMARY:Telephone conference Board & Co\r\n');
  for (const query of ['', '?day=2026-02-31&time=x&minutes=1', '?day=2026-02-03&time=09:30&minutes=0']) {
    t.equal((await browser.get(path + query)).status, 422, query);
  }
});

void t.test('a calendar file escapes what means something and folds long lines', (t) => {
  const file = calendarFile({
    uid: 'u',
    title: 'a,b;c\\d\ne',
    text: 'ü'.repeat(100),
    place: 'sip:1@h',
    day: '2026-02-03',
    time: '09:30',
    minutes: 1,
    madeAt: 0,
  })!;
  t.match(file, 'SUMMARY:a\\,b\\;c\\\\d\\ne\r\n');
  const lines = file.split('\r\n');
  t.ok(lines.every((line) => Buffer.byteLength(line) <= 75));
  t.match(file.replaceAll('\r\n ', ''), `DESCRIPTION:${'ü'.repeat(100)}\r\n`);
  t.end();
});

// A box with something on every page: people who talk, calls that ring, recordings, sounds, changes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeRoot } from '../http/pages/fake-root.js';
import { Site, type Browser } from '../http/pages/site.js';
import type { Joined } from '../http/phoneless-box.js';
import { sine, wave16 } from '../sounds/signals.js';
import { callOf, type Test } from '../store/scratch.js';

/** The site, an admin who is logged in, and the conference that goes on. */
export async function furnishedSite(t: Test): Promise<{ site: Site; visitor: Browser; id: string }> {
  const { site, browser: visitor } = await Site.start(t, new FakeRoot(t).appliance);
  const id = await site.conference({
    name: 'Board meeting',
    conference_numbers: ['4000'],
    member: { pins: ['384921'], join_muted: true },
    moderator: { pins: ['775310'] },
    wait_for_moderator: true,
  });
  await site.conference({ name: 'Sales, every Monday', conference_numbers: ['4001', '4002'] });
  const one = await site.join(id, 'moderator', 'Ada Lovelace');
  const two = await site.join(id, 'member', 'Grace Hopper');
  const three = await site.join(id, 'member', 'Mary Jackson');
  two.conference.setMuted(two.member.id, true);
  one.conference.setTalkLevel(one.member.id, 1);
  one.conference.lock(true);
  await fill(site, id, one);
  await site.store.conferences.patch(id, { name: 'Board' }, { author: 'grace' });
  const now = site.clock.now();
  for (const [joined, codec] of [
    [one, 'G722'],
    [two, 'PCMA'],
    [three, 'opus'],
  ] as const) {
    const { callId, callerName, callerNumber, role } = joined.member;
    site.store.calls.begin(
      callOf(callId, {
        callerName,
        callerNumber,
        calledNumber: '4000',
        conferenceId: id,
        conferenceName: 'Board',
        role,
        startedAt: now - 70_000,
        answeredAt: now - 68_000,
        joinedAt: now - 60_000,
        codec,
      }),
    );
  }
  site.store.calls.begin(callOf('early', { startedAt: now - 9e6, answeredAt: now - 9e6, codec: 'PCMU' }));
  site.store.calls.end('early', { endReason: 'hangup', endedAt: now - 8e6 });
  return { site, visitor, id };
}

/** What can be seen beside people: lines, calls that ring, recordings, sounds, languages and a peer. */
async function fill(site: Site, id: string, talker: Joined): Promise<void> {
  const { conference, member } = talker;
  conference.heard(member.id, true);
  let sent = 0;
  talker.quality = {
    get packets() {
      return (sent += 200);
    },
    lost: 0,
    heard: { jitterMs: 12, lossPercent: 0.2 },
  };
  for (let looks = 0; looks < 2; looks++) {
    await site.running.get(id)?.lines.look();
    site.clock.advance(4000);
  }
  const calls = [
    ['4711', 'rings'],
    ['sip:anna@192.0.2.30', 'is busy'],
  ] as const;
  const browser = site.browser();
  await browser.logIn();
  for (const [target, becomes] of calls) {
    await browser.post(`/conferences/${id}/dial`, { target });
    const call = site.dialled.at(-1)!;
    if (becomes === 'rings') call.rings();
    else call.ends('busy');
  }
  for (const action of ['record', 'unrecord', 'record']) {
    await browser.post(`/conferences/${id}/do`, { action });
  }
  site.clock.advance(1000);
  const sound = wave16(sine(440, 2, 8000), 8000);
  for (const name of ['Door bell', 'Quarterly results, the long announcement']) {
    await browser.upload('/box/sounds', { name }, { file: sound });
  }
  site.speaks('en', ['conf-alone', 'conf-muted', 'conf-ended']);
  site.speaks('de', ['conf-alone']);
  await site.store.apiKeys.create({ kind: 'kazoo', name: 'Intercom' });
  const { id: old } = await site.store.apiKeys.create({ kind: 'catapult', name: 'Reminders, every Monday' });
  await site.store.apiKeys.revoke(old, { author: 'grace' });
  Object.assign(site.certificate, { wanted: true, served: 8443, used: 'a certificate' });
  const lines = [
    { level: 'info', msg: 'call answered', call: 'a3f0', number: '4000', address: '192.0.2.17:5060' },
    { level: 'warn', msg: 'sound not fetched', url: `https://media.example/${'long'.repeat(30)}.wav` },
    { level: 'error', msg: 'call records cannot be written', error: 'SQLITE_FULL: database or disk is full' },
  ];
  const time = new Date(site.clock.now()).toISOString();
  writeFileSync(
    join(site.folder, 'box.log'),
    lines.map((line) => `${JSON.stringify({ time, ...line })}\n`).join(''),
  );
  await site.store.outboundPeer.set({
    host: 'pbx.example',
    transport: 'udp',
    user: 'box',
    password: 'secret',
    callerNumber: '+49301234',
  });
}
